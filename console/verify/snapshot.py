"""What one partition's fold writes: as it was found on the topics, as it should be, and what is in motion meanwhile."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ioc.core.dead_letter import DeadLetter
from ioc.core.records import ClockKind, Position, Record
from ioc.core.times import SECOND, Instant, Millis
from ioc.core.topics import Topic
from ioc.figures.aggregates import Aggregate, Cell
from ioc.incident.facts import Fact
from ioc.incident.payloads import Reporter
from ioc.incident.state import Incident
from ioc.office_records.items import Item
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.serde import decode_reporter

RefusedRecord = tuple[int, tuple[bytes | None, bytes | None]]
"""A dead letter: the offset of the refused record, its key and as much of its value as is kept."""


def refused_record(dead: DeadLetter) -> RefusedRecord:
    """Return what is compared of a dead letter."""
    return dead.record.offset, (dead.record.key, dead.value)


SentRecord = tuple[bytes, bytes]
"""An event of the centre's own, or a sighting: its key and value."""

SentCounts = Counter[SentRecord]
"""How often each was sent."""

_TOLD = (Topic.EVENTS, Topic.SIGHTINGS)


def sent_records(changes: IncidentChangeSet) -> Iterator[SentRecord]:
    """Yield the events that changes send to incidents, and the sightings."""
    return ((one.key, one.value) for one in changes.outbox if one.topic in _TOLD and one.value is not None)


def reporter_records(changes: IncidentChangeSet) -> Iterator[tuple[str, bytes | None]]:
    """Yield what changes tell of who reported which incident."""
    return ((one.key.decode(), one.value) for one in changes.outbox if one.topic is Topic.REPORTERS)


@dataclass
class IncidentOutput:
    """All that the fold of a partition has written up to a position."""

    partition: int
    incidents: dict[str, Incident] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict, kw_only=True)
    windows: dict[Cell, Aggregate] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    dead_letters: list[RefusedRecord] = field(default_factory=list)
    position: Position = field(default_factory=Position)
    reporters: dict[str, Reporter] = field(default_factory=dict, kw_only=True)
    told: Counter[SentRecord] = field(default_factory=Counter, kw_only=True)

    def identify(self, incident: str, told: bytes | None) -> None:
        """Take over what a record says of who reported an incident."""
        self.reporters.pop(incident, None)
        if told is not None:
            self.reporters[incident] = decode_reporter(told)


@dataclass
class IncidentSnapshot(IncidentOutput):
    """What was read from the topics, while events may have kept coming.

    `position` was read before all the rest, `later` after it. `touched` tells when (ms) something about an incident
    was last written: its state or a fact. `unreadable` are the places of records that are none of the streams'.
    """

    later: Position = field(default_factory=Position)
    touched: dict[str, Instant] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def touch(self, incident: str, at: Instant) -> None:
        """Note that something about an incident was written."""
        self.touched[incident] = max(at, self.touched.get(incident, 0))


@dataclass
class PartitionSnapshot:
    """What was read of a partition of another lane. `position` was read before all the rest, `later` after it."""

    partition: int
    position: Position
    later: Position = field(default_factory=Position)
    dead_letters: list[RefusedRecord] = field(default_factory=list, kw_only=True)
    log: list[Record] = field(default_factory=list, kw_only=True)

    @property
    def is_whole(self) -> bool:
        """True while the log still holds its first record: what is older than its retention is gone."""
        return not self.log or self.log[0].offset == 0


@dataclass
class IncidentMotion:
    """What the records between the two positions touch: each may be found as before, as after, or in between."""

    position: Position = field(default_factory=Position)
    incidents: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)
    windows: set[Cell] = field(default_factory=set)
    facts: list[Fact] = field(default_factory=list)
    dead_letters: list[RefusedRecord] = field(default_factory=list)
    reporters: set[str] = field(default_factory=set)
    told: Counter[SentRecord] = field(default_factory=Counter)

    def take(self, changes: IncidentChangeSet) -> None:
        """Note what a slice of these records touches."""
        self.incidents |= changes.incidents.keys()
        self.items |= changes.items.keys()
        self.windows |= changes.aggregates.keys()
        self.facts += changes.facts
        self.dead_letters += map(refused_record, changes.dead_letters)
        self.told.update(sent_records(changes))
        self.reporters |= {incident for incident, _ in reporter_records(changes)}


# A tick's transaction may be under way while the topics are read one after another, and hosts' clocks differ a little.
_UNDER_WAY: Millis = 10 * SECOND
# How late a deadline may be announced beyond the time for which a tick waits for its input.
_GRACE: Millis = 60 * SECOND


@dataclass(frozen=True)
class Inspection:
    """When the topics were read (`began`, ms), and how the workers' time goes (`late_after`, ms)."""

    clock: ClockKind
    began: Instant
    late_after: Millis

    @property
    def by_wall(self) -> bool:
        """True when ticks announce the deadlines, at moments that no log tells."""
        return self.clock is ClockKind.WALL

    def fresh(self, found: IncidentSnapshot) -> set[str]:
        """Return the incidents about which a tick may have been writing while they were read."""
        if not self.by_wall:
            return set()
        return {id for id, at in found.touched.items() if at > self.began - _UNDER_WAY}

    def forgotten(self, next_at: Instant | None, touched: Instant) -> bool:
        """True when a deadline should long have been announced: it, and what set it, lie too far back."""
        if not self.by_wall or next_at is None:
            return False
        return max(next_at, touched) < self.began - self.late_after - _GRACE
