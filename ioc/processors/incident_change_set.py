"""What a slice of events changes in the incidents, items and aggregates of a partition."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Self

from msgspec import field

from ioc.core.records import Write
from ioc.core.topics import Topic
from ioc.figures.aggregates import Aggregate, Cell, encode_key
from ioc.incident.facts import Fact, FactKind
from ioc.incident.state import Incident
from ioc.office_records.items import Item
from ioc.processors.change_set import ChangeSet
from ioc.processors.serde import encode


class IncidentChangeSet(ChangeSet):
    """The change set of the incident processor.

    None stands for an item or an aggregate that is dropped. `pending` is how many more incidents wait for their report
    than before; it can be negative. The states are encoded once, when the fold is complete: `encoded` holds the bytes
    that are both written to the log and kept in memory.
    """

    incidents: dict[str, Incident] = field(default_factory=dict)
    items: dict[str, Item | None] = field(default_factory=dict)
    aggregates: dict[Cell, Aggregate | None] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    pending: int = 0
    encoded: dict[Topic, dict[str, bytes | None]] = field(default_factory=dict)

    def seal(self) -> Self:
        """Encode the states. Nothing may be changed after this."""
        self.encoded = {
            Topic.INCIDENTS: {incident_id: encode(state) for incident_id, state in self.incidents.items()},
            Topic.ITEMS: {item_id: None if item is None else encode(item) for item_id, item in self.items.items()},
        }
        return self

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        return not (self.incidents or self.items or self.aggregates or self.facts or self.dead_letters or self.outbox)

    @property
    def state_count(self) -> int:
        """How many incidents change."""
        return len(self.incidents)

    def writes(self, partition: int) -> Iterator[tuple[Topic, Iterator[Write]]]:
        """Yield incidents, items, aggregates and facts, in this order."""
        for topic, states in self.encoded.items():
            yield topic, (Write(key.encode(), state) for key, state in states.items())
        aggregates = ((cell, None if window is None else encode(window)) for cell, window in self.aggregates.items())
        yield Topic.AGGREGATES, (Write(encode_key(partition, cell), window) for cell, window in aggregates)
        yield Topic.FACTS, (Write(fact.incident.encode(), encode(fact)) for fact in self.facts)

    def fact_counts(self) -> Mapping[FactKind, int]:
        """Return how many facts of each kind were decided."""
        return Counter(fact.kind for fact in self.facts)
