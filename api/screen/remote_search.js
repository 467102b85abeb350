/**
 * Search in the API: a filtered queue also shows matches that the feed does not send.
 */
import { effect, signal } from "./vendor/signals.js";
import { get, isOk } from "./http.js";
import { QUEUE_VIEWS } from "./queue_order.js";
import { filter, revision, second, store } from "./state.js";

/** @typedef {import("./queue_order.js").Filter} Filter */
/** @typedef {{path: string, incidents: import("./store.js").Incident[], total: number|null}} RemoteResults `path` of the request; `total` is null until the response */

/** At most this many matches are shown. */
const LIMIT = 500;
/** The same search is repeated after this many seconds. */
const REFRESH_SECONDS = 5;
const NO_RESULTS = /** @type {RemoteResults} */ ({ path: "", incidents: [], total: null });

export const remoteResults = signal(NO_RESULTS);

/** Return the path of the search; null when it is not needed or not possible. @param {Filter} filter @param {boolean} partial the feed does not send all incidents */
export function searchPath(filter, partial) {
  const viewParams = QUEUE_VIEWS[filter.view].params;
  const isNarrowed = filter.view !== "open" || filter.text.trim() || filter.service || filter.severity || filter.ward;
  if (!partial || !isNarrowed || !viewParams || filter.group) return null;
  const params = new URLSearchParams([["open", "true"], ["shelved", String(filter.view === "shelved")], ["limit", String(LIMIT)], ...viewParams]);
  for (const field of /** @type {const} */ (["service", "ward", "text"])) if (filter[field].trim()) params.set(field, filter[field]);
  if (filter.severity) params.set("severity", filter.severity);
  return `incidents?${params}`;
}

/** @param {string} path */
async function search(path) {
  const response = await get(path);
  if (remoteResults.value.path !== path || !isOk(response)) return; // earlier results stay
  remoteResults.value = { path, incidents: store.setSearchResults(response.body.items), total: response.body.total };
}

/** Search whenever the filter changes, and repeat it while it stays. */
export function followFilter() {
  let path = "";
  let requestedAt = 0;
  effect(() => {
    revision.value;
    const nextPath = searchPath(filter.value, store.hiddenCount() > 0) ?? "";
    if (nextPath === path && !(path && second.value - requestedAt >= REFRESH_SECONDS)) return;
    requestedAt = second.value;
    if (nextPath !== path) remoteResults.value = { ...NO_RESULTS, path: nextPath };
    path = nextPath;
    if (path) search(path);
  });
}
