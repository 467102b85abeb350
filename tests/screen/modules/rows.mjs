/** Rows and snapshots as the API sends them. */

/** Return the row of an incident, with the fields that a test changes. */
export const row = (id, changes = {}) => ({
  id, state: "in_progress", service: "field-reports", category: "trees", priority: "normal", severity: "medium", title: `Sự việc ${id}`,
  unit: null, ward: "19753", lat: null, lon: null, address: null, reported_at: "2026-11-24T01:00:00.000Z", updated_at: "2026-11-24T01:00:00.000Z",
  closed_at: null, due: null, due_target: null, warn_at: null, overdue: false, paused: false, level: 0, on_time: null, reopened: 0, rating: null,
  assignee: null, version: 1, ...changes,
});

/** Return a snapshot of the feed with these rows. */
export const snapshot = (...rows) => ({ cursor: "1", now: "2026-11-24T02:00:00.000Z", incidents: rows, figures: { live: { open: rows.length } } });
