/**
 * The pipeline's clock, carried on between ticks. In operation it is the wall clock of the server
 * (so a wrong clock on a wall PC does no harm); in a demo or a replay it runs at `speed` times it.
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

  return {
    /** @param {Beat} beat */
    set(beat) {
      base = { at: steady(), now: Date.parse(beat.now), speed: beat.speed ?? base?.speed ?? 1 };
    },
    /** @param {string|undefined} kind "wall" or "event" */
    kind(kind) {
      event = kind === "event";
    },
    known: () => base !== null,
    /** The pipeline's time in ms since the epoch. */
    now() {
      if (base === null) return Date.now();
      const passed = Math.min(steady() - base.at, HOLD_AFTER);
      return base.now + passed * base.speed;
    },
    speed: () => base?.speed ?? 1,
    /** Not the city's real time: say so on the screen. */
    simulated: () => event || (base !== null && Math.abs(base.speed - 1) > ABOUT_ONE),
  };
}
