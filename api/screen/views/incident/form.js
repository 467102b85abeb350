/** What a command wants to be told, and the body made of it. */
import { html } from "../../html.js";
import { useState } from "../../vendor/hooks.js";
import { lang, t, word } from "../../i18n/index.js";
import { catalogue, now } from "../../state.js";
import { moment } from "../../format.js";

/** @typedef {{unit: string, units: string[], hours: string, text: string, actor: string, assignee: string, level: string, score: string, into: string, priority: string}} Said as typed */
/** @typedef {{command: string, said: Said, set: (field: keyof Said) => (event: any) => void, needed: boolean}} Props */

const HOUR = 3_600_000;
/** How far ahead one looks: seven days at most. */
const AHEAD = [0.5, 1, 2, 4, 8, 24, 72, 167];
const PRIORITIES = ["low", "normal", "high", "urgent"];
/** What becomes of nothing said; `hours` is how far ahead. */
const NOTHING = { unit: "", units: [], hours: "", text: "", actor: "", assignee: "", level: "1", score: "5", into: "", priority: "" };

/** @param {string} hours from now @returns {string} */
const ahead = (hours) => new Date(Math.floor(now() / 60_000) * 60_000 + Number(hours) * HOUR).toISOString();

/** What each command says besides who and in what words. @type {Record<string, (said: Said) => object>} */
const PARTS = {
  assign: (said) => ({ ...(said.assignee && { assignee: said.assignee }), ...(said.unit && { unit: said.unit }) }),
  direct: (said) => ({ units: said.units, ...(said.hours && { due: ahead(said.hours) }) }),
  escalate: (said) => ({ level: Number(said.level) }),
  rate: (said) => ({ score: Number(said.score) }),
  shelve: (said) => ({ until: ahead(said.hours) }),
  merge: (said) => ({ into: said.into.trim() }),
  update: (said) => ({ priority: said.priority }),
};

/** @param {string} command @param {Said} said @param {object} fixed what is not asked */
export const bodyOf = (command, said, fixed) => ({
  ...(said.text && { text: said.text }), ...(said.actor && { actor: said.actor }), ...PARTS[command]?.(said), ...fixed,
});

/** @param {Props} props */
const Unit = ({ said, set }) => html`<label>${t("form.unit")}<select onChange=${set("unit")}>
  <option value="">—</option>
  ${[...catalogue.value.units.values()].map((one) => html`<option key=${one.code} value=${one.code} selected=${said.unit === one.code}>${one.name}</option>`)}
</select></label>`;

/** @param {Props} props */
const Units = ({ said, set }) => html`<label class="wide">${t("form.units")}<select multiple size="5" required name="units" onChange=${set("units")}>
  ${[...catalogue.value.units.values()].map((one) => html`<option key=${one.code} value=${one.code} selected=${said.units.includes(one.code)}>${one.name}</option>`)}
</select></label>`;

/** @param {Props} props */
const Hours = ({ command, said, set, needed }) => html`<label>${t(command === "shelve" ? "form.until" : "form.due")}<select name="hours" required=${needed} onChange=${set("hours")}>
  <option value="">—</option>
  ${AHEAD.map((hours) => html`<option key=${hours} value=${hours} selected=${said.hours === String(hours)}>
    ${moment(ahead(String(hours)), now())} (${t("form.hours", { h: hours.toLocaleString(lang.value) })})</option>`)}
</select></label>`;

/** @param {Props} props */
const Priority = ({ said, set }) => html`<label>${t("fact.priority")}<select name="priority" required onChange=${set("priority")}>
  ${PRIORITIES.map((one) => html`<option key=${one} value=${one} selected=${said.priority === one}>${word("priority", one)}</option>`)}
</select></label>`;

/** @param {keyof Said} field @param {number} most @returns {(props: Props) => any} */
const numbered = (field, most) => ({ said, set }) =>
  html`<label>${t(`form.${field}`)}<input type="number" min="1" max=${most} required value=${said[field]} onInput=${set(field)} /></label>`;

/** @param {keyof Said} field @param {boolean} needed @returns {(props: Props) => any} */
const typed = (field, needed) => ({ said, set }) =>
  html`<label>${t(`form.${field}`)}<input name=${field} maxlength="320" required=${needed} value=${said[field]} onInput=${set(field)} /></label>`;

/** @type {Record<string, ((props: Props) => any)[]>} */
const ASKED = {
  assign: [Unit, typed("assignee", false)],
  direct: [Units, Hours],
  escalate: [numbered("level", 9)],
  rate: [numbered("score", 5)],
  shelve: [Hours],
  merge: [typed("into", true)],
  update: [Priority],
};

/** Who and why must be said of what puts a matter aside, and of what makes an urgent one less so. @param {string} command @param {Said} said @param {any} one */
const mustSayWhy = (command, said, one) => command === "shelve" || (command === "update" && one.priority === "urgent" && said.priority !== "urgent");

/** @param {{one: any, command: string, fixed?: object, send: (body: object) => void, stop: () => void}} props */
export function Form({ one, command, fixed = {}, send, stop }) {
  const [said, say] = useState(/** @type {Said} */ ({ ...NOTHING, unit: one.unit ?? "", priority: one.priority, hours: command === "shelve" ? "2" : "" }));
  const set = (/** @type {keyof Said} */ field) => (/** @type {any} */ event) => {
    const box = event.currentTarget;
    say({ ...said, [field]: box.multiple ? [...box.selectedOptions].map((choice) => choice.value) : box.value });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(bodyOf(command, said, fixed));
  };
  const needed = mustSayWhy(command, said, one);
  return html`<form class="ask" onSubmit=${submit}>
    <strong>${t(`ask.${command}`)}</strong>
    ${(ASKED[command] ?? []).map((Part, n) => html`<${Part} key=${n} command=${command} said=${said} set=${set} needed=${needed} />`)}
    <label class="wide">${t(needed ? "form.why" : "form.text")}<input name="text" maxlength="2000" autofocus required=${needed} onInput=${set("text")} /></label>
    <label>${t("form.actor")}<input name="actor" maxlength="200" required=${needed} onInput=${set("actor")} /></label>
    <span class="buttons"><button class="primary" type="submit">${t("form.send")}</button>
      <button type="button" onClick=${stop}>${t("form.cancel")}</button></span>
  </form>`;
}
