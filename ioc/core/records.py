"""A lane: one input topic, folded partition by partition, each partition by a pure shard of its own.

What all lanes have in common is here: the records they read, how far they are, what they refuse and what they send
elsewhere. What a shard changes is written in one transaction together with its position, whole or not at all.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from ioc.core.dead_letter_limit import DeadLetterLimit, RejectionCount
from ioc.core.editions import Edition
from ioc.core.rejections import Rejection
from ioc.core.times import Instant, to_rfc3339
from ioc.core.topics import MAX_EVENT_BYTES, MAX_RECORD_BYTES, Topic

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

# A record can have very many faults; as many are named as fit.
MAX_REASON = 8192
_OURS = "ioc-error-"
_POLICY = DeadLetterLimit()


class DeadLetter(Struct, frozen=True, gc=False):
    """A refused record, whole, and why."""

    record: Record
    rejection: Rejection

    @property
    def is_cut(self) -> bool:
        """True when the record is too large to be written again: unpacked it can be larger than any that gets in."""
        return len(self.record.value or b"") > MAX_RECORD_BYTES

    @property
    def value(self) -> bytes | None:
        """The record's value, or of one that is too large its beginning; the whole lies where it came from."""
        return (self.record.value or b"")[:MAX_EVENT_BYTES] if self.is_cut else self.record.value

    def write(self, topic: Topic, partition: int) -> Write:
        """Return the refused record as it came, with the reason in headers: text, and nothing of what it says."""
        record = self.record
        told = {
            "ioc-error-reason": str(self.rejection)[:MAX_REASON],
            "ioc-error-stage": "fold",
            "ioc-error-topic": topic,
            "ioc-error-partition": str(partition),
            "ioc-error-offset": str(record.offset),
            "ioc-error-time": to_rfc3339(record.appended),
        }
        if self.is_cut:
            told["ioc-error-cut"] = f"{len(record.value or b'')} bytes; whole at its topic, partition and offset"
        headers = [(name, text) for name, text in record.headers if not name.startswith(_OURS)]
        return Write(record.key, self.value, (*headers, *((name, text.encode()) for name, text in told.items())))


def position_key(topic: Topic, partition: int) -> bytes:
    """Return the key of a partition's own records, its position and its heartbeat: the events' is its bare number."""
    return str(partition).encode() if topic is Topic.EVENTS else f"{topic}/{partition}".encode()
