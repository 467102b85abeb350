/** The queue: incidents by urgency, or groups of them; only the rows in sight are rendered. */
import { html } from "../../html.js";
import { useEffect, useRef, useState } from "../../vendor/hooks.js";
import { t } from "../../i18n/index.js";
import { causeOf, filter, grouping, now, revision, searchableNames, second, selectedId, store } from "../../state.js";
import { remoteResults } from "../../remote_search.js";
import { createQueueOrder, filterIncidents, visibleRange } from "../../queue_order.js";
import { compareUrgency } from "../../store.js";
import { groupId, groupIncidents } from "../../groups.js";
import { Filters } from "./filters.js";
import { Notes } from "./notes.js";
import { GroupRow, IncidentRow } from "./row.js";

/** Row height in rem, as in the style sheet. */
const ROW_REM = 3.7;
/** A pointer that does not move for this long (ms) no longer holds the order. */
const IDLE_AFTER = 20_000;
export const queueOrder = createQueueOrder();
/** Ids in the order shown, for the keyboard. @type {string[]} */
export let listedIds = [];

/** Hold the order while a pointer moves over the list, or the list is scrolled. */
function useHold(/** @type {{current: HTMLElement|null}} */ box) {
  const pointer = useRef({ inside: false, at: 0 });
  const [, rerender] = useState(0);
  const isScrolled = (box.current?.scrollTop ?? 0) > 4;
  const isReading = pointer.current.inside && performance.now() - pointer.current.at < IDLE_AFTER;
  const movePointer = (/** @type {boolean} */ inside) => () => {
    pointer.current = { inside, at: performance.now() };
    if (!inside) rerender((n) => n + 1);
  };
  return { held: isScrolled || isReading, over: movePointer(true), out: movePointer(false) };
}

/** Release the order and scroll to the top when the filter or the grouping changes; true when it did. @param {{current: HTMLElement|null}} box */
function useFilterChange(box) {
  const previous = useRef({ filter: filter.value, grouping: grouping.value });
  const changed = previous.current.filter !== filter.value || previous.current.grouping !== grouping.value;
  previous.current = { filter: filter.value, grouping: grouping.value };
  if (!changed) return false;
  queueOrder.release();
  if (box.current) box.current.scrollTop = 0;
  return true;
}

/** Scroll the selected row into view. @param {{current: HTMLElement|null}} box @param {string[]} ids @param {number} rem */
function useSelectionInView(box, ids, rem) {
  useEffect(() => {
    const index = selectedId.value === null ? -1 : ids.indexOf(selectedId.value);
    if (index < 0 || !box.current) return;
    const [top, bottom] = [index * ROW_REM * rem, (index + 1) * ROW_REM * rem];
    if (top < box.current.scrollTop) box.current.scrollTop = top;
    else if (bottom > box.current.scrollTop + box.current.clientHeight) box.current.scrollTop = bottom - box.current.clientHeight;
  }, [selectedId.value]);
}

/** Return the incidents that match the filter: those of the feed and those of the remote search. @param {number} at @returns {import("../../store.js").Incident[]} */
function matchingIncidents(at) {
  const local = localMatches(at);
  if (!remoteResults.value.incidents.length) return local;
  const localIds = new Set(local.map((incident) => incident.id));
  return [...local, ...remoteResults.value.incidents.filter((incident) => !localIds.has(incident.id))].sort(compareUrgency);
}

/** Return the incidents of the feed that match the filter. @param {number} at @returns {import("../../store.js").Incident[]} */
function localMatches(at) {
  const { group, view } = filter.value;
  const matches = filterIncidents(view === "closed" ? store.closed() : store.open(), filter.value, at, searchableNames);
  return group ? matches.filter((incident) => groupId(causeOf(incident), incident.ward) === group) : matches;
}

export function Queue() {
  revision.value;
  second.value;
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const [, setScrollTop] = useState(0);
  const changed = useFilterChange(box);
  const hold = useHold(box);
  const at = now();
  const incidents = matchingIncidents(at);
  const groups = grouping.value && !filter.value.group ? new Map(groupIncidents(incidents, causeOf).map((group) => [group.id, group])) : null;
  const ids = groups ? [...groups.keys()] : incidents.map((incident) => incident.id);
  if (hold.held) queueOrder.hold(changed ? ids : listedIds);
  else queueOrder.release();
  const arrangement = queueOrder.arrange(ids);
  listedIds = arrangement.ids;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const range = visibleRange(arrangement.ids.length, box.current?.scrollTop ?? 0, box.current?.clientHeight ?? 1080, ROW_REM * rem);
  useSelectionInView(box, arrangement.ids, rem);
  const criticalCount = arrangement.arrived.filter((id) => store.get(id)?.severity === "critical").length;
  const releaseOrder = () => {
    queueOrder.release();
    hold.out();
    box.current?.scrollTo(0, 0);
  };
  return html`<section class="panel queue" aria-label=${t("queue.region")} onPointerMove=${hold.over} onPointerLeave=${hold.out}>
    <${Filters} matches=${remoteResults.value.total ?? incidents.length} />
    <${Notes} />
    ${arrangement.arrived.length > 0 &&
    html`<button class=${`fresh ${criticalCount ? "grave" : ""}`} onClick=${releaseOrder}>
      ${t("queue.fresh", { n: arrangement.arrived.length })}${criticalCount > 0 && html` · ${t("queue.fresh_critical", { n: criticalCount })}`}
    </button>`}
    <div class="rows" ref=${box} onScroll=${(/** @type {any} */ e) => setScrollTop(e.currentTarget.scrollTop)} tabindex="-1">
      ${arrangement.ids.length === 0 && html`<${EmptyQueue} />`}
      <ul role="listbox" aria-label=${t("queue.region")} style=${{ height: `${arrangement.ids.length * ROW_REM}rem` }}>
        ${arrangement.ids.slice(range.first, range.last).map((id, i) => {
          const [top, group] = [(range.first + i) * ROW_REM, groups?.get(id)];
          if (group) return html`<${GroupRow} key=${id} group=${group} top=${top} at=${at} />`;
          return html`<${IncidentRow} key=${id} id=${id} top=${top} at=${at} departed=${arrangement.departed.has(id)} />`;
        })}
      </ul>
    </div>
  </section>`;
}

function EmptyQueue() {
  revision.value;
  const key = store.figures === null ? "queue.waiting" : store.open().length ? "queue.none_found" : "queue.none";
  return html`<p class="nothing">${t(key)}</p>`;
}
