import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../../api/screen/clock.js";

const NOON = Date.parse("2026-11-24T05:00:00.000Z");

function started(speed) {
  let steady = 1_000;
  const clock = createClock(() => steady);
  clock.set({ now: "2026-11-24T05:00:00.000Z", speed });
  return { clock, pass: (ms) => (steady += ms) };
}

test("the server's time is carried on between ticks, whatever the browser's clock says", () => {
  const { clock, pass } = started(1);
  pass(2_500);
  assert.equal(clock.now(), NOON + 2_500);
  assert.equal(clock.simulated(), false);
});

test("a demo at 60 times the speed counts a minute a second and says it is a simulation", () => {
  const { clock, pass } = started(60);
  pass(1_000);
  assert.equal(clock.now(), NOON + 60_000);
  assert.equal(clock.simulated(), true);
});

test("event time is a simulation even at speed 1", () => {
  const { clock } = started(1);
  clock.kind("event");
  assert.equal(clock.simulated(), true);
  clock.kind("wall");
  assert.equal(clock.simulated(), false);
});

test("without ticks the clock is held after a minute", () => {
  const { clock, pass } = started(1);
  pass(3_600_000);
  assert.equal(clock.now(), NOON + 60_000);
});

test("the clock stands while the workers are silent, and is still the kind of clock it was", () => {
  const { clock, pass } = started(60);
  pass(10_000);
  clock.set({ now: "2026-11-24T05:08:00.000Z", speed: 0 });
  assert.equal(clock.now(), NOON + 600_000);
  pass(5_000);
  clock.set({ now: "2026-11-24T05:08:00.000Z", speed: 0 });
  pass(700);
  assert.equal(clock.now(), NOON + 600_000);
  assert.equal(clock.simulated(), true);
  assert.equal(clock.speed(), 60);
  const city = started(1);
  city.clock.set({ now: "2026-11-24T05:00:00.000Z", speed: 0 });
  assert.equal(city.clock.simulated(), false);
});

test("a beat a little behind what was shown makes the clock wait, one far behind sets it back", () => {
  const { clock, pass } = started(1);
  pass(9_000);
  clock.set({ now: "2026-11-24T05:00:04.000Z", speed: 1 });
  assert.equal(clock.now(), NOON + 9_000);
  pass(6_000);
  assert.equal(clock.now(), NOON + 10_000);
  clock.set({ now: "2026-11-24T03:00:00.000Z", speed: 1 });
  assert.equal(clock.now(), NOON - 7_200_000);
});
