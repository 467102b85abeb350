/** The totals of the period: headline, durations, escalations, registers. An unknown figure is a dash, not a zero. */
import { html } from "../../html.js";
import { lang, t } from "../../i18n/index.js";
import { revision, store } from "../../state.js";
import { count, duration, percent } from "../../format.js";

/** @param {number|null|undefined} seconds */
export const durationOf = (seconds) => (seconds === null || seconds === undefined ? "—" : duration(Math.max(0, seconds) * 1000, t));
/** @param {number|null|undefined} value */
const number = (value) => count(value, lang.value);
/** @param {number|null|undefined} value */
const share = (value) => percent(value, lang.value);

/** @param {{name: string, value: any, note?: any, tone?: string}} props */
const Card = ({ name, value, note, tone = "" }) => html`<div class=${`tile today ${tone}`} data-figure=${name}>
  <span class="label">${t(`figure.${name}`)}</span><span class="figure">${value}</span>${note && html`<span class="note">${note}</span>`}</div>`;

/** @param {{total: any, now: boolean}} props `now`: the period ends now, so that figures of the moment belong to it */
export function Headline({ total, now }) {
  revision.value;
  const within = store.figures?.live?.due_within ?? {};
  const overdue = total.standing?.overdue ?? null;
  return html`<div class="headline">
    <${Card} name="received" value=${number(total.received)} />
    <${Card} name="resolved" value=${number(total.resolved)} />
    <${Card} name="open" value=${number(total.standing?.open)} />
    <${Card} name="overdue" value=${number(overdue)} tone=${overdue ? "grave" : ""} note=${now && t("figure.any_target", { n: number(store.figures?.live?.overdue) })} />
    ${now && html`<${Card} name="due_1h" value=${number(within["1h"])} note=${t("figure.due_24h", { n: number(within["24h"]) })} />`}
    <${Card} name="on_time" value=${share(total.qd766?.on_time_rate)} note=${t("figure.of", { part: number(total.qd766?.on_time), all: number(total.qd766?.to_be_handled) })} />
    <${Card} name="satisfaction" value=${share(total.qd766?.satisfaction_rate)} note=${t("figure.unhappy", { n: number(total.qd766?.not_satisfied) })} />
    <${Card} name="reopen" value=${share(total.reopen_rate)} note=${t("figure.times", { n: number(total.reopened) })} />
    <${Card} name="reduction" value=${share(total.reduction?.rate)} note=${t("figure.before", { time: durationOf(total.reduction?.before_s) })} />
  </div>`;
}

const TIMINGS = ["handling", "working", "acknowledge", "assign"];

/** @param {{total: any}} props */
export function Durations({ total }) {
  const error = total.handling?.error ?? 0;
  return html`<section class="panel card"><table class="plain" data-table="durations">
    <thead><tr><th>${t("duration.title")}</th><th>${t("duration.count")}</th><th>${t("duration.mean")}</th><th>p50</th><th>p90</th><th>p99</th></tr></thead>
    <tbody>${TIMINGS.map((name) => html`<tr key=${name} data-timing=${name}><th>${t(`duration.${name}`)}</th><td>${number(total[name]?.count)}</td>
      <td>${durationOf(total[name]?.mean_s)}</td><td>${durationOf(total[name]?.p50_s)}</td><td>${durationOf(total[name]?.p90_s)}</td><td>${durationOf(total[name]?.p99_s)}</td></tr>`)}</tbody>
  </table><p class="small">${t("duration.error", { share: share(error) })}</p></section>`;
}

/** @param {{total: any}} props */
export function Escalations({ total }) {
  const levels = Array.from({ length: 9 }, (_, n) => `level_${n + 1}`);
  const [ladder, people] = [total.escalated_to ?? {}, total.raised_to ?? {}];
  const shownLevels = levels.filter((level, n) => n < 3 || ladder[level] || people[level]);
  return html`<section class="panel card"><table class="plain" data-table="escalations">
    <thead><tr><th>${t("escalation.title")}</th>${shownLevels.map((level) => html`<th key=${level}>${t("queue.level", { n: level.slice(6) })}</th>`)}</tr></thead>
    <tbody><tr><th>${t("escalation.ladder")}</th>${shownLevels.map((level) => html`<td key=${level}>${number(ladder[level])}</td>`)}</tr>
      <tr><th>${t("escalation.people")}</th>${shownLevels.map((level) => html`<td key=${level}>${number(people[level])}</td>`)}</tr></tbody>
  </table></section>`;
}

/** Return name and text of each register. @param {any} total @returns {[string, string][]} */
function registerTexts(total) {
  const { tickets = {}, documents = {}, surveys = {}, online = {}, directives } = total;
  return [
    ["tickets", t("register.tickets", { issued: number(tickets.issued), p50: durationOf(tickets.waiting?.p50_s), p90: durationOf(tickets.waiting?.p90_s), left: share(tickets.left_rate) })],
    ["documents", t("register.documents", { sent: number(documents.sent), rate: share(documents.signed_rate) })],
    ["surveys", t("register.surveys", { answers: number(surveys.answers), rate: share(surveys.satisfaction_rate) })],
    ["online", t("register.online", { dossiers: number(online.dossiers), rate: share(online.online_rate), full: share(online.full_share), partial: share(online.partial_share) })],
    ...(directives ? [/** @type {[string, string]} */ (["directives", directivesText(directives)])] : []),
  ];
}

/** @param {any} directives */
const directivesText = (directives) => t("register.directives", { given: number(directives.given), done: number(directives.done), rate: share(directives.on_time_rate), time: durationOf(directives.doing?.p50_s) });

/** @param {{total: any}} props */
export const Registers = ({ total }) => html`<section class="panel card"><dl class="registers">${registerTexts(total).map(([name, text]) =>
  html`<div key=${name} data-register=${name}><dt>${t(`register.${name}.name`)}</dt><dd>${text}</dd></div>`)}</dl></section>`;
