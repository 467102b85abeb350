/** Grouping of incidents by cause and ward, and when new ones are a flood. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countRecent, FLOOD_COUNT, groupId, groupIncidents, isGroup } from "../../../api/screen/groups.js";
import { toIncident } from "../../../api/screen/store.js";
import { row } from "./rows.mjs";

const causeOf = (incident) => (incident.category === "power" ? "storm" : `${incident.service}/${incident.category}`);
const incidentOf = (id, more) => toIncident(row(id, more));

test("five hundred reports of one blackout are one line with a count", () => {
  const merged = [incidentOf("a", { category: "power", children: 499, severity: "high", overdue: true })];
  const [only, ...rest] = groupIncidents(merged, causeOf);
  assert.deepEqual([only.open, only.reports, only.overdue, rest.length], [1, 500, 1, 0]);
  const separate = Array.from({ length: 500 }, (_, n) => incidentOf(`p${n}`, { category: "power" }));
  assert.deepEqual(groupIncidents(separate, causeOf).map((group) => [group.cause, group.ward, group.open]), [["storm", "19753", 500]]);
});

test("a group has the gravest severity, the oldest report and how many nobody has acknowledged", () => {
  const [group] = groupIncidents([
    incidentOf("a", { reported_at: "2026-11-24T01:30:00.000Z", severity: "low", state: "reported" }),
    incidentOf("b", { reported_at: "2026-11-24T00:30:00.000Z", severity: "critical" }),
    incidentOf("c", { state: "reopened" }),
  ], causeOf);
  assert.equal(group.severity, "critical");
  assert.equal(group.oldestMs, Date.parse("2026-11-24T00:30:00.000Z"));
  assert.equal(group.unacknowledged, 2);
});

test("wards are told apart, and one that is not known is a ward of its own", () => {
  const groups = groupIncidents([incidentOf("a"), incidentOf("b", { ward: "20107" }), incidentOf("c", { ward: null }), incidentOf("d")], causeOf);
  assert.deepEqual(groups.map((group) => [group.ward, group.open]), [["19753", 2], [null, 1], ["20107", 1]]);
});

test("the gravest group comes first, then the most overdue, then the largest", () => {
  const groups = groupIncidents([
    incidentOf("a", { ward: "1" }), incidentOf("b", { ward: "1" }), incidentOf("c", { ward: "2", overdue: true }), incidentOf("d", { ward: "3", severity: "high" }),
  ], causeOf);
  assert.deepEqual(groups.map((group) => group.ward), ["3", "2", "1"]);
});

test("the id of a group is none of an incident's", () => {
  assert.ok(isGroup(groupId("storm", null)));
  assert.ok(!isGroup("field-reports:PA-000001"));
});

test("more than ten new within ten minutes are a flood, older ones are not", () => {
  const now = Date.parse("2026-11-24T02:00:00.000Z");
  const at = (minutes) => ({ reported_at: new Date(now - minutes * 60_000).toISOString() });
  const recent = Array.from({ length: 11 }, (_, n) => incidentOf(`n${n}`, at(n * 0.9)));
  assert.ok(countRecent(recent, now) > FLOOD_COUNT);
  assert.equal(countRecent([incidentOf("old", at(10)), incidentOf("older", at(600))], now), 0);
});
