import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../api/screen/clock.js";

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
