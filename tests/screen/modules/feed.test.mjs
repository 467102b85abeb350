import assert from "node:assert/strict";
import { test } from "node:test";
import { createFeed, health } from "../../../api/screen/feed.js";

/** A line played by hand. */
function stage() {
  const lines = [];
  const later = [];
  const heard = [];
  let now = 0;
  const open = () => {
    const hears = {};
    const line = { readyState: 1, closed: false, close: () => (line.closed = true), addEventListener: (kind, hear) => (hears[kind] = hear) };
    line.say = (kind, body) => hears[kind]({ data: JSON.stringify(body) });
    line.fail = (state) => ((line.readyState = state), hears.error({}));
    lines.push(line);
    return line;
  };
  const feed = createFeed({ open, now: () => now, later: (act, ms) => later.push({ act, ms }), hear: (kind, body) => heard.push([kind, body]) });
  feed.connect();
  return { feed, lines, later, heard, pass: (ms) => (now += ms) };
}

test("every kind of message is handed on", () => {
  const { lines, heard } = stage();
  for (const kind of ["snapshot", "incident", "figures", "tick", "reset"]) lines[0].say(kind, { kind });
  assert.deepEqual(heard.map(([kind]) => kind), ["snapshot", "incident", "figures", "tick", "reset"]);
});

test("silence is amber after 10 s and red after 60 s, and a message ends it", () => {
  const { feed, lines, pass } = stage();
  assert.equal(feed.health(), "connecting");
  lines[0].say("tick", {});
  pass(9_999);
  assert.equal(feed.health(), "live");
  pass(1);
  assert.equal(feed.health(), "quiet");
  pass(50_000);
  assert.equal(feed.health(), "lost");
  lines[0].say("tick", {});
  assert.equal(feed.health(), "live");
});

test("a screen that never heard anything turns amber and red too", () => {
  assert.equal(health(null, 0, 9_000), "connecting");
  assert.equal(health(null, 0, 10_000), "quiet");
  assert.equal(health(null, 0, 60_000), "lost");
});

test("a broken line is left to the browser, a refused one is opened anew, ever more slowly", () => {
  const { lines, later } = stage();
  lines[0].fail(0);
  assert.equal(later.length, 0);
  lines[0].fail(2);
  assert.equal(later[0].ms, 1_000);
  later[0].act();
  assert.equal(lines.length, 2);
  lines[1].fail(2);
  assert.equal(later[1].ms, 2_000);
});

test("a line that is up but dumb is replaced, and what it still says is not heard", () => {
  const { feed, lines, heard, pass } = stage();
  pass(24_999);
  feed.watch();
  assert.equal(lines.length, 1);
  pass(1);
  feed.watch();
  assert.equal(lines.length, 2);
  assert.ok(lines[0].closed);
  lines[0].say("tick", {});
  assert.equal(heard.length, 0);
});

test("after stop nothing is opened any more", () => {
  const { feed, lines, pass } = stage();
  feed.stop();
  pass(60_000);
  feed.watch();
  assert.equal(lines.length, 1);
});
