/**
 * Requests to the API. The operator's token is kept in memory only: it is gone with the page, and is sent only with
 * requests that need it.
 *
 * @typedef {{status: number, body: any}} ApiResponse status 0: the request failed
 */
import { signal } from "./vendor/signals.js";

export const token = signal("");
/** True while the dialog that asks for the token is open. */
export const signInOpen = signal(false);

/** @returns {Record<string, string>} */
const authHeaders = () => (token.value ? { Authorization: `Bearer ${token.value}` } : {});

/** @param {string} path @param {RequestInit} options @returns {Promise<ApiResponse>} */
async function request(path, options) {
  try {
    const response = await fetch(path, { cache: "no-store", ...options });
    return { status: response.status, body: await response.json().catch(() => ({})) };
  } catch {
    return { status: 0, body: {} };
  }
}

/** @param {string} path */
export const get = (path) => request(path, {});

/** Get a resource that needs a role. @param {string} path */
export const getAuthorized = (path) => request(path, { headers: authHeaders() });

/** @param {string} path @param {object} body @param {string} key idempotency key: a request sent twice has one effect */
export const post = (path, body, key) =>
  request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key, ...authHeaders() },
    body: JSON.stringify(body),
  });

/** @param {ApiResponse} response */
export const isOk = (response) => response.status >= 200 && response.status < 300;

/** Return the field errors of a problem-details response in one line. @param {ApiResponse} response */
export const fieldErrors = (response) => (response.body.errors ?? []).map((/** @type {any} */ e) => `${e.field}: ${e.reason}`).join("; ");

/** Return a random idempotency key. `crypto.randomUUID` needs a secure context, and a wall PC may use plain HTTP. */
export function newIdempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `screen-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
