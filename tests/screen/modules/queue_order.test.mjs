import assert from "node:assert/strict";
import { test } from "node:test";
import { createOrder, matching, NO_FILTER, visible } from "../../../api/screen/queue_order.js";
import { incident } from "../../../api/screen/store.js";
import { row } from "./rows.mjs";

const NOW = Date.parse("2026-11-24T02:00:00.000Z");
const found = (incidents, filter, more) => matching(incidents, { ...NO_FILTER, ...filter }, NOW, more).map((one) => one.id);
const incidents = [
  row("a", { title: "Cây ngã đường Điện Biên Phủ", severity: "high", overdue: true }),
  row("b", { service: "health", state: "reported", severity: "critical" }),
  row("c", { warn_at: "2026-11-24T01:30:00.000Z", due: "2026-11-24T03:00:00.000Z", ward: "20107" }),
].map(incident);

test("text is found without its marks, in any order of words, in names too", () => {
  assert.deepEqual(found(incidents, { text: "dien bien cay" }), ["a"]);
  assert.deepEqual(found(incidents, { text: "Điện" }), ["a"]);
  assert.deepEqual(found(incidents, { text: "phu loc" }, (one) => (one.ward === "20107" ? "xa phu loc" : "")), ["c"]);
});

test("each view and filter narrows", () => {
  assert.deepEqual(found(incidents, { view: "overdue" }), ["a"]);
  assert.deepEqual(found(incidents, { view: "due_soon" }), ["c"]);
  assert.deepEqual(found(incidents, { view: "unacknowledged" }), ["b"]);
  assert.deepEqual(found(incidents, { view: "critical" }), ["b"]);
  assert.deepEqual(found(incidents, { service: "health" }), ["b"]);
  assert.deepEqual(found(incidents, { severity: "high" }), ["a"]);
  assert.deepEqual(found(incidents, { ward: "20107" }), ["c"]);
});

test("a held order does not move: new ones wait, gone ones keep their place", () => {
  const order = createOrder();
  order.hold(["a", "b", "c"]);
  const held = order.arrange(["new", "c", "a"]);
  assert.deepEqual(held.ids, ["a", "b", "c"]);
  assert.deepEqual(held.fresh, ["new"]);
  assert.deepEqual([...held.gone], ["b"]);
  order.release();
  assert.deepEqual(order.arrange(["new", "c", "a"]).ids, ["new", "c", "a"]);
});

test("no window is larger than 200 rows", () => {
  for (const height of [100, 1_000, 100_000]) {
    for (const top of [0, 5_000, 1e9]) {
      const { first, last } = visible(5_000, top, height, 74);
      assert.ok(last - first <= 200 && first >= 0 && last <= 5_000);
    }
  }
  assert.deepEqual(visible(0, 0, 800, 74), { first: 0, last: 0 });
});

test("what is shelved is out of every list of work but its own", () => {
  const shelved = incident(row("s", { shelved_until: "2026-11-24T05:00:00.000Z", severity: "critical", overdue: true, state: "reported" }));
  for (const view of ["open", "overdue", "unacknowledged", "critical"]) assert.ok(!found([...incidents, shelved], { view }).includes("s"), view);
  assert.deepEqual(found([...incidents, shelved], { view: "shelved" }), ["s"]);
});
