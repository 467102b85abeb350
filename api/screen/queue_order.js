/**
 * Which incidents the queue shows and in which order, held still while somebody reads it.
 *
 * @typedef {import("./store.js").Incident} Incident
 * @typedef {"open"|"overdue"|"due_soon"|"unacknowledged"|"critical"|"proposed"|"shelved"|"closed"} View
 * @typedef {{view: View, text: string, service: string, severity: string, ward: string, group: string}} Filter `group`: a cause in a ward
 */
import { fold } from "./store.js";

/** @type {Filter} */
export const NO_FILTER = { view: "open", text: "", service: "", severity: "", ward: "", group: "" };
/** @type {View[]} */
export const VIEWS = ["open", "overdue", "due_soon", "unacknowledged", "critical", "proposed", "shelved", "closed"];

/** @param {Incident} one */
export const isUnacknowledged = (one) => one.state === "reported" || one.state === "reopened";

/** @param {Incident} one @param {number} now */
export const isDueSoon = (one, now) => !one.overdue && !one.paused && one.warnMs <= now;

/** Put aside for a time: out of the list of work, not out of sight. @param {Incident} one */
export const isShelved = (one) => Boolean(one.shelved_until);

/** Seen whether it is shelved or not. @type {Set<View>} */
const WITH_SHELVED = new Set(/** @type {View[]} */ (["shelved", "closed"]));

/** @type {Record<View, (one: Incident, now: number) => boolean>} */
const IN_VIEW = {
  open: () => true,
  closed: () => true,
  overdue: (one) => one.overdue,
  due_soon: isDueSoon,
  unacknowledged: isUnacknowledged,
  critical: (one) => one.severity === "critical",
  proposed: (one) => Boolean(one.proposed),
  shelved: isShelved,
};

/** @param {Incident[]} sorted @param {Filter} filter @param {number} now @param {(one: Incident) => string} [more] further text to search */
export function matching(sorted, filter, now, more = () => "") {
  const words = fold(filter.text).split(/\s+/).filter(Boolean);
  return sorted.filter(
    (one) =>
      IN_VIEW[filter.view](one, now) &&
      (WITH_SHELVED.has(filter.view) || !isShelved(one)) &&
      (!filter.service || one.service === filter.service) &&
      (!filter.severity || one.severity === filter.severity) &&
      (!filter.ward || one.ward === filter.ward) &&
      words.every((word) => one.fold.includes(word) || more(one).includes(word)),
  );
}

/**
 * A list that keeps its order while held. Those that came meanwhile wait aside, those that left
 * stay in their place (as last known) until it is let go.
 * @typedef {{ids: string[], fresh: string[], gone: Set<string>}} Held
 */
export function createOrder() {
  /** @type {string[]|null} */
  let held = null;

  return {
    hold(/** @type {string[]} */ ids) {
      held ??= ids;
    },
    release() {
      held = null;
    },
    isHeld: () => held !== null,
    /** @param {string[]} ids the order as it would be @returns {Held} */
    arrange(ids) {
      if (held === null) return { ids, fresh: [], gone: new Set() };
      const before = new Set(held);
      const present = new Set(ids);
      const fresh = ids.filter((id) => !before.has(id));
      return { ids: held, fresh, gone: new Set(held.filter((id) => !present.has(id))) };
    },
  };
}

/**
 * The part of the list worth having in the document.
 * @param {number} count rows in all @param {number} top scrolled px @param {number} height visible px @param {number} row px of one row
 */
export function visible(count, top, height, row) {
  const spare = 8;
  const most = 200;
  const first = Math.max(0, Math.min(Math.floor(top / row) - spare, count - 1));
  const size = Math.min(most, Math.ceil(height / row) + 2 * spare);
  return { first, last: Math.min(count, first + size) };
}
