/** What the operator may do with the incident now, as the lifecycle allows it. */
import { html } from "../html.js";
import { useState } from "../vendor/hooks.js";
import { signal } from "../vendor/signals.js";
import { known, t, word } from "../i18n/index.js";
import { catalogue } from "../model.js";
import { send, sent } from "../dossier.js";

/** The command being filled in. */
export const asking = signal(/** @type {string|null} */ (null));
/** Commands that end or revive a matter are confirmed, as are those that need words or a choice. */
const AT_ONCE = new Set(["acknowledge", "start", "resume"]);
const WANTS_UNIT = new Set(["assign", "direct"]);

/** @param {string} incident @param {string} command */
export function begin(incident, command) {
  if (AT_ONCE.has(command)) send(incident, command, {});
  else asking.value = command;
}

/** @param {string} command @param {Record<string, string>} said */
function bodyOf(command, said) {
  /** @type {Record<string, any>} */
  const body = {};
  if (said.text) body.text = said.text;
  if (said.actor) body.actor = said.actor;
  if (command === "assign" && said.assignee) body.assignee = said.assignee;
  if (command === "assign" && said.unit) body.unit = said.unit;
  if (command === "direct") body.units = said.unit ? [said.unit] : [];
  if (command === "escalate") body.level = Number(said.level ?? 1);
  if (command === "rate") body.score = Number(said.score ?? 5);
  return body;
}

/** @param {{incident: string, command: string, unit: string|null}} props */
function Form({ incident, command, unit }) {
  const [said, say] = useState(/** @type {Record<string, string>} */ ({ unit: unit ?? "" }));
  const set = (/** @type {string} */ field) => (/** @type {any} */ event) => say({ ...said, [field]: event.currentTarget.value });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(incident, command, bodyOf(command, said));
    asking.value = null;
  };
  const numbers = (/** @type {string} */ field, /** @type {number} */ most) =>
    html`<label>${t(`form.${field}`)}<input type="number" min="1" max=${most} required value=${said[field] ?? (field === "score" ? 5 : 1)} onInput=${set(field)} /></label>`;
  return html`<form class="ask" onSubmit=${submit}>
    <strong>${t(`ask.${command}`)}</strong>
    ${WANTS_UNIT.has(command) && html`<label>${t("form.unit")}<select required=${command === "direct"} onChange=${set("unit")}>
      <option value="">—</option>
      ${[...catalogue.value.units.values()].map((one) => html`<option key=${one.code} value=${one.code} selected=${said.unit === one.code}>${one.name}</option>`)}
    </select></label>`}
    ${command === "assign" && html`<label>${t("form.assignee")}<input maxlength="200" onInput=${set("assignee")} /></label>`}
    ${command === "escalate" && numbers("level", 9)}
    ${command === "rate" && numbers("score", 5)}
    <label class="wide">${t("form.text")}<input maxlength="2000" autofocus onInput=${set("text")} /></label>
    <label>${t("form.actor")}<input maxlength="200" onInput=${set("actor")} /></label>
    <span class="buttons"><button class="primary" type="submit">${t("form.send")}</button>
      <button type="button" onClick=${() => (asking.value = null)}>${t("form.cancel")}</button></span>
  </form>`;
}

/** Why it was refused, in the operator's words first. @param {import("../dossier.js").Sent} one */
function why(one) {
  if (one.reason) return word("reason", one.reason);
  if (one.status === undefined) return "";
  const title = known(`problem.${one.status}`) ? t(`problem.${one.status}`) : t("problem.other", { status: one.status });
  return one.faults ? `${title} (${one.faults})` : title;
}

/** @param {{one: import("../dossier.js").Sent}} props */
const Told = ({ one }) => html`<p class=${`told ${one.state}`} role="status">
  <b>${word("command", one.command)}</b> ${t(`sent.${one.state}`)}${why(one) && ` — ${why(one)}`}
</p>`;

/** @param {{incident: string, names: string[], unit: string|null}} props */
export function Commands({ incident, names, unit }) {
  const mine = sent.value.filter((one) => one.incident === incident);
  const busy = mine.some((one) => one.state === "sending" || one.state === "sent");
  return html`<div class="commands">
    <div class="buttons">
      ${names.map((name) => html`<button key=${name} class=${name === names[0] ? "primary" : ""} disabled=${busy} data-command=${name}
        onClick=${() => begin(incident, name)}>${word("command", name)}</button>`)}
    </div>
    ${asking.value && names.includes(asking.value) && html`<${Form} key=${asking.value} incident=${incident} command=${asking.value} unit=${unit} />`}
    ${mine.map((one) => html`<${Told} key=${one.event} one=${one} />`)}
  </div>`;
}
