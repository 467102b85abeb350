"""A lane: one input topic, folded partition by partition, each partition by a pure shard of its own.

What all lanes have in common is here: the records they read, how far they are, what they refuse and what they send
elsewhere. What a shard changes is written in one transaction together with its position, whole or not at all.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from ioc.core.dead_letter_limit import RejectionCount
from ioc.core.editions import Edition
from ioc.core.times import Instant
from ioc.core.topics import Topic

Headers = Sequence[tuple[str, bytes | None]]


class ClockKind(StrEnum):
    """Whose clock rules: the wall's in operation, the events' own in a replay."""

    WALL = "wall"
    EVENT = "event"


class Record(Struct, frozen=True, gc=False):
    """A record of the input as a fold sees it. `appended` is the broker's own time stamp (ms)."""

    offset: int
    appended: Instant
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Position(Struct, frozen=True, omit_defaults=True, gc=False):
    """How far a partition has been folded. `next` is the offset of the first record not yet folded.

    `editions` are those of the catalogue it was folded by, the one in force last.
    """

    next: int = 0
    clock: Instant = 0
    folded: int = 0
    refused: int = 0
    duplicates: int = 0
    recent: RejectionCount = RejectionCount()
    editions: tuple[Edition, ...] = ()


class Outgoing(Struct, frozen=True, gc=False):
    """A record that a fold sends elsewhere: it goes to the partition its key belongs to, whoever owns that."""

    topic: Topic
    key: bytes
    value: bytes | None
    headers: Headers = ()


class Write(Struct, frozen=True, gc=False):
    """A record of a partition's own: it goes to the partition number that was folded."""

    key: bytes | None
    value: bytes | None
    headers: Headers = ()


Writes = Iterable[tuple[Topic, Iterable[Write]]]


def position_key(topic: Topic, partition: int) -> bytes:
    """Return the key of a partition's own records, its position and its heartbeat: the events' is its bare number."""
    return str(partition).encode() if topic is Topic.EVENTS else f"{topic}/{partition}".encode()
