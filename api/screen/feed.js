/**
 * The live feed: one EventSource that is watched for silence and reopened.
 * Pure: the EventSource, the clock and the timers are passed in.
 *
 * @typedef {"connecting"|"live"|"quiet"|"lost"} Health quiet: no message for 10 s; lost: for 60 s
 * @typedef {{addEventListener(kind: string, listener: (message: any) => void): void, close(): void, readyState: number}} StreamSource
 * @typedef {{
 *   open: () => StreamSource,
 *   now: () => number,
 *   schedule: (callback: () => void, ms: number) => void,
 *   onMessage: (kind: MessageKind, body: any) => void,
 * }} FeedOptions
 * @typedef {"snapshot"|"incident"|"figures"|"indicators"|"tick"|"reset"} MessageKind
 */

/** @type {MessageKind[]} */
export const MESSAGE_KINDS = ["snapshot", "incident", "figures", "indicators", "tick", "reset"];
export const QUIET_AFTER = 10_000;
export const LOST_AFTER = 60_000;
/** A connection without a message for this long (ms) is taken for dead and reopened. */
export const REOPEN_AFTER = 25_000;
const RETRY_MIN = 1_000;
const RETRY_MAX = 15_000;
const CLOSED = 2;

/**
 * Classify how long the feed has been silent.
 * @param {number|null} lastMessageAt ms of the last message; null before the first
 * @param {number} openedAt ms of the first attempt
 * @param {number} now ms
 * @returns {Health}
 */
export function health(lastMessageAt, openedAt, now) {
  const silence = now - (lastMessageAt ?? openedAt);
  if (silence >= LOST_AFTER) return "lost";
  if (silence >= QUIET_AFTER) return "quiet";
  return lastMessageAt === null ? "connecting" : "live";
}

/** Create a feed; `connect` opens it. @param {FeedOptions} options */
export function createFeed(options) {
  /** @type {StreamSource|null} */
  let source = null;
  /** @type {number|null} */
  let lastMessageAt = null;
  let openedAt = options.now();
  let attemptedAt = openedAt;
  let retryDelay = RETRY_MIN;
  let stopped = false;

  /** @param {StreamSource} sender @param {MessageKind} kind @param {any} message */
  function receive(sender, kind, message) {
    if (sender !== source) return;
    lastMessageAt = options.now();
    retryDelay = RETRY_MIN;
    options.onMessage(kind, JSON.parse(message.data || "{}"));
  }

  function connect() {
    if (stopped) return;
    source?.close();
    const opened = (source = options.open());
    attemptedAt = options.now();
    for (const kind of MESSAGE_KINDS) opened.addEventListener(kind, (message) => receive(opened, kind, message));
    opened.addEventListener("error", () => reconnectLater(opened));
  }

  /**
   * Reopen a refused connection (readyState CLOSED) after a growing delay; a broken one is reopened by the browser.
   * @param {StreamSource} failed
   */
  function reconnectLater(failed) {
    if (failed !== source || failed.readyState !== CLOSED) return;
    options.schedule(() => failed === source && connect(), retryDelay);
    retryDelay = Math.min(retryDelay * 2, RETRY_MAX);
  }

  return {
    connect,
    stop() {
      stopped = true;
      source?.close();
    },
    /** @returns {Health} */
    health: () => health(lastMessageAt, openedAt, options.now()),
    /** Reopen a connection that is open but silent; called once a second. */
    reopenIfSilent() {
      const lastActivityAt = Math.max(lastMessageAt ?? 0, attemptedAt);
      if (options.now() - lastActivityAt >= REOPEN_AFTER) connect();
    },
  };
}
