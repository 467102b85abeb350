"""A lane: one input topic, folded partition by partition, each partition by a pure shard of its own.

What all lanes have in common is here: the records they read, how far they are, what they refuse and what they send
elsewhere. What a shard changes is written in one transaction together with its position, whole or not at all.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ioc.catalogue import Catalogue
from ioc.editions import Edition
from ioc.envelopes import Headers
from ioc.errors import Fault, Reason, Refusal
from ioc.refusals import RefusalPolicy, Refusals
from ioc.timers import Timers
from ioc.times import Instant, to_rfc3339
from ioc.topics import MAX_EVENT_BYTES, MAX_RECORD_BYTES, Topic


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
    recent: Refusals = Refusals()
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
_POLICY = RefusalPolicy()
Key = TypeVar("Key")
Row = TypeVar("Row")


class DeadLetter(Struct, frozen=True, gc=False):
    """A refused record, whole, and why."""

    record: Record
    refusal: Refusal

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
            "ioc-error-reason": str(self.refusal)[:MAX_REASON],
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


class Progress:
    """How a slice moves the position: the clock, what was folded, refused and known already."""

    def __init__(self, before: Position, policy: RefusalPolicy) -> None:
        self.now = before.clock
        self.duplicates = 0
        self._before = before
        self._policy = policy

    def take(self, record: Record) -> bool:
        """Fold one record; return whether it was refused."""
        raise NotImplementedError

    def take_all(self, records: Sequence[Record]) -> Position:
        """Fold a slice of records; return how far the partition is folded with it."""
        refused = [self.take(record) for record in records]
        return replace(
            self._before,
            next=records[-1].offset + 1,
            clock=self.now,
            folded=self._before.folded + len(refused),
            refused=self._before.refused + sum(refused),
            duplicates=self._before.duplicates + self.duplicates,
            recent=self._policy.after(self._before.recent, refused),
        )


STRAY = Refusal(Reason.WRONG_PARTITION, (Fault("key", "sent to another partition than the key's"),))


class Folded:
    """One partition of so many: by which catalogue and whose clock it is folded, and how far it is."""

    def __init__(
        self,
        partition: int,
        catalogue: Catalogue,
        clock: ClockKind,
        policy: RefusalPolicy = _POLICY,
        partitions: int = 1,
    ) -> None:
        self.partition = partition
        self.partitions = partitions
        self.catalogue = catalogue
        self.clock = clock
        self.policy = policy
        self.timers = Timers()
        self.position = Position()
        self.begin()

    def begin(self) -> None:
        """Begin with no state at all."""
        raise NotImplementedError


def put(table: dict[Key, Row], key: Key, row: Row | None) -> None:
    """Put a row in its place in a table; None takes away what is there."""
    if row is None:
        table.pop(key, None)
    else:
        table[key] = row


class Changed(Protocol):
    """All that a slice or a tick changes."""

    position: Position
    outbox: list[Outgoing]
    dead_letters: list[DeadLetter]

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""

    def writes(self, partition: int) -> Writes:
        """Yield what is written to the partition's own number of each topic, without the position."""


Changes = TypeVar("Changes", bound=Changed)


class Shard(Protocol[Changes]):
    """The state of one partition of a lane, and the pure fold over it."""

    partition: int
    partitions: int
    clock: ClockKind
    position: Position
    timers: Timers

    @property
    def input(self) -> Topic:
        """The topic that is folded."""

    @property
    def tables(self) -> Sequence[Topic]:
        """The compacted topics its state is put back from."""

    @property
    def held(self) -> int:
        """How many states it holds in memory."""

    def put_back(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Take back one record of a table."""

    def index(self) -> None:
        """Build what is derived anew, once all is put back."""

    def fold(self, records: Sequence[Record]) -> Changes:
        """Return what a slice of records changes. Records already folded are the caller's to leave out."""

    def tick(self, now: Instant, most: int, late_input: bool = False) -> Changes:
        """Return what the moments reached by `now` change, at most `most` of them."""

    def apply(self, changes: Changes) -> None:
        """Take over changes that are safely written."""


def position_key(topic: Topic, partition: int) -> bytes:
    """Return the key of a partition's own records, its position and its heartbeat: the events' is its bare number."""
    return str(partition).encode() if topic is Topic.EVENTS else f"{topic}/{partition}".encode()
