"""The processor of incidents: the incidents, items, aggregates and timers of one partition.

A replay of the same records gives the same changes.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.editions import Edition, with_edition, with_settled
from ioc.core.records import Record
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.figures.aggregates import Aggregate, Cell, LocalDays, decode_key
from ioc.figures.minute_index import MinuteIndex
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import OPEN, State
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incident_slice_fold import IncidentSliceFold
from ioc.processors.processor import PartitionProcessor, StateGauge
from ioc.processors.serde import (
    decode_aggregate,
    decode_incident,
    decode_incident_head,
    decode_item,
    decode_item_head,
)
from ioc.processors.state_store import StateStore
from ioc.processors.timers import Timers


class IncidentProcessor(PartitionProcessor[IncidentChangeSet]):
    """The incidents of one partition. `timers` are those of their deadlines."""

    input = Topic.EVENTS
    tables = (Topic.INCIDENTS, Topic.ITEMS, Topic.AGGREGATES)

    def reset(self) -> None:
        """Begin with no incident and no item."""
        self.pending = 0
        self.local_days = LocalDays(self.catalogue.zone)
        self.incidents = StateStore(decode_incident)
        self.items = StateStore(decode_item)
        self.aggregates: dict[Cell, Aggregate] = {}
        self.item_timers = Timers()
        self.minute_index = MinuteIndex()

    def use_catalogue(self, catalogue: Catalogue) -> None:
        """Fold by this catalogue from now on; its city may have another time zone."""
        super().use_catalogue(catalogue)
        self.local_days = LocalDays(catalogue.zone)

    @property
    def state_count(self) -> int:
        """How many incidents are held in memory."""
        return len(self.incidents)

    def gauges(self) -> Mapping[StateGauge, int]:
        """Return how many incidents are held, and how many of them wait for their report."""
        return {**super().gauges(), StateGauge.PENDING: self.pending}

    def restore(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Take back an incident, an item or an aggregate."""
        if topic is Topic.ITEMS:
            self.items.put(key.decode(), value)
        elif topic is Topic.AGGREGATES:
            self._restore_aggregate(decode_key(key)[1], value)
        else:
            self.incidents.put(key.decode(), value)

    def _restore_aggregate(self, cell: Cell, value: bytes | None) -> None:
        if value is None:
            self.aggregates.pop(cell, None)
        else:
            self.aggregates[cell] = decode_aggregate(value)

    def build_indexes(self) -> None:
        """Build the timers, the count of pending incidents and the index of minutes."""
        self.pending, due = 0, dict[str, Instant]()
        for incident_id, encoded in self.incidents.encoded():
            head = decode_incident_head(encoded)
            self.pending += head.state is State.PENDING
            if head.next_at is not None:
                due[incident_id] = head.next_at
        self.timers = Timers(due)
        items = self.items.encoded()
        self.item_timers = Timers((item_id, decode_item_head(encoded).last) for item_id, encoded in items)
        self.minute_index = MinuteIndex()
        for cell in self.aggregates:
            self.minute_index.add(cell)

    def fold(self, records: Sequence[Record]) -> IncidentChangeSet:
        """Return what a slice of events changes."""
        fold = IncidentSliceFold(self)
        fold.changes.position = fold.take_all(records)
        fold.aggregate()
        fold.expire()
        return fold.changes.seal()

    def tick(self, now: Instant, limit: int, late_input: bool = False) -> IncidentChangeSet:
        """Return what the deadlines reached by `now` change, at most `limit` of them."""
        fold = IncidentSliceFold(self)
        fold.now = now
        fold.fire(now, limit, late_input)
        fold.aggregate()
        return fold.changes.seal()

    def reevaluate(self, batch_size: int, last: str | None = None) -> Iterator[IncidentChangeSet]:
        """Yield what a new edition of the catalogue changes in the open incidents; nothing when none is new.

        The position says how far it came, so that a worker that was interrupted goes on from there.
        """
        editions = with_edition(self.position.editions, self.catalogue.edition, self.position.next)
        start_after = editions[-1].settled_to
        if start_after is None:
            self.position = replace(self.position, editions=editions)
            return
        facts = [] if editions == self.position.editions else [self._edition_fact(editions[-1])]
        ids = sorted(self._open_between(start_after, last))
        for start in range(0, len(ids) or 1, batch_size):
            batch = ids[start : start + batch_size]
            fold = IncidentSliceFold(self)
            fold.reevaluate(batch, editions[-1].cause)
            fold.aggregate()
            settled_to = batch[-1] if start + batch_size < len(ids) else last
            fold.changes.position = replace(self.position, editions=with_settled(editions, settled_to))
            fold.changes.facts += facts
            yield fold.changes.seal()
            facts = []

    def _open_between(self, start_after: str, last: str | None) -> Iterator[str]:
        """Yield the ids of open incidents behind `start_after`, up to `last`; None is no limit."""
        for incident_id, encoded in self.incidents.encoded():
            is_between = start_after < incident_id and (last is None or incident_id <= last)
            if is_between and decode_incident_head(encoded).state in OPEN:
                yield incident_id

    def _edition_fact(self, edition: Edition) -> Fact:
        clock, changes = self.position.clock, {"edition": edition.edition, "first": edition.first}
        return Fact(f"{self.partition}/{edition.cause}", FactKind.CATALOGUE, "", clock, clock, changes=changes)

    def apply(self, changes: IncidentChangeSet) -> None:
        """Take over changes that are safely written."""
        for incident_id, encoded in changes.encoded[Topic.INCIDENTS].items():
            self.incidents.put(incident_id, encoded, changes.incidents[incident_id])
        for item_id, encoded in changes.encoded[Topic.ITEMS].items():
            self.items.put(item_id, encoded, changes.items[item_id])
        self.pending += changes.pending
        for cell, window in changes.aggregates.items():
            self._apply_aggregate(cell, window)
        self.position = changes.position

    def _apply_aggregate(self, cell: Cell, window: Aggregate | None) -> None:
        if window is None:
            self.aggregates.pop(cell, None)
            self.minute_index.drop(cell)
        else:
            self.aggregates[cell] = window
            self.minute_index.add(cell)
