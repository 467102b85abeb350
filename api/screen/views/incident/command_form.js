/** The form of a command, and the request body made of it. */
import { html } from "../../html.js";
import { useState } from "../../vendor/hooks.js";
import { lang, t, word } from "../../i18n/index.js";
import { catalogue, now } from "../../state.js";
import { shortTime } from "../../format.js";

/** @typedef {{unit: string, units: string[], hours: string, text: string, actor: string, assignee: string, level: string, score: string, into: string, priority: string}} Draft as typed */
/** @typedef {{command: string, draft: Draft, set: (field: keyof Draft) => (event: any) => void, reasonRequired: boolean}} FieldProps */

const HOUR = 3_600_000;
/** Choices of a time ahead, in hours: at most seven days. */
const HOURS_AHEAD = [0.5, 1, 2, 4, 8, 24, 72, 167];
const PRIORITIES = ["low", "normal", "high", "urgent"];
/** The draft of an empty form; `hours` are counted from now. */
const EMPTY_DRAFT = { unit: "", units: [], hours: "", text: "", actor: "", assignee: "", level: "1", score: "5", into: "", priority: "" };

/** Return the instant some hours from now, in full minutes, as RFC 3339. @param {string} hours @returns {string} */
const hoursFromNow = (hours) => new Date(Math.floor(now() / 60_000) * 60_000 + Number(hours) * HOUR).toISOString();

/** The fields of each command's body besides `actor` and `text`. @type {Record<string, (draft: Draft) => object>} */
const BODY_FIELDS = {
  assign: (draft) => ({ ...(draft.assignee && { assignee: draft.assignee }), ...(draft.unit && { unit: draft.unit }) }),
  direct: (draft) => ({ units: draft.units, ...(draft.hours && { due: hoursFromNow(draft.hours) }) }),
  escalate: (draft) => ({ level: Number(draft.level) }),
  rate: (draft) => ({ score: Number(draft.score) }),
  shelve: (draft) => ({ until: hoursFromNow(draft.hours) }),
  merge: (draft) => ({ into: draft.into.trim() }),
  update: (draft) => ({ priority: draft.priority }),
};

/** @param {string} command @param {Draft} draft @param {object} fixed fields that the form does not ask for */
export const bodyOf = (command, draft, fixed) => ({
  ...(draft.text && { text: draft.text }), ...(draft.actor && { actor: draft.actor }), ...BODY_FIELDS[command]?.(draft), ...fixed,
});

/** @param {FieldProps} props */
const UnitSelect = ({ draft, set }) => html`<label>${t("form.unit")}<select onChange=${set("unit")}>
  <option value="">—</option>
  ${[...catalogue.value.units.values()].map((unit) => html`<option key=${unit.code} value=${unit.code} selected=${draft.unit === unit.code}>${unit.name}</option>`)}
</select></label>`;

/** @param {FieldProps} props */
const UnitsSelect = ({ draft, set }) => html`<label class="wide">${t("form.units")}<select multiple size="5" required name="units" onChange=${set("units")}>
  ${[...catalogue.value.units.values()].map((unit) => html`<option key=${unit.code} value=${unit.code} selected=${draft.units.includes(unit.code)}>${unit.name}</option>`)}
</select></label>`;

/** @param {FieldProps} props */
const HoursSelect = ({ command, draft, set, reasonRequired }) => html`<label>${t(command === "shelve" ? "form.until" : "form.due")}<select name="hours" required=${reasonRequired} onChange=${set("hours")}>
  <option value="">—</option>
  ${HOURS_AHEAD.map((hours) => html`<option key=${hours} value=${hours} selected=${draft.hours === String(hours)}>
    ${shortTime(hoursFromNow(String(hours)), now())} (${t("form.hours", { h: hours.toLocaleString(lang.value) })})</option>`)}
</select></label>`;

/** @param {FieldProps} props */
const PrioritySelect = ({ draft, set }) => html`<label>${t("fact.priority")}<select name="priority" required onChange=${set("priority")}>
  ${PRIORITIES.map((priority) => html`<option key=${priority} value=${priority} selected=${draft.priority === priority}>${word("priority", priority)}</option>`)}
</select></label>`;

/** @param {keyof Draft} field @param {number} max @returns {(props: FieldProps) => any} */
const numberInput = (field, max) => ({ draft, set }) =>
  html`<label>${t(`form.${field}`)}<input type="number" min="1" max=${max} required value=${draft[field]} onInput=${set(field)} /></label>`;

/** @param {keyof Draft} field @param {boolean} required @returns {(props: FieldProps) => any} */
const textInput = (field, required) => ({ draft, set }) =>
  html`<label>${t(`form.${field}`)}<input name=${field} maxlength="320" required=${required} value=${draft[field]} onInput=${set(field)} /></label>`;

/** The inputs of each command besides `actor` and `text`. @type {Record<string, ((props: FieldProps) => any)[]>} */
const FORM_FIELDS = {
  assign: [UnitSelect, textInput("assignee", false)],
  direct: [UnitsSelect, HoursSelect],
  escalate: [numberInput("level", 9)],
  rate: [numberInput("score", 5)],
  shelve: [HoursSelect],
  merge: [textInput("into", true)],
  update: [PrioritySelect],
};

/** True when actor and reason are required: to shelve an incident, or to lower an urgent one. @param {string} command @param {Draft} draft @param {any} incident */
const requiresReason = (command, draft, incident) => command === "shelve" || (command === "update" && incident.priority === "urgent" && draft.priority !== "urgent");

/** @param {{incident: any, command: string, fixed?: object, send: (body: object) => void, cancel: () => void}} props */
export function CommandForm({ incident, command, fixed = {}, send, cancel }) {
  const [draft, setDraft] = useState(/** @type {Draft} */ ({ ...EMPTY_DRAFT, unit: incident.unit ?? "", priority: incident.priority, hours: command === "shelve" ? "2" : "" }));
  const set = (/** @type {keyof Draft} */ field) => (/** @type {any} */ event) => {
    const input = event.currentTarget;
    setDraft({ ...draft, [field]: input.multiple ? [...input.selectedOptions].map((option) => option.value) : input.value });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(bodyOf(command, draft, fixed));
  };
  const reasonRequired = requiresReason(command, draft, incident);
  return html`<form class="ask" onSubmit=${submit}>
    <strong>${t(`ask.${command}`)}</strong>
    ${(FORM_FIELDS[command] ?? []).map((Field, n) => html`<${Field} key=${n} command=${command} draft=${draft} set=${set} reasonRequired=${reasonRequired} />`)}
    <label class="wide">${t(reasonRequired ? "form.why" : "form.text")}<input name="text" maxlength="2000" autofocus required=${reasonRequired} onInput=${set("text")} /></label>
    <label>${t("form.actor")}<input name="actor" maxlength="200" required=${reasonRequired} onInput=${set("actor")} /></label>
    <span class="buttons"><button class="primary" type="submit">${t("form.send")}</button>
      <button type="button" onClick=${cancel}>${t("form.cancel")}</button></span>
  </form>`;
}
