/**
 * The live feed: one EventSource, told apart into messages, with its own sense of silence.
 * Pure: the EventSource, the clock and the timers come from outside.
 *
 * @typedef {"connecting"|"live"|"quiet"|"lost"} Health quiet: no tick for 10 s; lost: for 60 s
 * @typedef {{addEventListener(kind: string, hear: (message: any) => void): void, close(): void, readyState: number}} Source
 * @typedef {{
 *   open: () => Source,
 *   now: () => number,
 *   later: (act: () => void, ms: number) => void,
 *   hear: (kind: Kind, body: any) => void,
 * }} Surroundings
 * @typedef {"snapshot"|"incident"|"figures"|"indicators"|"tick"|"reset"} Kind
 */

/** @type {Kind[]} */
export const KINDS = ["snapshot", "incident", "figures", "indicators", "tick", "reset"];
export const QUIET_AFTER = 10_000;
export const LOST_AFTER = 60_000;
/** A connection that is open and says nothing for so long is taken for dead and opened anew. */
export const REOPEN_AFTER = 25_000;
const RETRY_FIRST = 1_000;
const RETRY_MOST = 15_000;
const CLOSED = 2;

/**
 * How long silence has lasted, as the operator should read it.
 * @param {number|null} heardAt wall ms of the last message
 * @param {number} openedAt wall ms of the first attempt
 * @param {number} now wall ms
 * @returns {Health}
 */
export function health(heardAt, openedAt, now) {
  const silence = now - (heardAt ?? openedAt);
  if (silence >= LOST_AFTER) return "lost";
  if (silence >= QUIET_AFTER) return "quiet";
  return heardAt === null ? "connecting" : "live";
}

/** @param {Surroundings} around */
export function createFeed(around) {
  /** @type {Source|null} */
  let source = null;
  /** @type {number|null} */
  let heardAt = null;
  let openedAt = around.now();
  let triedAt = openedAt;
  let retry = RETRY_FIRST;
  let stopped = false;

  /** @param {Source} from @param {Kind} kind @param {any} message */
  function receive(from, kind, message) {
    if (from !== source) return;
    heardAt = around.now();
    retry = RETRY_FIRST;
    around.hear(kind, JSON.parse(message.data || "{}"));
  }

  function connect() {
    if (stopped) return;
    source?.close();
    const fresh = (source = around.open());
    triedAt = around.now();
    for (const kind of KINDS) fresh.addEventListener(kind, (message) => receive(fresh, kind, message));
    fresh.addEventListener("error", () => recover(fresh));
  }

  /**
   * A broken line is mended by the browser itself, with Last-Event-ID; a refused one (readyState CLOSED) only by us.
   * @param {Source} broken
   */
  function recover(broken) {
    if (broken !== source || broken.readyState !== CLOSED) return;
    around.later(() => broken === source && connect(), retry);
    retry = Math.min(retry * 2, RETRY_MOST);
  }

  return {
    connect,
    stop() {
      stopped = true;
      source?.close();
    },
    /** @returns {Health} */
    health: () => health(heardAt, openedAt, around.now()),
    heardAt: () => heardAt,
    /** To be called about once a second: opens a line anew that is up but dumb. */
    watch() {
      const since = Math.max(heardAt ?? 0, triedAt);
      if (around.now() - since >= REOPEN_AFTER) connect();
    },
  };
}
