import assert from "node:assert/strict";
import { test } from "node:test";
import { FLOOD, fresh, grouped, groupId, isGroup } from "../../../api/screen/groups.js";
import { incident } from "../../../api/screen/store.js";
import { row } from "./rows.mjs";

const causeOf = (one) => (one.category === "power" ? "storm" : `${one.service}/${one.category}`);
const made = (id, more) => incident(row(id, more));

test("five hundred reports of one blackout are one line with a count", () => {
  const merged = [made("a", { category: "power", children: 499, severity: "high", overdue: true })];
  const [only, ...others] = grouped(merged, causeOf);
  assert.deepEqual([only.open, only.reports, only.overdue, others.length], [1, 500, 1, 0]);
  const apart = Array.from({ length: 500 }, (_, n) => made(`p${n}`, { category: "power" }));
  assert.deepEqual(grouped(apart, causeOf).map((one) => [one.cause, one.ward, one.open]), [["storm", "19753", 500]]);
});

test("a group has the gravest severity, the oldest report and how many nobody has acknowledged", () => {
  const [group] = grouped([
    made("a", { reported_at: "2026-11-24T01:30:00.000Z", severity: "low", state: "reported" }),
    made("b", { reported_at: "2026-11-24T00:30:00.000Z", severity: "critical" }),
    made("c", { state: "reopened" }),
  ], causeOf);
  assert.equal(group.severity, "critical");
  assert.equal(group.oldestMs, Date.parse("2026-11-24T00:30:00.000Z"));
  assert.equal(group.waiting, 2);
});

test("wards are told apart, and one that is not known is a ward of its own", () => {
  const groups = grouped([made("a"), made("b", { ward: "20107" }), made("c", { ward: null }), made("d")], causeOf);
  assert.deepEqual(groups.map((one) => [one.ward, one.open]), [["19753", 2], [null, 1], ["20107", 1]]);
});

test("the gravest group comes first, then the most overdue, then the largest", () => {
  const groups = grouped([
    made("a", { ward: "1" }), made("b", { ward: "1" }), made("c", { ward: "2", overdue: true }), made("d", { ward: "3", severity: "high" }),
  ], causeOf);
  assert.deepEqual(groups.map((one) => one.ward), ["3", "2", "1"]);
});

test("the id of a group is none of an incident's", () => {
  assert.ok(isGroup(groupId("storm", null)));
  assert.ok(!isGroup("field-reports:PA-000001"));
});

test("more than ten new within ten minutes are a flood, older ones are not", () => {
  const now = Date.parse("2026-11-24T02:00:00.000Z");
  const at = (minutes) => ({ reported_at: new Date(now - minutes * 60_000).toISOString() });
  const news = Array.from({ length: 11 }, (_, n) => made(`n${n}`, at(n * 0.9)));
  assert.ok(fresh(news, now) > FLOOD);
  assert.equal(fresh([made("old", at(10)), made("older", at(600))], now), 0);
});
