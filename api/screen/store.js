/**
 * What the screen knows: the open incidents that come first, those just closed, the figures, the last tick.
 * Pure: no DOM, no clock. The newer version of an incident wins, whatever order messages come in.
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
 * }} Row an incident as the API gives it
 * @typedef {Row & {fold: string, dueMs: number, reportedMs: number, warnMs: number, closedMs: number|null}} Incident
 *   a row with what sorting and searching need worked out once
 * @typedef {{open: number, critical: number, overdue: number}} Count
 * @typedef {{
 *   id: string, kind: string, name: string, name_vi: string, name_en: string, measure: string, service: string, ward: string|null,
 *   direction: string, thresholds: {level: number, at: number, clear_at: number}[], value: number|null, last_value: number|null,
 *   last_at: string|null, level: number, title_vi: string|null, title_en: string|null, priority: string|null, since: string|null,
 *   incident: string|null, silent: boolean, silent_since: string|null, silent_incident: string|null,
 * }} Sensor what is measured and not known is null, never 0
 */

const CLOSED = new Set(["resolved", "cancelled", "rejected", "merged"]);
/** @type {Record<string, number>} */
export const RANK = { critical: 0, high: 1, medium: 2, low: 3 };

/** Lower case without Vietnamese marks, so "hue" finds "Huế". @param {string} text */
export function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\u0111/gi, "d").toLowerCase();
}

/** @param {string|null} time @param {number} otherwise */
const ms = (time, otherwise) => (time === null || time === undefined ? otherwise : Date.parse(time));

/** @param {Row} row @returns {Incident} */
export function incident(row) {
  return {
    ...row,
    title: row.title.normalize("NFC"),
    fold: fold([row.id, row.title, row.address ?? "", row.category, row.assignee ?? ""].join(" ")),
    dueMs: ms(row.due, Infinity),
    warnMs: ms(row.warn_at, Infinity),
    reportedMs: Date.parse(row.reported_at),
    closedMs: row.closed_at ? Date.parse(row.closed_at) : null,
  };
}

/** @param {Row} row */
export const isClosed = (row) => CLOSED.has(row.state);

/** @type {Record<string, Severity>} */
const SEVERITY_OF = { low: "low", normal: "medium", high: "high", urgent: "critical" };

/** How grave the level of a sensor is that is in force; null of none. @param {Sensor} one */
export const gravity = (one) => (one.level > 0 ? (SEVERITY_OF[one.priority ?? ""] ?? "low") : null);

/** The gravest first, then those nobody hears, then the rest, each by kind and name. @param {Sensor} a @param {Sensor} b */
function alarm(a, b) {
  const rank = (/** @type {Sensor} */ one) => RANK[gravity(one) ?? ""] ?? (one.value === null ? 4 : 5);
  return rank(a) - rank(b) || a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name, "vi");
}

/** Severity first, then the time left, then age: the order of work. @param {Incident} a @param {Incident} b */
export function urgency(a, b) {
  return (
    RANK[a.severity] - RANK[b.severity] ||
    (a.dueMs === b.dueMs ? 0 : a.dueMs - b.dueMs) ||
    a.reportedMs - b.reportedMs ||
    (a.id < b.id ? -1 : 1)
  );
}

/** @param {Incident} a @param {Incident} b */
const latestClosed = (a, b) => (b.closedMs ?? 0) - (a.closedMs ?? 0) || (a.id < b.id ? -1 : 1);

/** @param {Iterable<Incident>} incidents @returns {Map<string, Count>} */
function countByWard(incidents) {
  /** @type {Map<string, Count>} */
  const wards = new Map();
  for (const one of incidents) {
    if (one.ward === null) continue;
    const count = wards.get(one.ward) ?? { open: 0, critical: 0, overdue: 0 };
    count.open += 1;
    count.critical += one.severity === "critical" ? 1 : 0;
    count.overdue += one.overdue ? 1 : 0;
    wards.set(one.ward, count);
  }
  return wards;
}

export function createStore() {
  /** @type {Map<string, Incident>} */
  let incidents = new Map();
  /** Found behind the rows that are told of, as of when they were looked up. @type {Map<string, Incident>} */
  let lookedUp = new Map();
  /** So many open incidents the screen is told of at most. */
  let most = Infinity;
  /** Versions of removed incidents, so that a late upsert does not bring one back: one may leave and come as it was. @type {Map<string, number>} */
  let removed = new Map();
  /** @type {Map<string, Sensor>} */
  let sensors = new Map();
  /** @type {any} */
  let figures = null;
  /** @type {any} */
  let tick = null;
  /** A reset was heard: what we hold stays visible, and nothing is added to it, until its snapshot is here. */
  let waiting = true;
  let revision = 0;
  /** @type {Map<string, {revision: number, value: any}>} */
  const derived = new Map();

  /** Worked out when first asked for after a change. @template T @param {string} name @param {() => T} make @returns {T} */
  function once(name, make) {
    const known = derived.get(name);
    if (known?.revision === revision) return known.value;
    const value = make();
    derived.set(name, { revision, value });
    return value;
  }

  /** Of the same version the later one counts: a maintenance window marks it, time makes it overdue. @param {Row} row */
  function upsert(row) {
    if (row.version < (incidents.get(row.id)?.version ?? -1) || row.version < (removed.get(row.id) ?? -1)) return;
    removed.delete(row.id);
    incidents.set(row.id, incident(row));
  }

  /** @param {string} id */
  function remove(id) {
    const held = incidents.get(id);
    if (held === undefined) return;
    removed.set(id, held.version);
    incidents.delete(id);
    if (removed.size > 20_000) removed = new Map([...removed].slice(-10_000));
  }

  /** @type {Record<string, (body: any) => void>} */
  const on = {
    snapshot(body) {
      incidents = new Map(body.incidents.map((/** @type {Row} */ row) => [row.id, incident(row)]));
      removed = new Map();
      most = body.most_open ?? Infinity;
      figures = body.figures;
      sensors = new Map((body.indicators ?? []).map((/** @type {Sensor} */ one) => [one.id, one]));
      waiting = false;
    },
    incident(body) {
      if (waiting) return;
      body.upserts.forEach(upsert);
      body.removed.forEach(remove);
    },
    figures(body) {
      if (!waiting) figures = body;
    },
    indicators(body) {
      if (!waiting) for (const one of body.upserts) sensors.set(one.id, one);
    },
    tick(body) {
      tick = body;
    },
    reset() {
      waiting = true;
    },
  };

  /** How many more are open than the screen is told of. */
  const hidden = () => (open().length < most ? 0 : Math.max(0, (figures?.live?.open ?? 0) - open().length));

  const open = () => once("open", () => [...incidents.values()].filter((one) => !isClosed(one)).sort(urgency));

  return {
    /** Take one message of the feed. @param {string} kind @param {any} body */
    apply(kind, body) {
      on[kind](body);
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
    get: (id) => incidents.get(id) ?? lookedUp.get(id),
    hidden,
    /** Keep what was found until something else is looked up; of what is told of, the store's own is given. @param {Row[]} rows */
    lookUp(rows) {
      lookedUp = new Map(rows.map((row) => [row.id, incident(row)]));
      return [...lookedUp.values()].map((one) => incidents.get(one.id) ?? one);
    },
    /** Open incidents in the order of work. */
    open,
    /** Closed within the last hour or so, the latest first. */
    closed: () => once("closed", () => [...incidents.values()].filter(isClosed).sort(latestClosed)),
    /** Every sensor, the gravest first. */
    sensors: () => once("sensors", () => [...sensors.values()].sort(alarm)),
    /** Open incidents by ward. */
    wards: () => once("wards", () => (hidden() ? new Map(Object.entries(figures.live.by_ward)) : countByWard(open()))),
    /** @param {string} service */
    stale: (service) => Boolean(tick?.sources?.[service]?.stale),
  };
}
