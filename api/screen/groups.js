/**
 * Open incidents by what brought them about and by ward: a storm is a few lines, not a thousand.
 * Pure: what the cause of an incident is comes from outside.
 *
 * @typedef {import("./store.js").Incident} Incident
 * @typedef {{id: string, cause: string, ward: string|null, open: number, reports: number, overdue: number, waiting: number,
 *   severity: import("./store.js").Severity, oldestMs: number, dueMs: number}} Group
 *   `reports` counts what was merged into the open ones, too; `id` is none that an incident has
 */
import { isUnacknowledged } from "./queue_order.js";
import { RANK } from "./store.js";

/** More new matters than this within that time, and nobody can read them one by one (ISA-18.2). */
export const FLOOD = 10;
export const FLOOD_WITHIN = 10 * 60_000;

/** @param {string} cause @param {string|null} ward */
export const groupId = (cause, ward) => `=${cause}|${ward ?? ""}`;

/** @param {string} id */
export const isGroup = (id) => id.startsWith("=");

/** Every report that is the same matter, its own among them. @param {Incident} one */
export const reportsOf = (one) => 1 + (one.children ?? 0);

/** @param {Incident} one @param {string} cause @returns {Group} */
const started = (one, cause) => ({
  id: groupId(cause, one.ward), cause, ward: one.ward, open: 0, reports: 0, overdue: 0, waiting: 0,
  severity: one.severity, oldestMs: one.reportedMs, dueMs: one.dueMs,
});

/** @param {Group} group @param {Incident} one */
function count(group, one) {
  group.open += 1;
  group.reports += reportsOf(one);
  group.overdue += one.overdue ? 1 : 0;
  group.waiting += isUnacknowledged(one) ? 1 : 0;
  if (RANK[one.severity] < RANK[group.severity]) group.severity = one.severity;
  group.oldestMs = Math.min(group.oldestMs, one.reportedMs);
  group.dueMs = Math.min(group.dueMs, one.dueMs);
}

/** The gravest first, then the most overdue, then the largest. @param {Group} a @param {Group} b */
const weight = (a, b) => RANK[a.severity] - RANK[b.severity] || b.overdue - a.overdue || b.open - a.open || (a.id < b.id ? -1 : 1);

/** @param {Incident[]} incidents @param {(one: Incident) => string} causeOf @returns {Group[]} */
export function grouped(incidents, causeOf) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const one of incidents) {
    const cause = causeOf(one);
    const id = groupId(cause, one.ward);
    const group = groups.get(id) ?? started(one, cause);
    groups.set(id, group);
    count(group, one);
  }
  return [...groups.values()].sort(weight);
}

/** How many came within the last ten minutes and are still open. @param {Incident[]} open @param {number} now */
export const fresh = (open, now) => open.reduce((sum, one) => sum + (one.reportedMs > now - FLOOD_WITHIN ? 1 : 0), 0);
