/** The feed: message kinds, silence, and when a connection is opened again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFeed, health } from "../../../api/screen/feed.js";

/** Start a feed whose event sources, timers and clock the test drives. */
function startFeed() {
  const sources = [];
  const scheduled = [];
  const messages = [];
  let now = 0;
  const open = () => {
    const listeners = {};
    const source = { readyState: 1, closed: false, close: () => (source.closed = true), addEventListener: (kind, listener) => (listeners[kind] = listener) };
    source.send = (kind, body) => listeners[kind]({ data: JSON.stringify(body) });
    source.fail = (state) => ((source.readyState = state), listeners.error({}));
    sources.push(source);
    return source;
  };
  const feed = createFeed({ open, now: () => now, schedule: (callback, ms) => scheduled.push({ callback, ms }), onMessage: (kind, body) => messages.push([kind, body]) });
  feed.connect();
  return { feed, sources, scheduled, messages, advance: (ms) => (now += ms) };
}

test("every kind of message is handed on", () => {
  const { sources, messages } = startFeed();
  for (const kind of ["snapshot", "incident", "figures", "tick", "reset"]) sources[0].send(kind, { kind });
  assert.deepEqual(messages.map(([kind]) => kind), ["snapshot", "incident", "figures", "tick", "reset"]);
});

test("silence is amber after 10 s and red after 60 s, and a message ends it", () => {
  const { feed, sources, advance } = startFeed();
  assert.equal(feed.health(), "connecting");
  sources[0].send("tick", {});
  advance(9_999);
  assert.equal(feed.health(), "live");
  advance(1);
  assert.equal(feed.health(), "quiet");
  advance(50_000);
  assert.equal(feed.health(), "lost");
  sources[0].send("tick", {});
  assert.equal(feed.health(), "live");
});

test("a screen that never heard anything turns amber and red too", () => {
  assert.equal(health(null, 0, 9_000), "connecting");
  assert.equal(health(null, 0, 10_000), "quiet");
  assert.equal(health(null, 0, 60_000), "lost");
});

test("a broken line is left to the browser, a refused one is opened anew, ever more slowly", () => {
  const { sources, scheduled } = startFeed();
  sources[0].fail(0);
  assert.equal(scheduled.length, 0);
  sources[0].fail(2);
  assert.equal(scheduled[0].ms, 1_000);
  scheduled[0].callback();
  assert.equal(sources.length, 2);
  sources[1].fail(2);
  assert.equal(scheduled[1].ms, 2_000);
});

test("a line that is up but dumb is replaced, and what it still says is not heard", () => {
  const { feed, sources, messages, advance } = startFeed();
  advance(24_999);
  feed.reopenIfSilent();
  assert.equal(sources.length, 1);
  advance(1);
  feed.reopenIfSilent();
  assert.equal(sources.length, 2);
  assert.ok(sources[0].closed);
  sources[0].send("tick", {});
  assert.equal(messages.length, 0);
});

test("after stop nothing is opened any more", () => {
  const { feed, sources, advance } = startFeed();
  feed.stop();
  advance(60_000);
  feed.reopenIfSilent();
  assert.equal(sources.length, 1);
});
