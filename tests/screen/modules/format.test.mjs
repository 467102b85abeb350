/** Times, countdowns and numbers as text. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, count, countdown, percent, shortTime } from "../../../api/screen/format.js";

const t = (key, params) => `${key} ${Object.values(params).join(" ")}`;
const MINUTE = 60_000;

test("times are Huế's, in 24 hours", () => {
  assert.equal(clockTime("2026-11-24T17:05:09.000Z"), "00:05:09");
  const now = Date.parse("2026-11-24T05:00:00.000Z");
  assert.equal(shortTime("2026-11-24T10:30:00.000Z", now), "17:30");
  assert.equal(shortTime("2026-11-24T18:30:00.000Z", now), "25/11 01:30");
});

test("a countdown is exact when it is short, and has a true minus sign", () => {
  assert.equal(countdown(4 * MINUTE + 59_000, t), "04:59");
  assert.equal(countdown(-61_000, t), "−01:01");
  assert.equal(countdown(-65 * MINUTE, t), "−time.hours 1 05");
  assert.equal(countdown(72 * 60 * MINUTE, t), "time.days 3 0");
});

test("what is not known is a dash, never a zero", () => {
  assert.equal(count(null, "vi"), "—");
  assert.equal(percent(null, "vi"), "—");
  assert.equal(count(0, "vi"), "0");
  assert.equal(count(12345, "vi"), "12.345");
  assert.equal(percent(0.9412, "vi"), "94,1%");
  assert.equal(percent(0.9412, "en"), "94.1%");
});
