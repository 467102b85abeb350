import assert from "node:assert/strict";
import { test } from "node:test";
import { lines, momentOf, queryOf } from "../../../api/screen/periods.js";

const asked = (more) => ({ view: "chosen", from: "", to: "", by: "unit", below: false, ...more });
const figures = (overdue, rate, open = 0, received = 0) => ({ received, resolved: 0, reopen_rate: null, standing: { open, overdue }, qd766: { on_time_rate: rate }, handling: { p50_s: null } });
const codes = (groups, sorting) => lines(groups, (code) => code, sorting, "vi").map((line) => line.code);

test("a typed moment is Hue's, whatever zone the browser is in", () => {
  assert.equal(momentOf("24/11/2026 14:30"), "2026-11-24T14:30:00+07:00");
  assert.equal(momentOf(" 1/2/2026 "), "2026-02-01T00:00:00+07:00");
  assert.equal(momentOf("31/12/2026", true), "2027-01-01T00:00:00+07:00");
  assert.equal(momentOf("31/12/2026 08:00", true), "2026-12-31T08:00:00+07:00");
});

test("what is no moment is none", () => {
  for (const text of ["", "31/02/2026", "11-24-2026", "1/13/2026", "1/1/2026 24:00", "1/1/2026 10:60", "now"]) assert.equal(momentOf(text), null, text);
});

test("a period is a view, or two moments of which the second is later", () => {
  assert.equal(queryOf(asked({ view: "shift" }), { by: "ward" }), "view=shift&by=ward");
  assert.equal(queryOf(asked({ from: "2/10/2026", to: "1/10/2026" })), null);
  const query = new URLSearchParams(queryOf(asked({ from: "1/10/2026", to: "1/10/2026", below: true })));
  assert.deepEqual(Object.fromEntries(query), { from: "2026-10-01T00:00:00+07:00", to: "2026-10-02T00:00:00+07:00", below: "true" });
  assert.equal(queryOf(asked({ view: "today", by: "ward", below: true })), "view=today", "only units have others below them");
});

test("the worst first: most overdue, then least on time, then most open; nothing known is not the worst", () => {
  const groups = { a: figures(0, null), b: figures(2, 0.5), c: figures(2, 0.4), d: figures(9, 1), e: figures(0, null, 5) };
  assert.deepEqual(codes(groups, null), ["d", "c", "b", "e", "a"]);
});

test("any column, both ways, with what is not known last", () => {
  const groups = { a: figures(0, null, 0, 1), b: figures(0, 0.5, 0, 3), c: figures(0, 0.9, 0, 2) };
  assert.deepEqual(codes(groups, { column: "received", down: true }), ["b", "c", "a"]);
  assert.deepEqual(codes(groups, { column: "on_time", down: true }), ["c", "b", "a"]);
  assert.deepEqual(codes(groups, { column: "on_time", down: false }), ["b", "c", "a"]);
  assert.deepEqual(codes(groups, { column: "name", down: false }), ["a", "b", "c"]);
});
