/** Directives to units: which unit has acknowledged, which is done, which is late. */
import { html } from "../../html.js";
import { useState } from "../../vendor/hooks.js";
import { t, word } from "../../i18n/index.js";
import { now, second, unitName } from "../../state.js";
import { send } from "../../incident_detail.js";
import { countdown, shortTime } from "../../format.js";
import { isBusy } from "./commands.js";
import { Attachment } from "./evidence.js";
import { CommandForm } from "./command_form.js";

/** Return the status of a unit's answer. @param {any} answer */
const unitStatus = (answer) => (answer.done_at ? "done" : answer.overdue ? "overdue" : answer.acknowledged_at ? "acknowledged" : "waiting");
/** @type {Record<string, string>} */
const SYMBOL = { done: "✓", overdue: "▲", acknowledged: "◐", waiting: "○" };

/** @param {{answer: any, at: number}} props */
const AnswerTime = ({ answer, at }) => html`<span class="at">${answer.done_at ? shortTime(answer.done_at, at) : answer.acknowledged_at ? shortTime(answer.acknowledged_at, at) : ""}
  ${answer.on_time === false && html` ${t("fact.late")}`}</span>`;

/** @param {{incident: any, directive: any, answer: any, commands: string[]}} props */
function UnitProgress({ incident, directive, answer, commands }) {
  const [reporting, setReporting] = useState(false);
  const at = now();
  const status = unitStatus(answer);
  const fixed = { directive: directive.id, unit: answer.unit };
  const busy = isBusy(incident.id);
  const submit = (/** @type {object} */ body) => {
    send(incident.id, "report_directive", body);
    setReporting(false);
  };
  return html`<li class=${status} data-unit=${answer.unit}>
    <div class="line"><span class="mark" aria-hidden="true">${SYMBOL[status]}</span><span class="name">${unitName(answer.unit)}</span>
      <span class="how">${t(`directive.${status}`)}</span><${AnswerTime} answer=${answer} at=${at} />
      ${answer.level > 0 && html`<span class="level">${t("queue.level", { n: answer.level })}</span>`}
      ${!answer.acknowledged_at && !answer.done_at && commands.includes("acknowledge_directive") && html`<button data-command="acknowledge_directive" disabled=${busy}
        onClick=${() => send(incident.id, "acknowledge_directive", fixed)}>${t("directive.acknowledge")}</button>`}
      ${!answer.done_at && commands.includes("report_directive") && html`<button data-command="report_directive" disabled=${busy} onClick=${() => setReporting(!reporting)}>${t("directive.report")}</button>`}</div>
    ${answer.text && html`<p class="words">${answer.text}</p>`}
    ${(answer.evidence ?? []).map((/** @type {any} */ item) => html`<${Attachment} key=${item.url} item=${item} />`)}
    ${reporting && html`<${CommandForm} incident=${incident} command="report_directive" fixed=${fixed} send=${submit} cancel=${() => setReporting(false)} />`}
  </li>`;
}

/** @param {{incident: any, directive: any, commands: string[]}} props */
function Directive({ incident, directive, commands }) {
  const at = now();
  const open = directive.units.filter((/** @type {any} */ answer) => !answer.done_at).length;
  const by = [directive.by && unitName(directive.by), directive.actor].filter(Boolean).join(" · ");
  return html`<article class="directive" data-directive=${directive.id}>
    <header><b>${t("queue.directed", { done: directive.units.length - open, given: directive.units.length })}</b>
      <span class="by">${by} ${shortTime(directive.time, at)}</span>
      <span class="standing">${directive.due ? t("queue.due", { at: shortTime(directive.due, at) }) : t("queue.no_due")}${open && directive.due ? ` (${countdown(Date.parse(directive.due) - at, t)})` : ""}</span></header>
    ${directive.text && html`<p class="words">${directive.text}</p>`}
    <ol>${directive.units.map((/** @type {any} */ answer) => html`<${UnitProgress} key=${answer.unit} incident=${incident} directive=${directive} answer=${answer} commands=${commands} />`)}</ol>
  </article>`;
}

/** @param {{incident: any, directives: any[], commands: string[]}} props */
export function Directives({ incident, directives, commands }) {
  second.value;
  if (directives.length === 0) return null;
  return html`<section aria-label=${word("event", "directed")}><h4 class="part">${t("directive.title")}</h4>
    ${directives.map((directive) => html`<${Directive} key=${directive.id} incident=${incident} directive=${directive} commands=${commands} />`)}</section>`;
}
