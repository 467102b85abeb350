/** Filters of the queue, the held order, and the range of rows to render. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createQueueOrder, filterIncidents, NO_FILTER, visibleRange } from "../../../api/screen/queue_order.js";
import { toIncident } from "../../../api/screen/store.js";
import { row } from "./rows.mjs";

const NOW = Date.parse("2026-11-24T02:00:00.000Z");
const matchingIds = (incidents, filter, extraText) => filterIncidents(incidents, { ...NO_FILTER, ...filter }, NOW, extraText).map((incident) => incident.id);
const incidents = [
  row("a", { title: "Cây ngã đường Điện Biên Phủ", severity: "high", overdue: true }),
  row("b", { service: "health", state: "reported", severity: "critical" }),
  row("c", { warn_at: "2026-11-24T01:30:00.000Z", due: "2026-11-24T03:00:00.000Z", ward: "20107" }),
].map(toIncident);

test("text is found without its marks, in any order of words, in names too", () => {
  assert.deepEqual(matchingIds(incidents, { text: "dien bien cay" }), ["a"]);
  assert.deepEqual(matchingIds(incidents, { text: "Điện" }), ["a"]);
  assert.deepEqual(matchingIds(incidents, { text: "phu loc" }, (incident) => (incident.ward === "20107" ? "xa phu loc" : "")), ["c"]);
});

test("each view and filter narrows", () => {
  assert.deepEqual(matchingIds(incidents, { view: "overdue" }), ["a"]);
  assert.deepEqual(matchingIds(incidents, { view: "due_soon" }), ["c"]);
  assert.deepEqual(matchingIds(incidents, { view: "unacknowledged" }), ["b"]);
  assert.deepEqual(matchingIds(incidents, { view: "critical" }), ["b"]);
  assert.deepEqual(matchingIds(incidents, { service: "health" }), ["b"]);
  assert.deepEqual(matchingIds(incidents, { severity: "high" }), ["a"]);
  assert.deepEqual(matchingIds(incidents, { ward: "20107" }), ["c"]);
});

test("a held order does not move: new ones wait, gone ones keep their place", () => {
  const order = createQueueOrder();
  order.hold(["a", "b", "c"]);
  const arrangement = order.arrange(["new", "c", "a"]);
  assert.deepEqual(arrangement.ids, ["a", "b", "c"]);
  assert.deepEqual(arrangement.arrived, ["new"]);
  assert.deepEqual([...arrangement.departed], ["b"]);
  order.release();
  assert.deepEqual(order.arrange(["new", "c", "a"]).ids, ["new", "c", "a"]);
});

test("no window is larger than 200 rows", () => {
  for (const height of [100, 1_000, 100_000]) {
    for (const top of [0, 5_000, 1e9]) {
      const { first, last } = visibleRange(5_000, top, height, 74);
      assert.ok(last - first <= 200 && first >= 0 && last <= 5_000);
    }
  }
  assert.deepEqual(visibleRange(0, 0, 800, 74), { first: 0, last: 0 });
});

test("what is shelved is out of every list of work but its own", () => {
  const shelved = toIncident(row("s", { shelved_until: "2026-11-24T05:00:00.000Z", severity: "critical", overdue: true, state: "reported" }));
  for (const view of ["open", "overdue", "unacknowledged", "critical"]) assert.ok(!matchingIds([...incidents, shelved], { view }).includes("s"), view);
  assert.deepEqual(matchingIds([...incidents, shelved], { view: "shelved" }), ["s"]);
});
