/** The store: versions, resets, derived lists, sensors and remote search results. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore, foldText } from "../../../api/screen/store.js";
import { row, snapshot } from "./rows.mjs";

/** Return a store after the snapshot of these rows. @param {...object} rows */
function filledStore(...rows) {
  const store = createStore();
  store.apply("snapshot", snapshot(...rows));
  return store;
}
const ids = (incidents) => incidents.map((incident) => incident.id);

test("the newer version wins, whatever the order of arrival", () => {
  const store = filledStore(row("a", { version: 3, title: "ba" }));
  store.apply("incident", { upserts: [row("a", { version: 2, title: "hai" })], removed: [] });
  assert.equal(store.get("a").title, "ba");
  store.apply("incident", { upserts: [row("a", { version: 4, title: "bốn" }), row("a", { version: 3, title: "ba" })], removed: [] });
  assert.equal(store.get("a").title, "bốn");
});

test("a removed incident is not brought back by a message that came late", () => {
  const store = filledStore(row("a", { version: 5 }));
  store.apply("incident", { upserts: [], removed: ["a"] });
  store.apply("incident", { upserts: [row("a", { version: 4 })], removed: [] });
  assert.equal(store.get("a"), undefined);
  store.apply("incident", { upserts: [row("a", { version: 6 })], removed: [] });
  assert.equal(store.get("a").version, 6);
});

test("the order of work: severity, then time left, then age, then id", () => {
  const due = (hour) => ({ due: `2026-11-24T${hour}:00:00.000Z` });
  const store = filledStore(
    row("late-low", { severity: "low", ...due("01") }), row("none", { severity: "high" }), row("later", { severity: "high", ...due("09") }),
    row("sooner", { severity: "high", ...due("03") }), row("grave", { severity: "critical" }), row("b"), row("a"),
    row("older", { reported_at: "2026-11-23T01:00:00.000Z" }),
  );
  assert.deepEqual(ids(store.open()), ["grave", "sooner", "later", "none", "older", "a", "b", "late-low"]);
});

test("closed incidents leave the work list and are kept aside, the latest first", () => {
  const closed = (id, time) => row(id, { state: "resolved", closed_at: time });
  const store = filledStore(row("a"), closed("b", "2026-11-24T01:10:00.000Z"), closed("c", "2026-11-24T01:20:00.000Z"));
  assert.deepEqual(ids(store.open()), ["a"]);
  assert.deepEqual(ids(store.closed()), ["c", "b"]);
});

test("a reset keeps what is shown until its snapshot comes, and lets nothing between", () => {
  const store = filledStore(row("a"));
  store.apply("reset", {});
  store.apply("incident", { upserts: [row("b")], removed: ["a"] });
  store.apply("figures", { live: { open: 99 } });
  assert.deepEqual(ids(store.open()), ["a"]);
  assert.equal(store.figures.live.open, 1);
  store.apply("snapshot", snapshot(row("c")));
  assert.deepEqual(ids(store.open()), ["c"]);
});

test("nothing is shown of messages before the first snapshot", () => {
  const store = createStore();
  store.apply("incident", { upserts: [row("a")], removed: [] });
  assert.equal(store.size, 0);
  assert.equal(store.figures, null);
});

test("lists are worked out once a change, not once a look", () => {
  const store = filledStore(row("a"));
  assert.equal(store.open(), store.open());
  const before = store.open();
  store.apply("incident", { upserts: [row("b")], removed: [] });
  assert.notEqual(store.open(), before);
});

test("wards count what is open, critical and overdue", () => {
  const store = filledStore(row("a", { severity: "critical", overdue: true }), row("b"), row("c", { ward: null }), row("d", { state: "merged" }));
  assert.deepEqual(store.wards().get("19753"), { open: 2, critical: 1, overdue: 1 });
});

test("searching folds Vietnamese marks", () => {
  assert.equal(foldText("Đường Huỳnh Thúc Kháng, Huế"), "duong huynh thuc khang, hue");
});

test("a source is stale when the last tick says so", () => {
  const store = filledStore();
  assert.equal(store.isStale("health"), false);
  store.apply("tick", { now: "2026-11-24T02:00:00.000Z", sources: { health: { last_seen: null, cadence_s: 600, stale: true } } });
  assert.equal(store.isStale("health"), true);
});

test("of the same version the later message counts, since a window may mark it and time make it overdue", () => {
  const store = filledStore(row("a", { version: 3 }));
  store.apply("incident", { upserts: [row("a", { version: 3, maintenance: "mw-1" })], removed: [] });
  assert.equal(store.get("a").maintenance, "mw-1");
});

test("sensors: the gravest first, then those nobody hears, then the rest", () => {
  const sensor = (id, changes = {}) => ({ id, kind: "river-level", name: id, value: 1, level: 0, priority: null, ...changes });
  const store = createStore();
  const unheard = sensor("unheard", { value: null });
  store.apply("snapshot", { ...snapshot(), indicators: [sensor("well"), unheard, sensor("low", { level: 1, priority: "low" }), sensor("grave", { level: 3, priority: "urgent" })] });
  assert.deepEqual(ids(store.sensors()), ["grave", "low", "unheard", "well"]);
  store.apply("indicators", { upserts: [sensor("unheard", { level: 2, priority: "high" })], removed: [] });
  assert.deepEqual(ids(store.sensors()), ["grave", "unheard", "low", "well"]);
});

test("of more than the screen is told of it says how many are hidden, and counts the wards by the figures", () => {
  const store = createStore();
  const live = { open: 3, by_ward: { "19753": { open: 3, overdue: 2, critical: 1 } } };
  store.apply("snapshot", { ...snapshot(row("a"), row("b")), most_open: 2, figures: { live } });
  assert.equal(store.hiddenCount(), 1);
  assert.deepEqual(store.wards().get("19753"), { open: 3, overdue: 2, critical: 1 });
  store.apply("incident", { upserts: [], removed: ["b"] });
  assert.equal(store.hiddenCount(), 0);
});

test("one that left the first places comes back as it was", () => {
  const store = filledStore(row("a", { version: 5 }));
  store.apply("incident", { upserts: [], removed: ["a"] });
  store.apply("incident", { upserts: [row("a", { version: 5 })], removed: [] });
  assert.equal(store.get("a").version, 5);
});

test("what was looked up is known until something else is", () => {
  const store = filledStore(row("a", { version: 5 }));
  const results = store.setSearchResults([row("a", { version: 4 }), row("z")]);
  assert.deepEqual(results.map((incident) => [incident.id, incident.version]), [["a", 5], ["z", 1]]);
  assert.deepEqual(ids(store.open()), ["a"]);
  store.setSearchResults([]);
  assert.equal(store.get("z"), undefined);
});
