/** A deadline of an incident: its rule, the sum that gives the due time, and the escalation steps. */
import { html } from "../../html.js";
import { t, word } from "../../i18n/index.js";
import { now, second, unitName } from "../../state.js";
import { countdown, duration, shortTime } from "../../format.js";

/** @param {number} seconds */
const span = (seconds) => duration(Math.max(0, seconds) * 1000, t);

/** @param {{pause: any, at: number}} props */
const Pause = ({ pause, at }) => html`<li class="term">
  <small>${t("sum.pause")}</small><b>${shortTime(pause.from, at)} – ${pause.to ? shortTime(pause.to, at) : t("sum.still")}</b></li>`;

/** Format the date 2026-11-24 as 24/11; it has no time zone. @param {string} day */
const shortDate = (day) => day.split("-").reverse().slice(0, 2).join("/");

/** Start + working time + pauses + days off = due. @param {{deadline: any, at: number}} props */
const Sum = ({ deadline, at }) => html`<ol class="sum">
  <li class="term"><small>${t("sum.start")}</small><b>${shortTime(deadline.start, at)}</b></li>
  <li class="term"><small>${t("sum.total", { calendar: word("calendar", deadline.calendar) })}</small><b>${span(deadline.total_s)}</b></li>
  ${deadline.pauses.map((/** @type {any} */ pause) => html`<${Pause} key=${pause.from} pause=${pause} at=${at} />`)}
  ${deadline.skipped.map((/** @type {any} */ day) => html`<li key=${day.date} class="term"><small>${t("sum.skipped")}</small><b>${shortDate(day.date)} ${day.name}</b></li>`)}
  <li class="term due"><small>${t("sum.due")}</small><b>${deadline.due ? shortTime(deadline.due, at) : "—"}</b></li>
</ol>`;

/** @param {any} step @param {number} at @param {boolean} over no further step of the deadline will fire */
function stepTime(step, at, over) {
  if (step.fired_at) return t("step.fired", { at: shortTime(step.fired_at, at) });
  if (over) return t("step.dropped");
  return step.at ? t("step.planned", { at: shortTime(step.at, at) }) : t("step.unplanned");
}

/** @param {{step: any, at: number, over: boolean}} props */
const Step = ({ step, at, over }) => html`<li class=${step.fired_at ? "fired" : ""}>
  <span class="mark" aria-hidden="true">${step.fired_at ? "●" : "○"}</span>
  <span>${t(`step.${step.kind}`, { n: step.level })}</span>
  <span class="whom">${step.whom && `${unitName(step.whom)} · ${word("channel", step.channel)}`}</span>
  <span class="at">${stepTime(step, at, over)}</span>
</li>`;

/** @param {any} deadline @param {number} at */
function timeLeft(deadline, at) {
  if (deadline.met_at) return t("deadline.met_at", { at: shortTime(deadline.met_at, at) });
  if (deadline.status !== "running" && deadline.status !== "breached") return "";
  return deadline.due ? countdown(Date.parse(deadline.due) - at, t) : "";
}

/** @param {{deadline: any, closed: boolean}} props */
export function Deadline({ deadline, closed }) {
  second.value;
  const at = now();
  const over = closed || Boolean(deadline.met_at) || deadline.status === "met" || deadline.status === "stopped";
  const share = deadline.total_s > 0 ? Math.min(1, deadline.used_s / deadline.total_s) : 1;
  return html`<article class=${`deadline ${deadline.status}`} data-deadline=${deadline.target}>
    <header><h4>${word("target", deadline.target)}</h4><span class="status">${word("status", deadline.status)}</span><span class="standing">${timeLeft(deadline, at)}</span></header>
    <div class="bar" role="img" aria-label=${t("deadline.used", { used: span(deadline.used_s), left: span(deadline.remaining_s) })}>
      <i style=${{ width: `${share * 100}%` }}></i></div>
    <p class="used"><span>${t("deadline.used", { used: span(deadline.used_s), left: span(deadline.remaining_s) })}</span>
      <span>${t("deadline.rule")} <code>${deadline.rule}</code></span></p>
    <${Sum} deadline=${deadline} at=${at} />
    ${deadline.steps.length > 0 && html`<ol class="steps">${deadline.steps.map((/** @type {any} */ step, /** @type {number} */ n) => html`<${Step} key=${n} step=${step} at=${at} over=${over} />`)}</ol>`}
  </article>`;
}
