/**
 * In-memory store of the screen: the first open incidents, those closed lately, sensors, figures and the last tick.
 * Pure: no DOM, no clock. The newer version of an incident wins, in whatever order messages arrive.
 *
 * @typedef {"low"|"medium"|"high"|"critical"} Severity
 * @typedef {{
 *   id: string, state: string, service: string, category: string, priority: string, severity: Severity, title: string,
 *   unit: string|null, ward: string|null, lat: number|null, lon: number|null, address: string|null,
 *   reported_at: string, updated_at: string, closed_at: string|null, due: string|null, due_target: string|null,
 *   warn_at: string|null, overdue: boolean, paused: boolean, level: number, on_time: boolean|null, reopened: number,
 *   rating: number|null, assignee: string|null, version: number,
 *   shelved_until?: string|null, shelved_by?: string|null, children?: number, proposed?: string|null, parent?: string|null,
 *   outcome?: string|null, maintenance?: string|null, lapses?: number,
 *   units?: string[], directives_open?: number, directives_given?: number, directive_due?: string|null,
 * }} Row an incident as the API sends it
 * @typedef {Row & {searchText: string, dueMs: number, reportedMs: number, warnMs: number, closedMs: number|null}} Incident
 *   a row with the values that sorting and searching need, computed once
 * @typedef {{open: number, critical: number, overdue: number}} WardCount
 * @typedef {{
 *   id: string, kind: string, name: string, name_vi: string, name_en: string, measure: string, service: string, ward: string|null,
 *   direction: string, thresholds: {level: number, at: number, clear_at: number}[], value: number|null, last_value: number|null,
 *   last_at: string|null, level: number, title_vi: string|null, title_en: string|null, priority: string|null, since: string|null,
 *   incident: string|null, silent: boolean, silent_since: string|null, silent_incident: string|null,
 * }} Sensor an unknown value is null, never 0
 */

const CLOSED = new Set(["resolved", "cancelled", "rejected", "merged"]);
/** @type {Record<string, number>} */
export const SEVERITY_RANK = { critical: 0, high: 1, medium: 2, low: 3 };

/** Return text in lower case without diacritics, so that "hue" finds "Huế". @param {string} text */
export function foldText(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\u0111/gi, "d").toLowerCase();
}

/** Parse RFC 3339 to ms since the epoch. @param {string|null} time @param {number} fallback when there is no time */
const epochMs = (time, fallback) => (time === null || time === undefined ? fallback : Date.parse(time));

/** Compute what sorting and searching need of a row. @param {Row} row @returns {Incident} */
export function toIncident(row) {
  return {
    ...row,
    title: row.title.normalize("NFC"),
    searchText: foldText([row.id, row.title, row.address ?? "", row.category, row.assignee ?? ""].join(" ")),
    dueMs: epochMs(row.due, Infinity),
    warnMs: epochMs(row.warn_at, Infinity),
    reportedMs: Date.parse(row.reported_at),
    closedMs: row.closed_at ? Date.parse(row.closed_at) : null,
  };
}

/** @param {Row} row */
export const isClosed = (row) => CLOSED.has(row.state);

/** @type {Record<string, Severity>} */
const SEVERITY_OF_PRIORITY = { low: "low", normal: "medium", high: "high", urgent: "critical" };

/** Return the severity of a sensor's level in force; null when no level is in force. @param {Sensor} sensor */
export const sensorSeverity = (sensor) => (sensor.level > 0 ? (SEVERITY_OF_PRIORITY[sensor.priority ?? ""] ?? "low") : null);

/** Order sensors: by severity, then silent ones, then the rest, each by kind and name. @param {Sensor} a @param {Sensor} b */
function compareSensors(a, b) {
  const rank = (/** @type {Sensor} */ sensor) => SEVERITY_RANK[sensorSeverity(sensor) ?? ""] ?? (sensor.value === null ? 4 : 5);
  return rank(a) - rank(b) || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name, "vi");
}

/** Order incidents by urgency: severity, then due time, then age. @param {Incident} a @param {Incident} b */
export function compareUrgency(a, b) {
  return (
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    (a.dueMs === b.dueMs ? 0 : a.dueMs - b.dueMs) ||
    a.reportedMs - b.reportedMs ||
    (a.id < b.id ? -1 : 1)
  );
}

/** Order closed incidents, the latest first. @param {Incident} a @param {Incident} b */
const compareClosed = (a, b) => (b.closedMs ?? 0) - (a.closedMs ?? 0) || (a.id < b.id ? -1 : 1);

/** @param {Iterable<Incident>} incidents @returns {Map<string, WardCount>} */
function countByWard(incidents) {
  /** @type {Map<string, WardCount>} */
  const wards = new Map();
  for (const incident of incidents) {
    if (incident.ward === null) continue;
    const count = wards.get(incident.ward) ?? { open: 0, critical: 0, overdue: 0 };
    count.open += 1;
    count.critical += incident.severity === "critical" ? 1 : 0;
    count.overdue += incident.overdue ? 1 : 0;
    wards.set(incident.ward, count);
  }
  return wards;
}

/** Create an empty store; it takes messages by `apply`. */
export function createStore() {
  /** @type {Map<string, Incident>} */
  let incidents = new Map();
  /** Incidents of the last remote search that the feed does not send. @type {Map<string, Incident>} */
  let searchResults = new Map();
  /** The feed sends at most this many open incidents. */
  let maxOpen = Infinity;
  /** Versions of removed incidents: an upsert of an older version is late and ignored; one of the same version counts. @type {Map<string, number>} */
  let removedVersions = new Map();
  /** @type {Map<string, Sensor>} */
  let sensors = new Map();
  /** @type {any} */
  let figures = null;
  /** @type {any} */
  let tick = null;
  /** True after a reset: what is shown stays, and changes are ignored, until the snapshot arrives. */
  let awaitingSnapshot = true;
  let revision = 0;
  /** @type {Map<string, {revision: number, value: any}>} */
  const memo = new Map();

  /** Compute a value on first use after a change. @template T @param {string} name @param {() => T} compute @returns {T} */
  function memoize(name, compute) {
    const cached = memo.get(name);
    if (cached?.revision === revision) return cached.value;
    const value = compute();
    memo.set(name, { revision, value });
    return value;
  }

  /** Store a row unless a newer version is known. Of equal versions the later message wins: maintenance and overdue change without one. @param {Row} row */
  function upsert(row) {
    if (row.version < (incidents.get(row.id)?.version ?? -1) || row.version < (removedVersions.get(row.id) ?? -1)) return;
    removedVersions.delete(row.id);
    incidents.set(row.id, toIncident(row));
  }

  /** @param {string} id */
  function remove(id) {
    const current = incidents.get(id);
    if (current === undefined) return;
    removedVersions.set(id, current.version);
    incidents.delete(id);
    if (removedVersions.size > 20_000) removedVersions = new Map([...removedVersions].slice(-10_000));
  }

  /** @type {Record<string, (body: any) => void>} */
  const handlers = {
    snapshot(body) {
      incidents = new Map(body.incidents.map((/** @type {Row} */ row) => [row.id, toIncident(row)]));
      removedVersions = new Map();
      maxOpen = body.most_open ?? Infinity;
      figures = body.figures;
      sensors = new Map((body.indicators ?? []).map((/** @type {Sensor} */ sensor) => [sensor.id, sensor]));
      awaitingSnapshot = false;
    },
    incident(body) {
      if (awaitingSnapshot) return;
      body.upserts.forEach(upsert);
      body.removed.forEach(remove);
    },
    figures(body) {
      if (!awaitingSnapshot) figures = body;
    },
    indicators(body) {
      if (!awaitingSnapshot) for (const sensor of body.upserts) sensors.set(sensor.id, sensor);
    },
    tick(body) {
      tick = body;
    },
    reset() {
      awaitingSnapshot = true;
    },
  };

  /** Return how many open incidents the feed does not send. */
  const hiddenCount = () => (open().length < maxOpen ? 0 : Math.max(0, (figures?.live?.open ?? 0) - open().length));

  const open = () => memoize("open", () => [...incidents.values()].filter((incident) => !isClosed(incident)).sort(compareUrgency));

  return {
    /** Apply one message of the feed. @param {string} kind @param {any} body */
    apply(kind, body) {
      handlers[kind](body);
      revision += 1;
    },
    get revision() {
      return revision;
    },
    get figures() {
      return figures;
    },
    get tick() {
      return tick;
    },
    get size() {
      return incidents.size;
    },
    /** @param {string} id */
    get: (id) => incidents.get(id) ?? searchResults.get(id),
    hiddenCount,
    /** Replace the remote search results, and return them; incidents of the feed come from the feed. @param {Row[]} rows */
    setSearchResults(rows) {
      searchResults = new Map(rows.map((row) => [row.id, toIncident(row)]));
      return [...searchResults.values()].map((incident) => incidents.get(incident.id) ?? incident);
    },
    /** Open incidents, the most urgent first. */
    open,
    /** Closed within the last hour or so, the latest first. */
    closed: () => memoize("closed", () => [...incidents.values()].filter(isClosed).sort(compareClosed)),
    /** All sensors, the most severe first. */
    sensors: () => memoize("sensors", () => [...sensors.values()].sort(compareSensors)),
    /** Counts of open incidents by ward code; from the figures when the feed does not send all incidents. */
    wards: () => memoize("wards", () => (hiddenCount() ? new Map(Object.entries(figures.live.by_ward)) : countByWard(open()))),
    /** True when the source of a service is silent. @param {string} service */
    isStale: (service) => Boolean(tick?.sources?.[service]?.stale),
  };
}
