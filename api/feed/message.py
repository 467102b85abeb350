"""The messages of the live feed: encoded once for all screens, and merged for those that fall behind."""

import zlib
from collections.abc import Mapping
from functools import cached_property, lru_cache

import msgspec
from msgspec import Raw

from api.http.json import Json

# Rows by id as they are now; None for a row that was removed.
FeedRows = Mapping[str, Raw | None]


class FeedMessage:
    """One message of the feed. One without a position does not change where a screen resumes.

    A message of rows changes rows by their ids; of any other kind the last message replaces the earlier ones.
    """

    def __init__(self, position: str | None, kind: str, body: Json, rows: FeedRows | None = None) -> None:
        self.position = position
        self.kind = kind
        self.rows = rows
        self._body = body

    @property
    def body(self) -> Json:
        """The data of the message."""
        if self.rows is None:
            return self._body
        upserts = [row for row in self.rows.values() if row is not None]
        return {"upserts": upserts, "removed": [row_id for row_id, row in self.rows.items() if row is None]}

    def at_position(self, position: str | None) -> "FeedMessage":
        """Return the same message with another position, or with none."""
        return self if position == self.position else FeedMessage(position, self.kind, self._body, self.rows)

    @cached_property
    def encoded(self) -> bytes:
        """The message as a server-sent event."""
        return self._encode()

    def _encode(self) -> bytes:
        event_id = b"" if self.position is None else f"id: {self.position}\n".encode()
        return b"%sevent: %s\ndata: %s\n\n" % (event_id, self.kind.encode(), msgspec.json.encode(self.body))

    @cached_property
    def compressed(self) -> bytes:
        """The message as a block that fits into any gzip stream: it refers to nothing before it."""
        return compress(self._encode())


def compress(text: bytes) -> bytes:
    """Return a text as a block of a gzip stream, which must have begun with `GZIP_HEADER`."""
    compressor = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    return compressor.compress(text) + compressor.flush(zlib.Z_FULL_FLUSH)


# The header of a gzip stream: deflated, without a time, of an unknown system.
GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def rows_message(position: str | None, kind: str, rows: FeedRows) -> FeedMessage:
    """Return a message of rows."""
    return FeedMessage(position, kind, {}, rows)


@lru_cache(16)
def merge_messages(messages: tuple[FeedMessage, ...]) -> tuple[FeedMessage, ...]:
    """Return fewer messages with the same effect: one of each kind of rows, then the last of each other kind.

    Only the last has a position: a connection that breaks between them must resume from before all of them. Screens
    mostly fall behind together: the cache keeps what is merged for one from being encoded for each of them again.
    """
    rows: dict[str, dict[str, Raw | None]] = {}
    last: dict[str, FeedMessage] = {}
    for message in messages:
        last[message.kind] = message
        if message.rows is not None:
            rows.setdefault(message.kind, {}).update(message.rows)
    for kind, merged in rows.items():
        last[kind] = rows_message(None, kind, merged)
    *before, final = sorted(last.values(), key=lambda message: message.rows is None)
    position = next(message.position for message in reversed(messages) if message.position is not None)
    return (*(message.at_position(None) for message in before), final.at_position(position))
