/**
 * What lies behind the rows the screen is told of: a narrowed queue asks the centre for all that fits.
 */
import { effect, signal } from "./vendor/signals.js";
import { get, isGood } from "./http.js";
import { filter, revision, second, store } from "./state.js";

/** @typedef {import("./queue_order.js").Filter} Filter */
/** @typedef {{asked: string, found: import("./store.js").Incident[], total: number|null}} Beyond total: null until it is known */

/** So many are shown of what was found. */
const MOST = 500;
/** How often the same question is asked again (s): the answer is of its moment. */
const EVERY = 5;
const NOTHING = /** @type {Beyond} */ ({ asked: "", found: [], total: null });

export const beyond = signal(NOTHING);

/** @type {Partial<Record<import("./queue_order.js").View, [string, string][]>>} views the API can be asked for, and how */
const VIEWS = {
  open: [],
  overdue: [["overdue", "true"]],
  unacknowledged: [["state", "reported"], ["state", "reopened"]],
  critical: [["severity", "critical"]],
  shelved: [],
};

/** How the API is asked for what fits; null when it need not or cannot be. @param {Filter} filter @param {boolean} partial */
export function question(filter, partial) {
  const view = VIEWS[filter.view];
  const narrowed = filter.view !== "open" || filter.text.trim() || filter.service || filter.severity || filter.ward;
  if (!partial || !narrowed || !view || filter.group) return null;
  const asked = new URLSearchParams([["open", "true"], ["shelved", String(filter.view === "shelved")], ["limit", String(MOST)], ...view]);
  for (const side of /** @type {const} */ (["service", "ward", "text"])) if (filter[side].trim()) asked.set(side, filter[side]);
  if (filter.severity) asked.set("severity", filter.severity);
  return `incidents?${asked}`;
}

/** @param {string} asked */
async function ask(asked) {
  const answer = await get(asked);
  if (beyond.value.asked !== asked || !isGood(answer)) return; // what was found stays meanwhile
  beyond.value = { asked, found: store.lookUp(answer.body.items), total: answer.body.total };
}

/** Follow the filter, and ask again now and then. */
export function follow() {
  let asked = "";
  let askedAt = 0;
  effect(() => {
    revision.value;
    const wanted = question(filter.value, store.hidden() > 0) ?? "";
    if (wanted === asked && !(asked && second.value - askedAt >= EVERY)) return;
    askedAt = second.value;
    if (wanted !== asked) beyond.value = { ...NOTHING, asked: wanted };
    asked = wanted;
    if (asked) ask(asked);
  });
}
