"""The live feed: what changed, numbered, kept for a while, and handed to every screen at its own pace."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from time import monotonic

from api.feed.message import Message, Rows, folded
from api.feed.screen_rows import MOST_OPEN, Shown
from api.feed.tick import tick
from api.figures.summary import figures
from api.http.json import Json, encoded
from api.read_model.read_model import ReadModel
from ioc.core.times import SECOND, Instant, Millis, to_rfc3339

COALESCE: Millis = 50
# With many screens a round takes its time: the next waits so many times as long, for the others' sake.
REST = 2
FIGURES_EVERY: Millis = 1 * SECOND
TICK_EVERY: Millis = 5 * SECOND
# A snapshot serves all screens that come within this time; each is told what has changed since.
SNAPSHOT_EVERY: Millis = 2 * SECOND
RING = 2_000
# A screen this far behind gets its pending messages folded into one; with this many rows it starts anew.
PENDING = 16
MOST_ROWS = 5_000
# Digits; a longer number was never given, and reading it would cost.
LONGEST_POSITION = 18


class Client:
    """What one screen has still to be told; never more than a screenful, however slow it is."""

    def __init__(self) -> None:
        self.pending: list[Message] = []
        self.overrun = False
        self.closed = False
        self._arrived = asyncio.Event()

    def offer(self, message: Message) -> None:
        """Add a message, folding what waits when it grows long."""
        if not self.overrun:
            self.pending.append(message)
        if len(self.pending) > PENDING:
            self.pending = list(folded(tuple(self.pending)))
            self.overrun = any(one.rows is not None and len(one.rows) > MOST_ROWS for one in self.pending)
        if self.overrun:
            self.pending = []
        self._arrived.set()

    def close(self) -> None:
        """End the connection at the next turn."""
        self.closed = True
        self._arrived.set()

    async def take(self) -> list[Message]:
        """Wait for news and return all of it; nothing when the screen must start anew or the feed ends."""
        await self._arrived.wait()
        self._arrived.clear()
        taken, self.pending = self.pending, []
        return taken


class Feed:
    """Turns changes of the read model into messages. `wall` gives the wall's time in ms."""

    def __init__(self, model: ReadModel, wall: Callable[[], Instant], build: str = "dev") -> None:
        self.model = model
        self.wall = wall
        self.build = build
        # Another process numbers other messages: what it calls by a number must never look like ours.
        self.process = token_hex(4)
        self.position = 0
        self._ring: deque[tuple[int, Message]] = deque(maxlen=RING)
        self._clients: set[Client] = set()
        self._shown = Shown(model)
        self._snapshot: tuple[Instant, int, Message] | None = None
        self._figures: Json = {}
        self._figures_at = self._tick_at = 0
        self._changed = asyncio.Event()
        model.wake = self._changed.set

    async def run(self) -> None:
        """Publish changes at once when it was quiet, else every 50 ms, or less often when that takes long."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), FIGURES_EVERY / SECOND)
            self._changed.clear()
            began = monotonic()
            self.step()
            await asyncio.sleep(0)  # the screens' turn
            await asyncio.sleep(max(COALESCE / SECOND, REST * (monotonic() - began)))

    def step(self) -> None:
        """Publish what is due: the rows that changed, the figures, the tick."""
        self.model.mark()
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
        news = self._shown.news()
        if news:
            self._publish("incident", {}, news)

    def _publish_figures(self) -> None:
        """Publish the figures when they say anything new."""
        told = figures(self.model)
        said = {
            name: told[name] for name in ("clock", "stale", "live", "shift", "today", "last_hour", "trend", "groups")
        }
        if said != self._figures:
            self._figures = said
            self._publish("figures", told)

    def _publish_indicators(self) -> None:
        """Publish the sensors of which something is new; a second is soon enough for what is measured by the minute."""
        rows = self.model.sensors.changed()
        if rows:
            self._publish("indicators", {}, {row["id"]: encoded(row) for row in rows})

    def _publish(self, kind: str, body: Json, rows: Rows | None = None) -> None:
        self.position += 1
        message = Message(self._named(self.position), kind, body, rows)
        self._ring.append((self.position, message))
        for client in self._clients:
            client.offer(message)

    def _named(self, position: int) -> str:
        return f"{self.process}-{position}"

    def place(self, id: str) -> int | None:
        """Return the position that an SSE id names; None when this process did not give it."""
        process, _, position = id.partition("-")
        known = process == self.process and position.isdecimal() and len(position) <= LONGEST_POSITION
        return int(position) if known else None

    def since(self, position: int) -> list[Message] | None:
        """Return the messages after a position; None when they are no longer known."""
        if position == self.position:
            return []
        if not self._ring or not self._ring[0][0] - 1 <= position < self.position:
            return None
        return [message for at, message in self._ring if at > position]

    def opening(self) -> list[Message]:
        """Return what a new screen starts from: a snapshot, what changed since, and the tick that sets its clock."""
        self._publish_rows()
        wall, since = self.wall(), None
        if self._snapshot is not None and 0 <= wall - self._snapshot[0] < SNAPSHOT_EVERY:
            since = self.since(self._snapshot[1])
        if self._snapshot is None or since is None:
            self._snapshot, since = (wall, self.position, self._made()), []
        return [self._snapshot[2], *since, Message(None, "tick", tick(self.model, self.build))]

    def _made(self) -> Message:
        body = {
            "cursor": self._named(self.position),
            "now": to_rfc3339(self.model.now()),
            "incidents": self._shown.in_order(),
            "most_open": MOST_OPEN,
            "figures": figures(self.model),
            "indicators": self.model.sensors.rows(),
        }
        return Message(self._named(self.position), "snapshot", body)

    def anew(self) -> list[Message]:
        """Return what makes a screen drop everything and start from a snapshot."""
        return [Message(None, "reset", {}), *self.opening()]

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Join a screen to the feed for as long as it listens."""
        client = Client()
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    def close(self) -> None:
        """End every connection."""
        for client in self._clients:
            client.close()
