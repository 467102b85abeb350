/**
 * The pipeline's clock, carried on between ticks. In operation it is the wall clock of the server
 * (so a wrong clock on a wall PC does no harm); in a demo or a replay it runs at `speed` times it.
 * Speed 0 says that the workers are silent: the clock stands. A beat a little behind what was shown
 * makes it stand until it is overtaken; only one behind by more than it can have run ahead sets it back.
 *
 * @typedef {{now: string, wall?: string, speed?: number, clock?: string}} Beat
 */

/** How long the clock may run on without a tick before it is held: a dead feed must not count down. */
export const HOLD_AFTER = 60_000;
const ABOUT_ONE = 0.05;

/** @param {() => number} steady ms that never jump (performance.now) */
export function createClock(steady) {
  /** @type {{at: number, now: number, speed: number}|null} */
  let base = null;
  let event = false;
  /** The speed when last it ran: what kind of clock it is does not change by its standing. */
  let running = 1;
  /** The latest time shown. */
  let floor = -Infinity;

  function now() {
    if (base === null) return Date.now();
    const passed = Math.min(steady() - base.at, HOLD_AFTER);
    return Math.max(floor, base.now + passed * base.speed);
  }

  return {
    /** @param {Beat} beat */
    set(beat) {
      const told = Date.parse(beat.now);
      const speed = beat.speed ?? base?.speed ?? 1;
      const shown = base === null ? -Infinity : now();
      if (speed > 0) running = speed;
      floor = shown - told > HOLD_AFTER * Math.max(1, base?.speed ?? 1, running) ? -Infinity : shown;
      base = { at: steady(), now: told, speed };
    },
    /** @param {string|undefined} kind "wall" or "event" */
    kind(kind) {
      event = kind === "event";
    },
    known: () => base !== null,
    /** The pipeline's time in ms since the epoch. */
    now,
    speed: () => running,
    /** Not the city's real time: say so on the screen. */
    simulated: () => event || Math.abs(running - 1) > ABOUT_ONE,
  };
}
