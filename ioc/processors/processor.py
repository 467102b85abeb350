"""The base of all processors: one partition of an input topic, its state, and the pure fold over it.

No Kafka here. A fold leaves states and position alone and returns a change set. The journal writes that in one
transaction, and only then is it applied. What is derived from the states, such as timers, moves at once: a worker that
could not write its changes stops, and rebuilds everything from what is committed.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.dead_letter_limit import DEFAULT_LIMIT, DeadLetterLimit
from ioc.core.editions import with_edition
from ioc.core.partitioner import partition_of
from ioc.core.records import ClockKind, Position, Record
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.processors.change_set import ChangeSet
from ioc.processors.timers import Timers

ChangeSetT = TypeVar("ChangeSetT", bound=ChangeSet)


class StateGauge(StrEnum):
    """What a processor counts of the state it holds."""

    STATES = "states"
    PENDING = "pending"


class PartitionProcessor(ABC, Generic[ChangeSetT]):
    """One partition of an input topic. A subclass is one kind of processor, with its own change set.

    `input` is the topic that is folded, `tables` are the compacted topics from which the state is restored. `pending`
    counts the incidents whose report has not come; only the processor of incidents has any.
    """

    input: ClassVar[Topic]
    tables: ClassVar[Sequence[Topic]]
    pending = 0

    def __init__(
        self,
        partition: int,
        catalogue: Catalogue,
        clock: ClockKind,
        dead_letter_limit: DeadLetterLimit = DEFAULT_LIMIT,
        partitions: int = 1,
    ) -> None:
        self.partition = partition
        self.partitions = partitions
        self.catalogue = catalogue
        self.clock = clock
        self.dead_letter_limit = dead_letter_limit
        self.timers = Timers()
        self.position = Position()
        self.reset()

    def owns(self, key: str) -> bool:
        """True when records with this key belong to this partition."""
        return partition_of(key.encode(), self.partitions) == self.partition

    def use_catalogue(self, catalogue: Catalogue) -> None:
        """Fold by this catalogue from now on."""
        self.catalogue = catalogue

    @abstractmethod
    def reset(self) -> None:
        """Begin with no state at all."""

    @abstractmethod
    def restore(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Take back one committed record of a table; None is a tombstone."""

    @abstractmethod
    def build_indexes(self) -> None:
        """Build what is derived from the states, once all of them are restored."""

    @abstractmethod
    def fold(self, records: Sequence[Record]) -> ChangeSetT:
        """Return what a slice of records changes. The caller leaves out records that were folded before."""

    @abstractmethod
    def tick(self, now: Instant, limit: int, late_input: bool = False) -> ChangeSetT:
        """Return what the timers that are due at `now` change, at most `limit` of them.

        `late_input` says that input from before `now` may still wait to be folded.
        """

    def reevaluate(self, batch_size: int, last: str | None = None) -> Iterator[ChangeSetT]:
        """Yield what a new edition of the catalogue changes, `batch_size` states at a time, up to the state `last`.

        Each change set must be applied before the next is asked for. Where nothing depends on the catalogue before the
        next record comes, as here, the position notes the new edition and there is nothing to yield.
        """
        position = self.position
        editions = with_edition(position.editions, self.catalogue.edition, position.next)
        self.position = replace(position, editions=editions)
        return iter(())

    @abstractmethod
    def apply(self, changes: ChangeSetT) -> None:
        """Take over changes that are safely written."""

    @property
    @abstractmethod
    def state_count(self) -> int:
        """How many states are held in memory."""

    def gauges(self) -> Mapping[StateGauge, int]:
        """Return what the metrics show of the state."""
        return {StateGauge.STATES: self.state_count}
