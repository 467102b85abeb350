/** Typed dates, the query string of a period, and the order of the figures table. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { figureRows, parseInstant, queryString } from "../../../api/screen/periods.js";

const chosenQuery = (changes) => ({ view: "chosen", from: "", to: "", by: "unit", below: false, ...changes });
const figures = (overdue, rate, open = 0, received = 0) => ({ received, resolved: 0, reopen_rate: null, standing: { open, overdue }, qd766: { on_time_rate: rate }, handling: { p50_s: null } });
const codes = (groups, sorting) => figureRows(groups, (code) => code, sorting, "vi").map((row) => row.code);

test("a typed moment is Hue's, whatever zone the browser is in", () => {
  assert.equal(parseInstant("24/11/2026 14:30"), "2026-11-24T14:30:00+07:00");
  assert.equal(parseInstant(" 1/2/2026 "), "2026-02-01T00:00:00+07:00");
  assert.equal(parseInstant("31/12/2026", true), "2027-01-01T00:00:00+07:00");
  assert.equal(parseInstant("31/12/2026 08:00", true), "2026-12-31T08:00:00+07:00");
});

test("what is no moment is none", () => {
  for (const text of ["", "31/02/2026", "11-24-2026", "1/13/2026", "1/1/2026 24:00", "1/1/2026 10:60", "now"]) assert.equal(parseInstant(text), null, text);
});

test("a period is a view, or two moments of which the second is later", () => {
  assert.equal(queryString(chosenQuery({ view: "shift" }), { by: "ward" }), "view=shift&by=ward");
  assert.equal(queryString(chosenQuery({ from: "2/10/2026", to: "1/10/2026" })), null);
  const query = new URLSearchParams(queryString(chosenQuery({ from: "1/10/2026", to: "1/10/2026", below: true })));
  assert.deepEqual(Object.fromEntries(query), { from: "2026-10-01T00:00:00+07:00", to: "2026-10-02T00:00:00+07:00", below: "true" });
  assert.equal(queryString(chosenQuery({ view: "today", by: "ward", below: true })), "view=today", "only units have others below them");
});

test("the worst first: most overdue, then least on time, then most open; nothing known is not the worst", () => {
  const groups = { a: figures(0, null), b: figures(2, 0.5), c: figures(2, 0.4), d: figures(9, 1), e: figures(0, null, 5) };
  assert.deepEqual(codes(groups, null), ["d", "c", "b", "e", "a"]);
});

test("any column, both ways, with what is not known last", () => {
  const groups = { a: figures(0, null, 0, 1), b: figures(0, 0.5, 0, 3), c: figures(0, 0.9, 0, 2) };
  assert.deepEqual(codes(groups, { column: "received", descending: true }), ["b", "c", "a"]);
  assert.deepEqual(codes(groups, { column: "on_time", descending: true }), ["c", "b", "a"]);
  assert.deepEqual(codes(groups, { column: "on_time", descending: false }), ["b", "c", "a"]);
  assert.deepEqual(codes(groups, { column: "name", descending: false }), ["a", "b", "c"]);
});
