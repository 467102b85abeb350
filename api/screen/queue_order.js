/**
 * Which incidents the queue shows, and in which order; the order is held while somebody reads.
 *
 * @typedef {import("./store.js").Incident} Incident
 * @typedef {"open"|"overdue"|"due_soon"|"unacknowledged"|"critical"|"proposed"|"shelved"|"closed"} QueueView
 * @typedef {{view: QueueView, text: string, service: string, severity: string, ward: string, group: string}} Filter `group`: id of a group
 */
import { foldText } from "./store.js";

/** @type {Filter} */
export const NO_FILTER = { view: "open", text: "", service: "", severity: "", ward: "", group: "" };
/** @param {Incident} incident */
export const isUnacknowledged = (incident) => incident.state === "reported" || incident.state === "reopened";

/** @param {Incident} incident @param {number} now */
export const isDueSoon = (incident, now) => !incident.overdue && !incident.paused && incident.warnMs <= now;

/** True while an incident is put aside for a time: not in the lists of work, but in the view "shelved". @param {Incident} incident */
export const isShelved = (incident) => Boolean(incident.shelved_until);

/**
 * The views of the queue, in the order of the menu: which incidents each shows, and by which query parameters the API
 * finds them; a view without parameters cannot be searched for.
 * @type {Record<QueueView, {matches: (incident: Incident, now: number) => boolean, withShelved?: boolean, params?: [string, string][]}>}
 */
export const QUEUE_VIEWS = {
  open: { matches: () => true, params: [] },
  overdue: { matches: (incident) => incident.overdue, params: [["overdue", "true"]] },
  due_soon: { matches: isDueSoon },
  unacknowledged: { matches: isUnacknowledged, params: [["state", "reported"], ["state", "reopened"]] },
  critical: { matches: (incident) => incident.severity === "critical", params: [["severity", "critical"]] },
  proposed: { matches: (incident) => Boolean(incident.proposed) },
  shelved: { matches: isShelved, withShelved: true, params: [] },
  closed: { matches: () => true, withShelved: true },
};

/** Return the incidents that match the filter, in the order given. @param {Incident[]} sorted @param {Filter} filter @param {number} now @param {(incident: Incident) => string} [extraText] further text to search */
export function filterIncidents(sorted, filter, now, extraText = () => "") {
  const view = QUEUE_VIEWS[filter.view];
  const terms = foldText(filter.text).split(/\s+/).filter(Boolean);
  return sorted.filter(
    (incident) =>
      view.matches(incident, now) &&
      (view.withShelved || !isShelved(incident)) &&
      (!filter.service || incident.service === filter.service) &&
      (!filter.severity || incident.severity === filter.severity) &&
      (!filter.ward || incident.ward === filter.ward) &&
      terms.every((term) => incident.searchText.includes(term) || extraText(incident).includes(term)),
  );
}

/**
 * Create an order that can be held. While it is held, ids that arrived are kept aside and ids that departed stay in
 * their place, until it is released.
 * @typedef {{ids: string[], arrived: string[], departed: Set<string>}} Arrangement
 */
export function createQueueOrder() {
  /** @type {string[]|null} */
  let heldIds = null;

  return {
    hold(/** @type {string[]} */ ids) {
      heldIds ??= ids;
    },
    release() {
      heldIds = null;
    },
    isHeld: () => heldIds !== null,
    /** @param {string[]} ids in the order they have when nothing is held @returns {Arrangement} */
    arrange(ids) {
      if (heldIds === null) return { ids, arrived: [], departed: new Set() };
      const held = new Set(heldIds);
      const present = new Set(ids);
      const arrived = ids.filter((id) => !held.has(id));
      return { ids: heldIds, arrived, departed: new Set(heldIds.filter((id) => !present.has(id))) };
    },
  };
}

/**
 * Return the range of rows to render: those in sight and some beyond.
 * @param {number} count rows in all @param {number} top scrolled px @param {number} height visible px @param {number} rowHeight px of one row
 */
export function visibleRange(count, top, height, rowHeight) {
  const overscan = 8;
  const maxRows = 200;
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - overscan, count - 1));
  const size = Math.min(maxRows, Math.ceil(height / rowHeight) + 2 * overscan);
  return { first, last: Math.min(count, first + size) };
}
