/**
 * Which stretch of time figures are asked for, and the tables made of them. Pure.
 *
 * @typedef {"last_hour"|"today"|"shift"|"chosen"} View
 * @typedef {"service"|"unit"|"ward"} Side
 * @typedef {{view: View, from: string, to: string, by: Side, below: boolean}} Question `from` and `to` as typed, for a chosen period
 * @typedef {{code: string, name: string, figures: any}} Line
 * @typedef {{column: string, down: boolean}|null} Sorting null: the worst first
 */

const TYPED = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2}))?\s*$/;

/** @param {number} value */
const two = (value) => String(value).padStart(2, "0");

/**
 * What somebody typed, 24/11/2026 or 24/11/2026 14:30, as Huế's moment in RFC 3339; null when it is none.
 * @param {string} text @param {boolean} [end] a day without an hour is meant as a whole
 */
export function momentOf(text, end = false) {
  const found = TYPED.exec(text);
  if (!found) return null;
  const [day, month, year, hour, minute] = found.slice(1).map((part) => (part === undefined ? -1 : Number(part)));
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59) return null;
  if (hour < 0 && end) date.setUTCDate(day + 1);
  const at = hour < 0 ? "00:00" : `${two(hour)}:${two(minute)}`;
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}T${at}:00+07:00`;
}

/** The period as the API takes it; null while what was typed is none. @param {Question} asked @returns {Record<string, string>|null} */
export function periodOf(asked) {
  if (asked.view !== "chosen") return { view: asked.view };
  const [from, to] = [momentOf(asked.from), momentOf(asked.to, true)];
  return from && to && Date.parse(from) < Date.parse(to) ? { from, to } : null;
}

/** @param {Question} asked @param {Record<string, string>} [more] */
export function queryOf(asked, more = {}) {
  const period = periodOf(asked);
  if (period === null) return null;
  const query = new URLSearchParams({ ...period, ...more });
  if (asked.by === "unit" && asked.below) query.set("below", "true");
  return query.toString();
}

/** What a column of the table shows of figures. @type {Record<string, (figures: any) => number|null>} */
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

/** What there is nothing of comes last, whichever way one sorts. @param {number|null} a @param {number|null} b @param {boolean} down */
function compare(a, b, down) {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return down ? b - a : a - b;
}

/** Most overdue, then least on time, then most open. @param {Line} a @param {Line} b */
const worse = (a, b) =>
  compare(COLUMNS.overdue(a.figures), COLUMNS.overdue(b.figures), true) ||
  compare(COLUMNS.on_time(a.figures), COLUMNS.on_time(b.figures), false) ||
  compare(COLUMNS.open(a.figures), COLUMNS.open(b.figures), true);

/** @param {Record<string, any>} groups @param {(code: string) => string} nameOf @param {Sorting} sorting @param {string} lang @returns {Line[]} */
export function lines(groups, nameOf, sorting, lang) {
  const all = Object.entries(groups).map(([code, figures]) => ({ code, name: nameOf(code), figures }));
  const byName = (/** @type {Line} */ a, /** @type {Line} */ b) => a.name.localeCompare(b.name, lang);
  if (sorting === null) return all.sort((a, b) => worse(a, b) || byName(a, b));
  const { column, down } = sorting;
  if (column === "name") return all.sort((a, b) => (down ? -1 : 1) * byName(a, b));
  const value = COLUMNS[column];
  return all.sort((a, b) => compare(value(a.figures), value(b.figures), down) || byName(a, b));
}
