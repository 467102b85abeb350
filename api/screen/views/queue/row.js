/** The rows of the queue: an incident, or a group of incidents. */
import { html } from "../../html.js";
import { lang, t, word } from "../../i18n/index.js";
import { causeName, filter, openedId, selectedId, store, unitName, wardName } from "../../state.js";
import { isDueSoon, isShelved, isUnacknowledged } from "../../queue_order.js";
import { reportCount } from "../../groups.js";
import { count, countdown, shortTime } from "../../format.js";
import { SeverityIcon } from "./severity.js";

/** @typedef {import("../../store.js").Incident} Incident */

/** Return the class of a row by its due time: late, soon or none. @param {Incident} incident @param {number} at */
function urgencyOf(incident, at) {
  if (incident.closedMs !== null) return incident.on_time === false ? "late" : "";
  return incident.overdue || (!incident.paused && incident.dueMs < at) ? "late" : isDueSoon(incident, at) ? "soon" : "";
}

/** @param {{incident: Incident, at: number}} props */
function TimeLeft({ incident, at }) {
  if (incident.closedMs !== null) return html`<b>${shortTime(incident.closedMs, at)}</b><small>${word("state", incident.state)}</small>`;
  if (isShelved(incident)) return html`<b>${t("queue.shelved")}</b><small>${t("queue.until", { at: shortTime(/** @type {string} */ (incident.shelved_until), at) })}</small>`;
  if (incident.paused) return html`<b>${t("queue.paused")}</b><small>${incident.due ? shortTime(incident.dueMs, at) : ""}</small>`;
  if (incident.due === null) return html`<b>—</b><small>${t("queue.no_due")}</small>`;
  const key = incident.dueMs < at ? "queue.was_due" : "queue.due";
  return html`<b>${countdown(incident.dueMs - at, t)}</b><small>${t(key, { at: shortTime(incident.dueMs, at) })}</small>`;
}

/** Badges beside the title: reports, escalation level, proposed duplicate, maintenance. @param {{incident: Incident}} props */
const Badges = ({ incident }) => html`
  ${reportCount(incident) > 1 && html`<span class="reports" title=${t("queue.reports_hint", { n: reportCount(incident) })}>×${count(reportCount(incident), lang.value)}</span>`}
  ${incident.level > 0 && html`<span class="level" title=${t("queue.level_hint")}>${t("queue.level", { n: incident.level })}</span>`}
  ${incident.proposed && html`<span class="mark proposed" title=${t("queue.proposed_hint", { id: incident.proposed })}>≈ ${t("queue.proposed")}</span>`}
  ${incident.maintenance && html`<span class="mark maintenance" title=${t("queue.maintenance_hint")}>◌ ${t("queue.maintenance")}</span>`}`;

/** How many units have reported their directives done; red when the due time has passed. @param {{incident: Incident, at: number}} props */
function DirectiveProgress({ incident, at }) {
  const total = incident.directives_given ?? 0;
  const open = incident.directives_open ?? 0;
  if (!total && !open) return null;
  const late = Boolean(open && incident.directive_due && Date.parse(incident.directive_due) < at);
  const text = total ? t("queue.directed", { done: total - open, given: total }) : t("queue.directed_open", { n: open });
  return html`<span class=${`directed ${late ? "late" : ""}`} title=${incident.directive_due ? t("queue.due", { at: shortTime(incident.directive_due, at) }) : ""}>${text}</span>`;
}

/** The unit in charge, and how many others there are. @param {{incident: Incident}} props */
function Units({ incident }) {
  const otherUnits = (incident.units ?? []).filter((code) => code !== incident.unit);
  return html`<span class="unit" title=${otherUnits.map(unitName).join(", ")}>${unitName(incident.unit) || t("queue.no_unit")}</span>
    ${otherUnits.length > 0 && html`<span class="others">+${otherUnits.length}</span>`}`;
}

/** @param {{id: string, top: number, at: number, departed: boolean}} props `departed`: it has left the list and keeps its place while the order is held */
export function IncidentRow({ id, top, at, departed }) {
  const incident = store.get(id);
  if (!incident) return html`<li class="row gone" style=${{ transform: `translateY(${top}rem)` }} data-id=${id}></li>`;
  const classes = ["row", urgencyOf(incident, at), departed ? "gone" : "", selectedId.value === id ? "selected" : ""].join(" ");
  const open = () => {
    selectedId.value = id;
    openedId.value = id;
  };
  return html`<li class=${classes} data-id=${id} style=${{ transform: `translateY(${top}rem)` }} onClick=${open}
    role="option" aria-selected=${selectedId.value === id}>
    <${SeverityIcon} severity=${incident.severity} flashing=${isUnacknowledged(incident) && !departed && !isShelved(incident)} />
    <div class="what">
      <span class="head"><span class="title">${incident.title}</span><${Badges} incident=${incident} /></span>
      <span class="where">
        <span class="place">${wardName(incident.ward) || t("queue.no_ward")}</span>
        <${Units} incident=${incident} />
        <span class=${`state ${incident.state}`}>${word("state", incident.state)}</span>
        <${DirectiveProgress} incident=${incident} at=${at} />
      </span>
    </div>
    <div class="left"><${TimeLeft} incident=${incident} at=${at} /></div>
  </li>`;
}

/** Filter the queue by a group. @param {string} id */
export function openGroup(id) {
  selectedId.value = null;
  filter.value = { ...filter.value, group: id };
}

/** @param {{group: import("../../groups.js").Group, top: number, at: number}} props */
export const GroupRow = ({ group, top, at }) => html`<li class=${`row group ${selectedId.value === group.id ? "selected" : ""}`} data-group=${group.id}
    style=${{ transform: `translateY(${top}rem)` }} onClick=${() => openGroup(group.id)} role="option" aria-selected=${selectedId.value === group.id}>
    <${SeverityIcon} severity=${group.severity} flashing=${group.unacknowledged > 0} />
    <div class="what">
      <span class="head"><span class="title">${causeName(group.cause)}</span>
        ${group.reports > group.open && html`<span class="reports" title=${t("queue.reports_hint", { n: group.reports })}>×${count(group.reports, lang.value)}</span>`}
        <span class="place">${wardName(group.ward) || t("queue.no_ward")}</span></span>
      <span class="where">
        ${group.overdue > 0 && html`<span class="late">${t("group.overdue", { n: count(group.overdue, lang.value) })}</span>`}
        ${group.unacknowledged > 0 && html`<span>${t("group.waiting", { n: count(group.unacknowledged, lang.value) })}</span>`}
        <span>${t("group.oldest", { at: shortTime(group.oldestMs, at) })}</span>
      </span>
    </div>
    <div class="left"><b>${count(group.open, lang.value)}</b><small>${t("group.open")}</small></div>
  </li>`;
