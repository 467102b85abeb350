/**
 * The open incident in full, and the commands sent for it that the feed has not confirmed yet.
 */
import { signal } from "./vendor/signals.js";
import { faultsOf, freshKey, get, isGood, post } from "./http.js";
import { opened, store } from "./state.js";

/** @typedef {{incident: string, shownAt: string, command: string, event: string, at: number, state: "sending"|"sent"|"confirmed"|"refused"|"unseen", status?: number, reason?: string, faults?: string}} Sent
 *   `shownAt` is the incident it was ordered at: a merged one is parted at its parent;
 *   refused by the API: the answer's `status` (0: no answer came) and its `faults`; by the fold: its `reason` */
/** A command that nothing was heard of for so long is told as such; it may still come. */
export const UNSEEN_AFTER = 30_000;
const RETRY_AFTER = 3_000;

export const dossier = signal(/** @type {any} */ (null));
/** @type {import("./vendor/signals.js").Signal<Sent[]>} */
export const sent = signal([]);
let asked = "";
/** Wall ms from when on a question that was not answered is asked again. */
let retryAt = Infinity;

/** Ask again when the incident shown is another one or a newer one. @param {boolean} [again] */
export async function refresh(again = false) {
  const id = opened.value;
  const version = id === null ? "" : `${id} ${store.get(id)?.version ?? 0}`;
  if (version === asked && !again) return;
  asked = version;
  retryAt = Infinity;
  if (id === null) return void (dossier.value = null);
  if (dossier.value?.id !== id) dossier.value = store.get(id) ?? null;
  const answer = await get(`incidents/${encodeURIComponent(id)}`);
  if (asked !== version) return;
  if (!isGood(answer)) return void (retryAt = Date.now() + RETRY_AFTER); // what is shown stays meanwhile
  dossier.value = answer.body;
  confirm(answer.body);
}

/** @param {string} event @param {Partial<Sent>} change */
const mark = (event, change) => (sent.value = sent.value.map((one) => (one.event === event ? { ...one, ...change } : one)));

/** What the fold says of the commands sent. @param {any} full */
function confirm(full) {
  for (const entry of full.history ?? []) {
    const mine = sent.value.find((one) => one.event === entry.id && one.state !== "confirmed" && one.state !== "refused");
    if (mine) mark(mine.event, entry.accepted ? { state: "confirmed" } : { state: "refused", reason: entry.reason ?? "" });
  }
  const merged = new Set((full.merged ?? []).map((/** @type {any} */ child) => child.id));
  for (const one of sent.value) {
    const parted = one.command === "unmerge" && one.shownAt === full.id && one.incident !== full.id && !merged.has(one.incident);
    if (parted && one.state === "sent") mark(one.event, { state: "confirmed" });
  }
  const done = (/** @type {Sent} */ one) => one.state === "confirmed";
  if (sent.value.some(done)) setTimeout(() => (sent.value = sent.value.filter((one) => !done(one))), 4000);
}

/** @param {string} incident @param {string} command @param {object} body */
export async function send(incident, command, body) {
  const event = freshKey();
  const shownAt = opened.value ?? incident;
  sent.value = [...sent.value.filter((one) => one.shownAt !== shownAt), { incident, shownAt, command, event, at: Date.now(), state: "sending" }];
  const answer = await post(`incidents/${encodeURIComponent(incident)}/${command}`, body, event);
  if (isGood(answer)) mark(event, { state: "sent" });
  else mark(event, { state: "refused", status: answer.status, faults: faultsOf(answer) });
}

/** Called once a second. */
export function watch() {
  const now = Date.now();
  if (now >= retryAt) refresh(true);
  for (const one of sent.value) {
    if (one.state === "sent" && now - one.at > UNSEEN_AFTER) mark(one.event, { state: "unseen" });
  }
}
