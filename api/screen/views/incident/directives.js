/** What the units were directed to do: who has acknowledged, who is done, who is late. */
import { html } from "../../html.js";
import { useState } from "../../vendor/hooks.js";
import { t, word } from "../../i18n/index.js";
import { now, second, unitName } from "../../state.js";
import { send } from "../../incident_detail.js";
import { countdown, moment } from "../../format.js";
import { isBusy } from "./commands.js";
import { Attached } from "./evidence.js";
import { Form } from "./form.js";

/** How a unit stands: a shape, a word, a colour. @param {any} answer */
const standing = (answer) => (answer.done_at ? "done" : answer.overdue ? "overdue" : answer.acknowledged_at ? "acknowledged" : "waiting");
/** @type {Record<string, string>} */
const SHAPE = { done: "✓", overdue: "▲", acknowledged: "◐", waiting: "○" };

/** @param {{answer: any, at: number}} props */
const Since = ({ answer, at }) => html`<span class="at">${answer.done_at ? moment(answer.done_at, at) : answer.acknowledged_at ? moment(answer.acknowledged_at, at) : ""}
  ${answer.on_time === false && html` ${t("fact.late")}`}</span>`;

/** @param {{one: any, directive: any, answer: any, commands: string[]}} props */
function Unit({ one, directive, answer, commands }) {
  const [reporting, report] = useState(false);
  const at = now();
  const how = standing(answer);
  const fixed = { directive: directive.id, unit: answer.unit };
  const busy = isBusy(one.id);
  const done = (/** @type {object} */ body) => {
    send(one.id, "report_directive", body);
    report(false);
  };
  return html`<li class=${how} data-unit=${answer.unit}>
    <div class="line"><span class="mark" aria-hidden="true">${SHAPE[how]}</span><span class="name">${unitName(answer.unit)}</span>
      <span class="how">${t(`directive.${how}`)}</span><${Since} answer=${answer} at=${at} />
      ${answer.level > 0 && html`<span class="level">${t("queue.level", { n: answer.level })}</span>`}
      ${!answer.acknowledged_at && !answer.done_at && commands.includes("acknowledge_directive") && html`<button data-command="acknowledge_directive" disabled=${busy}
        onClick=${() => send(one.id, "acknowledge_directive", fixed)}>${t("directive.acknowledge")}</button>`}
      ${!answer.done_at && commands.includes("report_directive") && html`<button data-command="report_directive" disabled=${busy} onClick=${() => report(!reporting)}>${t("directive.report")}</button>`}</div>
    ${answer.text && html`<p class="words">${answer.text}</p>`}
    ${(answer.evidence ?? []).map((/** @type {any} */ shown) => html`<${Attached} key=${shown.url} shown=${shown} />`)}
    ${reporting && html`<${Form} one=${one} command="report_directive" fixed=${fixed} send=${done} stop=${() => report(false)} />`}
  </li>`;
}

/** @param {{one: any, directive: any, commands: string[]}} props */
function Directive({ one, directive, commands }) {
  const at = now();
  const open = directive.units.filter((/** @type {any} */ answer) => !answer.done_at).length;
  const by = [directive.by && unitName(directive.by), directive.actor].filter(Boolean).join(" · ");
  return html`<article class="directive" data-directive=${directive.id}>
    <header><b>${t("queue.directed", { done: directive.units.length - open, given: directive.units.length })}</b>
      <span class="by">${by} ${moment(directive.time, at)}</span>
      <span class="standing">${directive.due ? t("queue.due", { at: moment(directive.due, at) }) : t("queue.no_due")}${open && directive.due ? ` (${countdown(Date.parse(directive.due) - at, t)})` : ""}</span></header>
    ${directive.text && html`<p class="words">${directive.text}</p>`}
    <ol>${directive.units.map((/** @type {any} */ answer) => html`<${Unit} key=${answer.unit} one=${one} directive=${directive} answer=${answer} commands=${commands} />`)}</ol>
  </article>`;
}

/** @param {{one: any, directives: any[], commands: string[]}} props */
export function Directives({ one, directives, commands }) {
  second.value;
  if (directives.length === 0) return null;
  return html`<section aria-label=${word("event", "directed")}><h4 class="part">${t("directive.title")}</h4>
    ${directives.map((each) => html`<${Directive} key=${each.id} one=${one} directive=${each} commands=${commands} />`)}</section>`;
}
