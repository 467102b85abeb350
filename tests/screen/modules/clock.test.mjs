/** The clock: extrapolated between ticks, held without them, and never jumping back by a little. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../../api/screen/clock.js";

const NOON = Date.parse("2026-11-24T05:00:00.000Z");

function startClock(speed) {
  let steady = 1_000;
  const clock = createClock(() => steady);
  clock.set({ now: "2026-11-24T05:00:00.000Z", speed });
  return { clock, advance: (ms) => (steady += ms) };
}

test("the server's time is carried on between ticks, whatever the browser's clock says", () => {
  const { clock, advance } = startClock(1);
  advance(2_500);
  assert.equal(clock.now(), NOON + 2_500);
  assert.equal(clock.isSimulated(), false);
});

test("a demo at 60 times the speed counts a minute a second and says it is a simulation", () => {
  const { clock, advance } = startClock(60);
  advance(1_000);
  assert.equal(clock.now(), NOON + 60_000);
  assert.equal(clock.isSimulated(), true);
});

test("event time is a simulation even at speed 1", () => {
  const { clock } = startClock(1);
  clock.setKind("event");
  assert.equal(clock.isSimulated(), true);
  clock.setKind("wall");
  assert.equal(clock.isSimulated(), false);
});

test("without ticks the clock is held after a minute", () => {
  const { clock, advance } = startClock(1);
  advance(3_600_000);
  assert.equal(clock.now(), NOON + 60_000);
});

test("the clock stands while the workers are silent, and is still the kind of clock it was", () => {
  const { clock, advance } = startClock(60);
  advance(10_000);
  clock.set({ now: "2026-11-24T05:08:00.000Z", speed: 0 });
  assert.equal(clock.now(), NOON + 600_000);
  advance(5_000);
  clock.set({ now: "2026-11-24T05:08:00.000Z", speed: 0 });
  advance(700);
  assert.equal(clock.now(), NOON + 600_000);
  assert.equal(clock.isSimulated(), true);
  assert.equal(clock.speed(), 60);
  const city = startClock(1);
  city.clock.set({ now: "2026-11-24T05:00:00.000Z", speed: 0 });
  assert.equal(city.clock.isSimulated(), false);
});

test("a beat a little behind what was shown makes the clock wait, one far behind sets it back", () => {
  const { clock, advance } = startClock(1);
  advance(9_000);
  clock.set({ now: "2026-11-24T05:00:04.000Z", speed: 1 });
  assert.equal(clock.now(), NOON + 9_000);
  advance(6_000);
  assert.equal(clock.now(), NOON + 10_000);
  clock.set({ now: "2026-11-24T03:00:00.000Z", speed: 1 });
  assert.equal(clock.now(), NOON - 7_200_000);
});
