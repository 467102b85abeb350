"""TODO."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.dead_letter import DeadLetter
from ioc.core.dead_letter_limit import DEFAULT_LIMIT, DeadLetterLimit
from ioc.core.records import ClockKind, Outgoing, Position, Record, Writes
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.processors.timers import Timers

Key = TypeVar("Key")

Row = TypeVar("Row")


class SliceFold:
    """How a slice moves the position: the clock, what was folded, refused and known already."""

    def __init__(self, before: Position, policy: DeadLetterLimit) -> None:
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


STRAY = Rejection(Reason.WRONG_PARTITION, (FieldError("key", "sent to another partition than the key's"),))


class Folded:
    """One partition of so many: by which catalogue and whose clock it is folded, and how far it is."""

    def __init__(
        self,
        partition: int,
        catalogue: Catalogue,
        clock: ClockKind,
        policy: DeadLetterLimit = DEFAULT_LIMIT,
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
