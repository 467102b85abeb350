"""The change set: what one slice of records or one tick changes in a partition."""

from collections.abc import Mapping

from msgspec import Struct, field

from ioc.core.dead_letter import DeadLetter
from ioc.core.records import Outgoing, Position, Writes
from ioc.incident.facts import FactKind


class ChangeSet(Struct):
    """All that one slice or one tick changes. It is written in one transaction and then applied, or not at all."""

    position: Position
    dead_letters: list[DeadLetter] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        raise NotImplementedError

    @property
    def state_count(self) -> int:
        """How many states change: incidents, sensors or clusters, by the processor."""
        raise NotImplementedError

    def writes(self, partition: int) -> Writes:
        """Yield the records of the partition's own topics, in the order they are written, without the position."""
        raise NotImplementedError

    def fact_counts(self) -> Mapping[FactKind, int]:
        """Return how many facts of each kind were decided; most processors decide none."""
        return {}
