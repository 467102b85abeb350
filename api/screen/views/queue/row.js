/** One incident, and one group of them, as a line of the queue. */
import { html } from "../../html.js";
import { lang, t, word } from "../../i18n/index.js";
import { causeName, filter, opened, selected, store, unitName, wardName } from "../../state.js";
import { isDueSoon, isShelved, isUnacknowledged } from "../../queue_order.js";
import { reportsOf } from "../../groups.js";
import { count, countdown, moment } from "../../format.js";
import { Sign } from "./severity.js";

/** @typedef {import("../../store.js").Incident} Incident */

/** @param {Incident} one @param {number} at */
function urgencyOf(one, at) {
  if (one.closedMs !== null) return one.on_time === false ? "late" : "";
  return one.overdue || (!one.paused && one.dueMs < at) ? "late" : isDueSoon(one, at) ? "soon" : "";
}

/** @param {{one: Incident, at: number}} props */
function Left({ one, at }) {
  if (one.closedMs !== null) return html`<b>${moment(one.closedMs, at)}</b><small>${word("state", one.state)}</small>`;
  if (isShelved(one)) return html`<b>${t("queue.shelved")}</b><small>${t("queue.until", { at: moment(/** @type {string} */ (one.shelved_until), at) })}</small>`;
  if (one.paused) return html`<b>${t("queue.paused")}</b><small>${one.due ? moment(one.dueMs, at) : ""}</small>`;
  if (one.due === null) return html`<b>—</b><small>${t("queue.no_due")}</small>`;
  const key = one.dueMs < at ? "queue.was_due" : "queue.due";
  return html`<b>${countdown(one.dueMs - at, t)}</b><small>${t(key, { at: moment(one.dueMs, at) })}</small>`;
}

/** What is said of an incident beside its title. @param {{one: Incident}} props */
const Marks = ({ one }) => html`
  ${reportsOf(one) > 1 && html`<span class="reports" title=${t("queue.reports_hint", { n: reportsOf(one) })}>×${count(reportsOf(one), lang.value)}</span>`}
  ${one.level > 0 && html`<span class="level" title=${t("queue.level_hint")}>${t("queue.level", { n: one.level })}</span>`}
  ${one.proposed && html`<span class="mark proposed" title=${t("queue.proposed_hint", { id: one.proposed })}>≈ ${t("queue.proposed")}</span>`}
  ${one.maintenance && html`<span class="mark maintenance" title=${t("queue.maintenance_hint")}>◌ ${t("queue.maintenance")}</span>`}`;

/** How many units have reported their directives done. @param {{one: Incident, at: number}} props */
function Directed({ one, at }) {
  const given = one.directives_given ?? 0;
  const open = one.directives_open ?? 0;
  if (!given && !open) return null;
  const late = Boolean(open && one.directive_due && Date.parse(one.directive_due) < at);
  const said = given ? t("queue.directed", { done: given - open, given }) : t("queue.directed_open", { n: open });
  return html`<span class=${`directed ${late ? "late" : ""}`} title=${one.directive_due ? t("queue.due", { at: moment(one.directive_due, at) }) : ""}>${said}</span>`;
}

/** @param {{one: Incident}} props */
function Unit({ one }) {
  const others = (one.units ?? []).filter((code) => code !== one.unit);
  return html`<span class="unit" title=${others.map(unitName).join(", ")}>${unitName(one.unit) || t("queue.no_unit")}</span>
    ${others.length > 0 && html`<span class="others">+${others.length}</span>`}`;
}

/** @param {{id: string, top: number, at: number, gone: boolean}} props */
export function Line({ id, top, at, gone }) {
  const one = store.get(id);
  if (!one) return html`<li class="row gone" style=${{ transform: `translateY(${top}rem)` }} data-id=${id}></li>`;
  const classes = ["row", urgencyOf(one, at), gone ? "gone" : "", selected.value === id ? "selected" : ""].join(" ");
  const open = () => {
    selected.value = id;
    opened.value = id;
  };
  return html`<li class=${classes} data-id=${id} style=${{ transform: `translateY(${top}rem)` }} onClick=${open}
    role="option" aria-selected=${selected.value === id}>
    <${Sign} severity=${one.severity} calling=${isUnacknowledged(one) && !gone && !isShelved(one)} />
    <div class="what">
      <span class="head"><span class="title">${one.title}</span><${Marks} one=${one} /></span>
      <span class="where">
        <span class="place">${wardName(one.ward) || t("queue.no_ward")}</span>
        <${Unit} one=${one} />
        <span class=${`state ${one.state}`}>${word("state", one.state)}</span>
        <${Directed} one=${one} at=${at} />
      </span>
    </div>
    <div class="left"><${Left} one=${one} at=${at} /></div>
  </li>`;
}

/** Show the incidents of a group. @param {string} id */
export function enter(id) {
  selected.value = null;
  filter.value = { ...filter.value, group: id };
}

/** @param {{group: import("../../groups.js").Group, top: number, at: number}} props */
export const GroupLine = ({ group, top, at }) => html`<li class=${`row group ${selected.value === group.id ? "selected" : ""}`} data-group=${group.id}
    style=${{ transform: `translateY(${top}rem)` }} onClick=${() => enter(group.id)} role="option" aria-selected=${selected.value === group.id}>
    <${Sign} severity=${group.severity} calling=${group.waiting > 0} />
    <div class="what">
      <span class="head"><span class="title">${causeName(group.cause)}</span>
        ${group.reports > group.open && html`<span class="reports" title=${t("queue.reports_hint", { n: group.reports })}>×${count(group.reports, lang.value)}</span>`}
        <span class="place">${wardName(group.ward) || t("queue.no_ward")}</span></span>
      <span class="where">
        ${group.overdue > 0 && html`<span class="late">${t("group.overdue", { n: count(group.overdue, lang.value) })}</span>`}
        ${group.waiting > 0 && html`<span>${t("group.waiting", { n: count(group.waiting, lang.value) })}</span>`}
        <span>${t("group.oldest", { at: moment(group.oldestMs, at) })}</span>
      </span>
    </div>
    <div class="left"><b>${count(group.open, lang.value)}</b><small>${t("group.open")}</small></div>
  </li>`;
