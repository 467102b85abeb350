"""What a slice of events changes in a partition of the city, and what of it is written where."""

from collections.abc import Iterator
from typing import Self

from msgspec import Struct, field

from ioc.core.dead_letter import DeadLetter
from ioc.core.records import Outgoing, Position, Write
from ioc.core.topics import Topic
from ioc.figures.aggregates import Aggregate, Cell, encode_key
from ioc.incident.facts import Fact
from ioc.incident.state import Incident
from ioc.office_records.items import Item
from ioc.processors.serde import encode


class IncidentChangeSet(Struct):
    """All that one slice of records or one tick changes; written and applied whole, or not at all.

    An item or a window that is None is let go of; `pending` counts how many incidents more wait for their report. Once
    all is folded the states are encoded, once: `encoded` are the bytes of incidents and items that are written and are
    kept.
    """

    position: Position
    incidents: dict[str, Incident] = field(default_factory=dict)
    items: dict[str, Item | None] = field(default_factory=dict)
    aggregates: dict[Cell, Aggregate | None] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)
    pending: int = 0
    encoded: dict[Topic, dict[str, bytes | None]] = field(default_factory=dict)

    def seal(self) -> Self:
        """Encode the states: nothing is changed any more."""
        self.encoded = {
            Topic.INCIDENTS: {id: encode(state) for id, state in self.incidents.items()},
            Topic.ITEMS: {id: None if item is None else encode(item) for id, item in self.items.items()},
        }
        return self

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        own = self.incidents or self.items or self.aggregates or self.facts
        return not (own or self.dead_letters or self.outbox)

    def writes(self, partition: int) -> Iterator[tuple[Topic, Iterator[Write]]]:
        """Yield what is written to the partition's own number of each topic, without the position."""
        for topic, states in self.encoded.items():
            yield topic, (Write(id.encode(), state) for id, state in states.items())
        windows = ((cell, None if one is None else encode(one)) for cell, one in self.aggregates.items())
        yield Topic.AGGREGATES, (Write(encode_key(partition, cell), window) for cell, window in windows)
        yield Topic.FACTS, (Write(fact.incident.encode(), encode(fact)) for fact in self.facts)
