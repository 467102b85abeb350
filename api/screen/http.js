/**
 * Questions and commands to the API. The operator's token is kept in memory alone: it is gone with the page,
 * and goes along only with what needs it.
 *
 * @typedef {{status: number, body: any}} Answer status 0: no answer came
 */
import { signal } from "./vendor/signals.js";

export const token = signal("");
/** The dialog that asks for the token. */
export const signingIn = signal(false);

/** @returns {Record<string, string>} */
const credentials = () => (token.value ? { Authorization: `Bearer ${token.value}` } : {});

/** @param {string} path @param {RequestInit} options @returns {Promise<Answer>} */
async function answered(path, options) {
  try {
    const answer = await fetch(path, { cache: "no-store", ...options });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
  } catch {
    return { status: 0, body: {} };
  }
}

/** @param {string} path */
export const get = (path) => answered(path, {});

/** A question that only some may ask. @param {string} path */
export const getAs = (path) => answered(path, { headers: credentials() });

/** @param {string} path @param {object} body @param {string} key so that the same order sent twice is one */
export const post = (path, body, key) =>
  answered(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key, ...credentials() },
    body: JSON.stringify(body),
  });

/** @param {Answer} answer */
export const isGood = (answer) => answer.status >= 200 && answer.status < 300;

/** The faults of a problem-details answer in one line. @param {Answer} answer */
export const faultsOf = (answer) => (answer.body.errors ?? []).map((/** @type {any} */ e) => `${e.field}: ${e.reason}`).join("; ");

/** randomUUID needs a secure context; a wall PC may well speak plain HTTP. */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `screen-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
