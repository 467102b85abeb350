"""The records a partition processor reads and writes, and the position it has reached.

A processor folds one partition of one input topic. Its changes are written in one transaction together with its
position: all of them or none.
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
    """Which clock deadlines run by: the wall clock in operation, the time of the events in a replay."""

    WALL = "wall"
    EVENT = "event"


class Record(Struct, frozen=True, gc=False):
    """A record of the input topic. `appended` is the broker's own time stamp (ms)."""

    offset: int
    appended: Instant
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Position(Struct, frozen=True, omit_defaults=True, gc=False):
    """How far a partition has been folded. `next` is the offset of the first record that has not been.

    `folded`, `refused` and `duplicates` count records. `editions` are the editions of the catalogue the partition was
    folded by; the last one is in force.
    """

    next: int = 0
    clock: Instant = 0
    folded: int = 0
    refused: int = 0
    duplicates: int = 0
    recent: RejectionCount = RejectionCount()
    editions: tuple[Edition, ...] = ()


class Outgoing(Struct, frozen=True, gc=False):
    """A record for any partition: it goes to the one its key belongs to, whichever worker owns that."""

    topic: Topic
    key: bytes
    value: bytes | None
    headers: Headers = ()


class Write(Struct, frozen=True, gc=False):
    """A record of the folded partition: it goes to the partition with the same number."""

    key: bytes | None
    value: bytes | None
    headers: Headers = ()


Writes = Iterable[tuple[Topic, Iterable[Write]]]


def position_key(topic: Topic, partition: int) -> bytes:
    """Return the key of a partition's position and heartbeat: its number; of topics besides the events `topic/n`."""
    return str(partition).encode() if topic is Topic.EVENTS else f"{topic}/{partition}".encode()
