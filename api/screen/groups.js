/**
 * Open incidents grouped by cause and ward: a storm is a few rows, not a thousand.
 * Pure: the function that returns the cause of an incident is passed in.
 *
 * @typedef {import("./store.js").Incident} Incident
 * @typedef {{id: string, cause: string, ward: string|null, open: number, reports: number, overdue: number, unacknowledged: number,
 *   severity: import("./store.js").Severity, oldestMs: number, dueMs: number}} Group
 *   `reports` also counts the reports merged into the open incidents; `id` differs from the id of every incident
 */
import { isUnacknowledged } from "./queue_order.js";
import { SEVERITY_RANK } from "./store.js";

/** More new incidents than this within `FLOOD_WINDOW` (ms) are a flood: nobody can read them one by one (ISA-18.2). */
export const FLOOD_COUNT = 10;
export const FLOOD_WINDOW = 10 * 60_000;

/** @param {string} cause @param {string|null} ward */
export const groupId = (cause, ward) => `=${cause}|${ward ?? ""}`;

/** @param {string} id */
export const isGroup = (id) => id.startsWith("=");

/** Return how many reports an incident stands for, its own included. @param {Incident} incident */
export const reportCount = (incident) => 1 + (incident.children ?? 0);

/** @param {Incident} incident @param {string} cause @returns {Group} */
const emptyGroup = (incident, cause) => ({
  id: groupId(cause, incident.ward), cause, ward: incident.ward, open: 0, reports: 0, overdue: 0, unacknowledged: 0,
  severity: incident.severity, oldestMs: incident.reportedMs, dueMs: incident.dueMs,
});

/** @param {Group} group @param {Incident} incident */
function addToGroup(group, incident) {
  group.open += 1;
  group.reports += reportCount(incident);
  group.overdue += incident.overdue ? 1 : 0;
  group.unacknowledged += isUnacknowledged(incident) ? 1 : 0;
  if (SEVERITY_RANK[incident.severity] < SEVERITY_RANK[group.severity]) group.severity = incident.severity;
  group.oldestMs = Math.min(group.oldestMs, incident.reportedMs);
  group.dueMs = Math.min(group.dueMs, incident.dueMs);
}

/** Order groups: by severity, then by overdue incidents, then by size. @param {Group} a @param {Group} b */
const compareGroups = (a, b) => SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || b.overdue - a.overdue || b.open - a.open || (a.id < b.id ? -1 : 1);

/** Group incidents by cause and ward, the most severe group first. @param {Incident[]} incidents @param {(incident: Incident) => string} causeOf @returns {Group[]} */
export function groupIncidents(incidents, causeOf) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const incident of incidents) {
    const cause = causeOf(incident);
    const id = groupId(cause, incident.ward);
    const group = groups.get(id) ?? emptyGroup(incident, cause);
    groups.set(id, group);
    addToGroup(group, incident);
  }
  return [...groups.values()].sort(compareGroups);
}

/** Count the open incidents reported within the last ten minutes. @param {Incident[]} open @param {number} now */
export const countRecent = (open, now) => open.reduce((sum, incident) => sum + (incident.reportedMs > now - FLOOD_WINDOW ? 1 : 0), 0);
