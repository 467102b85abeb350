"""The messages of the live feed, written once for all screens, and folded for those that fall behind."""

import zlib
from collections.abc import Mapping
from functools import cached_property, lru_cache

import msgspec
from msgspec import Raw

from api.http.json import Json

# What a row is now; None takes it away.
Rows = Mapping[str, Raw | None]


class Message:
    """One message of the feed. After one without a position a screen goes on from where it was before.

    A message of rows tells of each by its id; of any other the last says all there is to say.
    """

    def __init__(self, position: str | None, kind: str, body: Json, rows: Rows | None = None) -> None:
        self.position = position
        self.kind = kind
        self.rows = rows
        self._body = body

    @property
    def body(self) -> Json:
        """What it says."""
        if self.rows is None:
            return self._body
        upserts = [row for row in self.rows.values() if row is not None]
        return {"upserts": upserts, "removed": [id for id, row in self.rows.items() if row is None]}

    def placed(self, position: str | None) -> "Message":
        """Return the same with another position, or with none."""
        return self if position == self.position else Message(position, self.kind, self._body, self.rows)

    @cached_property
    def written(self) -> bytes:
        """The message as server-sent event."""
        return self._write()

    def _write(self) -> bytes:
        id = b"" if self.position is None else f"id: {self.position}\n".encode()
        return b"%sevent: %s\ndata: %s\n\n" % (id, self.kind.encode(), msgspec.json.encode(self.body))

    @cached_property
    def packed(self) -> bytes:
        """The same as a piece of any stream of gzip: it refers to nothing before it."""
        return packed(self._write())


def packed(text: bytes) -> bytes:
    """Return a text as a piece that any stream of gzip can go on with, once it has begun with `GZIP`."""
    packer = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


# The head of a stream of gzip: deflated, of no time and no system.
GZIP = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def of_rows(position: str | None, kind: str, rows: Rows) -> Message:
    """Return a message that tells of rows."""
    return Message(position, kind, {}, rows)


@lru_cache(16)
def folded(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return fewer messages that say the same: one of each kind of rows, then the last of each other kind.

    Only the last has a position: a line that breaks between them must go on from before all of them. Screens that are
    behind are so together, mostly: what is folded for one is not written and packed for each again.
    """
    rows: dict[str, dict[str, Raw | None]] = {}
    last: dict[str, Message] = {}
    for message in messages:
        last[message.kind] = message
        if message.rows is not None:
            rows.setdefault(message.kind, {}).update(message.rows)
    for kind, known in rows.items():
        last[kind] = of_rows(None, kind, known)
    *before, final = sorted(last.values(), key=lambda one: one.rows is None)
    position = next(one.position for one in reversed(messages) if one.position is not None)
    return (*(one.placed(None) for one in before), final.placed(position))
