/** Why an incident is due when it is: the rule, and the sum, term by term. */
import { html } from "../../html.js";
import { t, word } from "../../i18n/index.js";
import { now, second, unitName } from "../../state.js";
import { countdown, duration, moment } from "../../format.js";

/** @param {number} seconds */
const span = (seconds) => duration(Math.max(0, seconds) * 1000, t);

/** @param {{pause: any, at: number}} props */
const Pause = ({ pause, at }) => html`<li class="term">
  <small>${t("sum.pause")}</small><b>${moment(pause.from, at)} – ${pause.to ? moment(pause.to, at) : t("sum.still")}</b></li>`;

/** The date as a calendar file has it, 2026-11-24, needs no zone. @param {string} day */
const dayOf = (day) => day.split("-").reverse().slice(0, 2).join("/");

/** start + working time + pauses + days left out = due @param {{one: any, at: number}} props */
const Sum = ({ one, at }) => html`<ol class="sum">
  <li class="term"><small>${t("sum.start")}</small><b>${moment(one.start, at)}</b></li>
  <li class="term"><small>${t("sum.total", { calendar: word("calendar", one.calendar) })}</small><b>${span(one.total_s)}</b></li>
  ${one.pauses.map((/** @type {any} */ pause) => html`<${Pause} key=${pause.from} pause=${pause} at=${at} />`)}
  ${one.skipped.map((/** @type {any} */ day) => html`<li key=${day.date} class="term"><small>${t("sum.skipped")}</small><b>${dayOf(day.date)} ${day.name}</b></li>`)}
  <li class="term due"><small>${t("sum.due")}</small><b>${one.due ? moment(one.due, at) : "—"}</b></li>
</ol>`;

/** @param {any} step @param {number} at @param {boolean} over nothing of the deadline is to come any more */
function when(step, at, over) {
  if (step.fired_at) return t("step.fired", { at: moment(step.fired_at, at) });
  if (over) return t("step.dropped");
  return step.at ? t("step.planned", { at: moment(step.at, at) }) : t("step.unplanned");
}

/** @param {{step: any, at: number, over: boolean}} props */
const Step = ({ step, at, over }) => html`<li class=${step.fired_at ? "fired" : ""}>
  <span class="mark" aria-hidden="true">${step.fired_at ? "●" : "○"}</span>
  <span>${t(`step.${step.kind}`, { n: step.level })}</span>
  <span class="whom">${step.whom && `${unitName(step.whom)} · ${word("channel", step.channel)}`}</span>
  <span class="at">${when(step, at, over)}</span>
</li>`;

/** @param {any} one @param {number} at */
function standing(one, at) {
  if (one.met_at) return t("deadline.met_at", { at: moment(one.met_at, at) });
  if (one.status !== "running" && one.status !== "breached") return "";
  return one.due ? countdown(Date.parse(one.due) - at, t) : "";
}

/** @param {{one: any, closed: boolean}} props */
export function Deadline({ one, closed }) {
  second.value;
  const at = now();
  const over = closed || Boolean(one.met_at) || one.status === "met" || one.status === "stopped";
  const share = one.total_s > 0 ? Math.min(1, one.used_s / one.total_s) : 1;
  return html`<article class=${`deadline ${one.status}`} data-deadline=${one.target}>
    <header><h4>${word("target", one.target)}</h4><span class="status">${word("status", one.status)}</span><span class="standing">${standing(one, at)}</span></header>
    <div class="bar" role="img" aria-label=${t("deadline.used", { used: span(one.used_s), left: span(one.remaining_s) })}>
      <i style=${{ width: `${share * 100}%` }}></i></div>
    <p class="used"><span>${t("deadline.used", { used: span(one.used_s), left: span(one.remaining_s) })}</span>
      <span>${t("deadline.rule")} <code>${one.rule}</code></span></p>
    <${Sum} one=${one} at=${at} />
    ${one.steps.length > 0 && html`<ol class="steps">${one.steps.map((/** @type {any} */ step, /** @type {number} */ n) => html`<${Step} key=${n} step=${step} at=${at} over=${over} />`)}</ol>`}
  </article>`;
}
