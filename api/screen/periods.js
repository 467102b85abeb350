/**
 * The period of a figures query, and the rows of the figures table. Pure.
 *
 * @typedef {"last_hour"|"today"|"shift"|"chosen"} PeriodView
 * @typedef {"service"|"unit"|"ward"} Dimension
 * @typedef {{view: PeriodView, from: string, to: string, by: Dimension, below: boolean}} FiguresQuery `from` and `to`: as typed, for the view "chosen"
 * @typedef {{code: string, name: string, figures: any}} FigureRow
 * @typedef {{column: string, descending: boolean}|null} SortOrder null: the worst row first
 */

const TYPED_TIME = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2}))?\s*$/;

/** @param {number} value */
const twoDigits = (value) => String(value).padStart(2, "0");

/**
 * Parse 24/11/2026 or 24/11/2026 14:30, in Huế's time zone, to RFC 3339; null when it is no date.
 * @param {string} text @param {boolean} [endOfDay] a date without a time means the end of that day, not its start
 */
export function parseInstant(text, endOfDay = false) {
  const match = TYPED_TIME.exec(text);
  if (!match) return null;
  const [day, month, year, hour, minute] = match.slice(1).map((digits) => (digits === undefined ? -1 : Number(digits)));
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59) return null;
  if (hour < 0 && endOfDay) date.setUTCDate(day + 1);
  const time = hour < 0 ? "00:00" : `${twoDigits(hour)}:${twoDigits(minute)}`;
  return `${date.getUTCFullYear()}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}T${time}:00+07:00`;
}

/** Return the period as query parameters of the API; null while the dates typed are no period. @param {FiguresQuery} query @returns {Record<string, string>|null} */
export function periodOf(query) {
  if (query.view !== "chosen") return { view: query.view };
  const [from, to] = [parseInstant(query.from), parseInstant(query.to, true)];
  return from && to && Date.parse(from) < Date.parse(to) ? { from, to } : null;
}

/** Return the query string of a request for figures; null while there is no period. @param {FiguresQuery} query @param {Record<string, string>} [extra] */
export function queryString(query, extra = {}) {
  const period = periodOf(query);
  if (period === null) return null;
  const params = new URLSearchParams({ ...period, ...extra });
  if (query.by === "unit" && query.below) params.set("below", "true");
  return params.toString();
}

/** The value of each column of the table. @type {Record<string, (figures: any) => number|null>} */
export const COLUMNS = {
  received: (f) => f.received,
  resolved: (f) => f.resolved,
  open: (f) => f.standing?.open ?? null,
  overdue: (f) => f.standing?.overdue ?? null,
  on_time: (f) => f.qd766?.on_time_rate ?? null,
  satisfaction: (f) => f.qd766?.satisfaction_rate ?? null,
  reopen: (f) => f.reopen_rate,
  p50: (f) => f.handling?.p50_s ?? null,
  p90: (f) => f.handling?.p90_s ?? null,
};

/** Compare two values; null comes last in both directions. @param {number|null} a @param {number|null} b @param {boolean} descending */
function compareValues(a, b, descending) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return descending ? b - a : a - b;
}

/** Order rows, the worst first: most overdue, then least on time, then most open. @param {FigureRow} a @param {FigureRow} b */
const compareWorst = (a, b) =>
  compareValues(COLUMNS.overdue(a.figures), COLUMNS.overdue(b.figures), true) ||
  compareValues(COLUMNS.on_time(a.figures), COLUMNS.on_time(b.figures), false) ||
  compareValues(COLUMNS.open(a.figures), COLUMNS.open(b.figures), true);

/** Return the sorted rows of the figures table. @param {Record<string, any>} groups @param {(code: string) => string} nameOf @param {SortOrder} sorting @param {string} lang @returns {FigureRow[]} */
export function figureRows(groups, nameOf, sorting, lang) {
  const rows = Object.entries(groups).map(([code, figures]) => ({ code, name: nameOf(code), figures }));
  const byName = (/** @type {FigureRow} */ a, /** @type {FigureRow} */ b) => a.name.localeCompare(b.name, lang);
  if (sorting === null) return rows.sort((a, b) => compareWorst(a, b) || byName(a, b));
  const { column, descending } = sorting;
  if (column === "name") return rows.sort((a, b) => (descending ? -1 : 1) * byName(a, b));
  const value = COLUMNS[column];
  return rows.sort((a, b) => compareValues(value(a.figures), value(b.figures), descending) || byName(a, b));
}
