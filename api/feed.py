"""The live feed: what changed, numbered, kept for a while, and handed to every screen at its own pace."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import NamedTuple

import msgspec

from api.figures import figures
from api.read_model import ReadModel
from api.rows import Json, row
from api.tick import tick
from ioc.lifecycle import State
from ioc.times import HOUR, SECOND, Instant, Millis, to_rfc3339

COALESCE: Millis = 50
FIGURES_EVERY: Millis = 1 * SECOND
TICK_EVERY: Millis = 5 * SECOND
# How long a closed incident stays on the screens.
CLOSED_SHOWN: Millis = 1 * HOUR
RING = 2_000
# A screen this far behind gets its pending messages folded into one; with this many rows it starts anew.
PENDING = 16
MOST_ROWS = 5_000
# The messages that tell of changed rows; the last of any other says all there is to say.
OF_ROWS = ("incident", "indicators")
# Digits; a longer number was never given, and reading it would cost.
LONGEST_POSITION = 18


class Message(NamedTuple):
    """One message of the feed. After one without a position a screen goes on from where it was before."""

    position: int | None
    kind: str
    body: Json

    def encode(self, process: str) -> bytes:
        """Return the message as server-sent event, with an id that only this process gives."""
        body = msgspec.json.encode(self.body)
        id = b"" if self.position is None else f"id: {process}-{self.position}\n".encode()
        return b"%sevent: %s\ndata: %s\n\n" % (id, self.kind.encode(), body)


def folded(messages: list[Message]) -> list[Message]:
    """Return fewer messages that say the same: one of each kind of rows, then the last of each other kind.

    Only the last has a position: a line that breaks between them must go on from before all of them.
    """
    rows: dict[str, dict[str, Json | None]] = {}
    last: dict[str, Message] = {}
    for message in messages:
        last[message.kind] = message
        if message.kind in OF_ROWS:
            known = rows.setdefault(message.kind, {})
            known.update({one["id"]: one for one in message.body["upserts"]})
            known.update(dict.fromkeys(message.body["removed"]))
    for kind, known in rows.items():
        upserts, removed = [one for one in known.values() if one], [id for id, one in known.items() if not one]
        last[kind] = last[kind]._replace(body={"upserts": upserts, "removed": removed})
    *before, final = sorted(last.values(), key=lambda one: one.kind not in OF_ROWS)
    position = max(one.position for one in messages if one.position is not None)
    return [*(one._replace(position=None) for one in before), final._replace(position=position)]


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
            self.pending = folded(self.pending)
            self.overrun = any(len(one.body.get("upserts", ())) > MOST_ROWS for one in self.pending)
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
        self._shown: set[str] = set()
        self._figures: Json = {}
        self._figures_at = self._tick_at = 0
        self._changed = asyncio.Event()
        model.wake = self._changed.set

    async def run(self) -> None:
        """Publish changes at once when it was quiet, else every 50 ms."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), FIGURES_EVERY / SECOND)
            self._changed.clear()
            self.step()
            await asyncio.sleep(COALESCE / SECOND)

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
        now = self.model.now()
        visible = {id for id in self.model.dirty if self._visible(id, now)}
        removed = sorted((self.model.dirty & self._shown) - visible)
        self.model.dirty.clear()
        self._shown = (self._shown - set(removed)) | visible
        rows = [row(card, now) for id in sorted(visible) if (card := self.model.card(id)) is not None]
        if rows or removed:
            self._publish("incident", {"upserts": rows, "removed": removed})

    def _visible(self, id: str, now: Instant) -> bool:
        card = self.model.card(id)
        if card is None or card.incident.state is State.MERGED:
            return False
        return card.is_open or (card.incident.closed_at or 0) >= now - CLOSED_SHOWN

    def _publish_figures(self) -> None:
        """Publish the figures when they say anything new, and let go of incidents closed long ago."""
        now = self.model.now()
        aged = {id for id in self._shown if not self._visible(id, now)}
        self.model.dirty |= aged
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
            self._publish("indicators", {"upserts": rows, "removed": []})

    def _publish(self, kind: str, body: Json) -> None:
        self.position += 1
        message = Message(self.position, kind, body)
        self._ring.append((self.position, message))
        for client in self._clients:
            client.offer(message)

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
        """Return the snapshot that a new screen starts from, and the tick that sets its clock."""
        now = self.model.now()
        cards = [*self.model.open_cards(), *self.model.closed_since(now - CLOSED_SHOWN)]
        self._shown.update(card.incident.id for card in cards)
        body = {
            "cursor": f"{self.process}-{self.position}",
            "now": to_rfc3339(now),
            "incidents": [row(card, now) for card in sorted(cards, key=lambda card: card.order)],
            "figures": figures(self.model),
            "indicators": self.model.sensors.rows(),
        }
        return [
            Message(self.position, "snapshot", body),
            Message(None, "tick", tick(self.model, self.build)),
        ]

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
