/**
 * The opened incident in full, and the commands sent from its detail that are not confirmed yet.
 */
import { signal } from "./vendor/signals.js";
import { fieldErrors, get, isOk, newIdempotencyKey, post } from "./http.js";
import { openedId, store } from "./state.js";

/** @typedef {{incidentId: string, viewedId: string, command: string, eventId: string, sentAt: number, state: "sending"|"sent"|"confirmed"|"refused"|"unseen", status?: number, reason?: string, errors?: string}} SentCommand
 *   `viewedId` is the incident whose detail the command was sent from: a child is unmerged from its parent's detail.
 *   Refused by the API: `status` of the response (0: the request failed) and its `errors`; by the worker: its `reason`.
 *   `eventId` is the idempotency key; `sentAt` is wall time in ms */
/** A command that is not confirmed for this long (ms) is shown as such; it may still take effect. */
export const UNSEEN_AFTER = 30_000;
const RETRY_AFTER = 3_000;

/** The opened incident as GET /incidents/{id} returns it; until then its row. */
export const detail = signal(/** @type {any} */ (null));
/** @type {import("./vendor/signals.js").Signal<SentCommand[]>} */
export const sentCommands = signal([]);
/** Id and version of the last request, so that a response to an earlier one is ignored. */
let requestedVersion = "";
/** Wall time in ms at which a failed request is sent again. */
let retryAt = Infinity;

/** Load the opened incident when it is another one or has a newer version. @param {boolean} [force] load it in any case */
export async function refresh(force = false) {
  const id = openedId.value;
  const version = id === null ? "" : `${id} ${store.get(id)?.version ?? 0}`;
  if (version === requestedVersion && !force) return;
  requestedVersion = version;
  retryAt = Infinity;
  if (id === null) return void (detail.value = null);
  if (detail.value?.id !== id) detail.value = store.get(id) ?? null;
  const response = await get(`incidents/${encodeURIComponent(id)}`);
  if (requestedVersion !== version) return;
  if (!isOk(response)) return void (retryAt = Date.now() + RETRY_AFTER); // what is shown stays until then
  detail.value = response.body;
  confirmCommands(response.body);
}

/** @param {string} eventId @param {Partial<SentCommand>} change */
const updateCommand = (eventId, change) => (sentCommands.value = sentCommands.value.map((command) => (command.eventId === eventId ? { ...command, ...change } : command)));

/** Update the sent commands by the history of an incident. @param {any} incident */
function confirmCommands(incident) {
  for (const entry of incident.history ?? []) {
    const command = sentCommands.value.find((command) => command.eventId === entry.id && command.state !== "confirmed" && command.state !== "refused");
    if (command) updateCommand(command.eventId, entry.accepted ? { state: "confirmed" } : { state: "refused", reason: entry.reason ?? "" });
  }
  const mergedIds = new Set((incident.merged ?? []).map((/** @type {any} */ child) => child.id));
  for (const command of sentCommands.value) {
    const isUnmerged = command.command === "unmerge" && command.viewedId === incident.id && command.incidentId !== incident.id && !mergedIds.has(command.incidentId);
    if (isUnmerged && command.state === "sent") updateCommand(command.eventId, { state: "confirmed" });
  }
  const isConfirmed = (/** @type {SentCommand} */ command) => command.state === "confirmed";
  if (sentCommands.value.some(isConfirmed)) setTimeout(() => (sentCommands.value = sentCommands.value.filter((command) => !isConfirmed(command))), 4000);
}

/** Send a command, and follow what becomes of it. @param {string} incidentId @param {string} command @param {object} body */
export async function send(incidentId, command, body) {
  const eventId = newIdempotencyKey();
  const viewedId = openedId.value ?? incidentId;
  sentCommands.value = [...sentCommands.value.filter((sent) => sent.viewedId !== viewedId), { incidentId, viewedId, command, eventId, sentAt: Date.now(), state: "sending" }];
  const response = await post(`incidents/${encodeURIComponent(incidentId)}/${command}`, body, eventId);
  if (isOk(response)) updateCommand(eventId, { state: "sent" });
  else updateCommand(eventId, { state: "refused", status: response.status, errors: fieldErrors(response) });
}

/** Retry a failed request, and mark commands that stay unconfirmed; called once a second. */
export function checkPending() {
  const now = Date.now();
  if (now >= retryAt) refresh(true);
  for (const command of sentCommands.value) {
    if (command.state === "sent" && now - command.sentAt > UNSEEN_AFTER) updateCommand(command.eventId, { state: "unseen" });
  }
}
