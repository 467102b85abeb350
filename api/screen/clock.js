/**
 * The pipeline's clock, extrapolated between ticks. In operation it is the server's wall clock, so a wrong clock of a
 * wall PC does no harm; in a demo or a replay it runs `speed` times as fast. Speed 0 means that the workers are silent:
 * the clock stands. When a tick lies behind the time shown, the clock stands until the tick's time has caught up; it is
 * set back only when the tick lies behind by more than the clock can have run ahead.
 *
 * @typedef {{now: string, wall?: string, speed?: number, clock?: string}} ClockTick
 */

/** The clock runs this long (ms) without a tick, then stands: a dead feed must not count down. */
export const HOLD_AFTER = 60_000;
const SPEED_TOLERANCE = 0.05;

/** Create a clock. @param {() => number} monotonic ms that never jump (performance.now) */
export function createClock(monotonic) {
  /** @type {{at: number, now: number, speed: number}|null} */
  let anchor = null;
  let isEventTime = false;
  /** The last speed above 0: a clock that stands is still a simulated one. */
  let runningSpeed = 1;
  /** The latest time shown (ms since the epoch). */
  let latestShown = -Infinity;

  function now() {
    if (anchor === null) return Date.now();
    const elapsed = Math.min(monotonic() - anchor.at, HOLD_AFTER);
    return Math.max(latestShown, anchor.now + elapsed * anchor.speed);
  }

  return {
    /** Set the clock by a tick of the server. @param {ClockTick} tick */
    set(tick) {
      const serverNow = Date.parse(tick.now);
      const speed = tick.speed ?? anchor?.speed ?? 1;
      const shownNow = anchor === null ? -Infinity : now();
      if (speed > 0) runningSpeed = speed;
      latestShown = shownNow - serverNow > HOLD_AFTER * Math.max(1, anchor?.speed ?? 1, runningSpeed) ? -Infinity : shownNow;
      anchor = { at: monotonic(), now: serverNow, speed };
    },
    /** @param {string|undefined} kind "wall" or "event" */
    setKind(kind) {
      isEventTime = kind === "event";
    },
    /** The pipeline's time in ms since the epoch. */
    now,
    speed: () => runningSpeed,
    /** True when the time is not the city's real time; the screen says so. */
    isSimulated: () => isEventTime || Math.abs(runningSpeed - 1) > SPEED_TOLERANCE,
  };
}
