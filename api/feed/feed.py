"""The live feed: changes as numbered messages, kept for a while, and sent to every screen at its own pace."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from time import monotonic

from api.feed.client import FeedClient
from api.feed.message import FeedMessage, FeedRows
from api.feed.screen_rows import MAX_OPEN, ScreenRows
from api.feed.tick import tick
from api.figures.summary import figures
from api.http.json import Json, raw_json
from api.read_model.read_model import ReadModel
from ioc.core.times import SECOND, Instant, Millis, to_rfc3339

COALESCE: Millis = 50
# With many screens a round takes long: before the next, this many times as long is left to other tasks.
REST = 2
FIGURES_EVERY: Millis = 1 * SECOND
TICK_EVERY: Millis = 5 * SECOND
# A snapshot serves all screens that come within this time; each gets the messages since as well.
SNAPSHOT_EVERY: Millis = 2 * SECOND
# This many messages are kept for screens that reconnect.
RING_SIZE = 2_000
# A position with more digits was never assigned, and to parse it would cost.
MAX_DIGITS = 18

# The figures that count as changed; the rest follow the clock.
_COMPARED = ("clock", "stale", "live", "shift", "today", "last_hour", "trend", "groups")


class Feed:
    """Turns changes of the read model into messages. `wall` returns the wall clock in ms."""

    def __init__(self, model: ReadModel, wall: Callable[[], Instant], build: str = "dev") -> None:
        self.model = model
        self.wall = wall
        self.build = build
        # Another process numbers other messages: their ids must never look like ours.
        self.process = token_hex(4)
        self.position = 0
        self._ring: deque[tuple[int, FeedMessage]] = deque(maxlen=RING_SIZE)
        self._clients: set[FeedClient] = set()
        self._rows = ScreenRows(model)
        self._snapshot: tuple[Instant, int, FeedMessage] | None = None
        self._figures: Json = {}
        self._figures_at = self._tick_at = 0
        self._changed = asyncio.Event()
        model.wake = self._changed.set

    async def run(self) -> None:
        """Publish changes at once after a quiet time, else every 50 ms, or less often when publishing takes long."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), FIGURES_EVERY / SECOND)
            self._changed.clear()
            start = monotonic()
            self.step()
            await asyncio.sleep(0)  # lets the screens take their messages
            await asyncio.sleep(max(COALESCE / SECOND, REST * (monotonic() - start)))

    def step(self) -> None:
        """Publish what is due: the rows that changed, the figures, the tick."""
        self.model.refresh_maintenance()
        self._publish_rows()
        wall = self.wall()
        if wall - self._figures_at >= FIGURES_EVERY:
            self._figures_at = wall
            self._publish_figures()
            self._publish_indicators()
        if wall - self._tick_at >= TICK_EVERY:
            self._tick_at = wall
            self._publish("tick", tick(self.model, self.build))

    def _publish_rows(self) -> None:
        changes = self._rows.update()
        if changes:
            self._publish("incident", {}, changes)

    def _publish_figures(self) -> None:
        """Publish the figures when any but their time has changed."""
        body = figures(self.model)
        compared = {name: body[name] for name in _COMPARED}
        if compared != self._figures:
            self._figures = compared
            self._publish("figures", body)

    def _publish_indicators(self) -> None:
        """Publish the sensors that have changed; once a second is often enough for what is measured by the minute."""
        rows = self.model.sensors.take_changes()
        if rows:
            self._publish("indicators", {}, {row["id"]: raw_json(row) for row in rows})

    def _publish(self, kind: str, body: Json, rows: FeedRows | None = None) -> None:
        self.position += 1
        message = FeedMessage(self._event_id(), kind, body, rows)
        self._ring.append((self.position, message))
        for client in self._clients:
            client.offer(message)

    def _event_id(self) -> str:
        """Return the SSE id of the latest message."""
        return f"{self.process}-{self.position}"

    def position_of(self, event_id: str) -> int | None:
        """Return the position that an SSE id names; None when the id is not of this process."""
        process, _, position = event_id.partition("-")
        is_ours = process == self.process and position.isdecimal() and len(position) <= MAX_DIGITS
        return int(position) if is_ours else None

    def messages_after(self, position: int) -> list[FeedMessage] | None:
        """Return the messages after a position; None when they are no longer kept."""
        if position == self.position:
            return []
        if not self._ring or not self._ring[0][0] - 1 <= position < self.position:
            return None
        return [message for at, message in self._ring if at > position]

    def opening(self) -> list[FeedMessage]:
        """Return what a new screen starts from: a snapshot, the messages since, and the tick that sets its clock."""
        self._publish_rows()
        wall, messages = self.wall(), None
        if self._snapshot is not None and 0 <= wall - self._snapshot[0] < SNAPSHOT_EVERY:
            messages = self.messages_after(self._snapshot[1])
        if self._snapshot is None or messages is None:
            self._snapshot, messages = (wall, self.position, self._new_snapshot()), []
        return [self._snapshot[2], *messages, FeedMessage(None, "tick", tick(self.model, self.build))]

    def _new_snapshot(self) -> FeedMessage:
        body = {
            "cursor": self._event_id(),
            "now": to_rfc3339(self.model.now()),
            "incidents": self._rows.in_order(),
            "most_open": MAX_OPEN,
            "figures": figures(self.model),
            "indicators": self.model.sensors.rows(),
        }
        return FeedMessage(self._event_id(), "snapshot", body)

    def reset(self) -> list[FeedMessage]:
        """Return the messages that make a screen drop everything and start from a snapshot."""
        return [FeedMessage(None, "reset", {}), *self.opening()]

    @contextmanager
    def client(self) -> Iterator[FeedClient]:
        """Connect a screen to the feed for as long as the context lasts."""
        client = FeedClient()
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    def close(self) -> None:
        """End every connection."""
        for client in self._clients:
            client.close()
