"""What a recomputation makes of a log: what must have been written, and what the records in motion touch."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from console.verify.snapshot import IncidentRecords, RefusedRecord, refused_record
from ioc.core.records import Outgoing, Position
from ioc.core.topics import Topic
from ioc.duplicates.clusters import Cluster
from ioc.figures.aggregates import Cell
from ioc.incident.facts import Fact
from ioc.processors.duplicate_change_set import DuplicateChangeSet
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.sensor_change_set import SensorChangeSet
from ioc.sensors.state import SensorState

SentRecord = tuple[bytes, bytes]
"""An event of the centre's own, or a candidate: its key and value."""

SentCounts = Counter[SentRecord]
"""How often each was sent."""

_SENT_TO = (Topic.EVENTS, Topic.SIGHTINGS)


def sent_records(changes: IncidentChangeSet) -> Iterator[SentRecord]:
    """Yield the events that changes send to incidents, and the candidates they send to the search for duplicates."""
    outbox = (record for record in changes.outbox if record.topic in _SENT_TO)
    return ((record.key, record.value) for record in outbox if record.value is not None)


def reporter_records(changes: IncidentChangeSet) -> Iterator[tuple[str, bytes | None]]:
    """Yield who reported which incident, encoded, as changes tell it."""
    return ((record.key.decode(), record.value) for record in changes.outbox if record.topic is Topic.REPORTERS)


@dataclass
class IncidentOutput(IncidentRecords):
    """All that the processor of incidents must have written of a partition up to a position."""

    partition: int
    position: Position = field(default_factory=Position)
    dead_letters: list[RefusedRecord] = field(default_factory=list)
    sent: SentCounts = field(default_factory=Counter)

    def take(self, changes: IncidentChangeSet) -> None:
        """Add what changes write and refuse; states and windows are the processor's own to tell."""
        self.facts += changes.facts
        self.dead_letters += map(refused_record, changes.dead_letters)
        self.sent.update(sent_records(changes))
        for incident_id, value in reporter_records(changes):
            self.set_reporter(incident_id, value)


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
    sent: SentCounts = field(default_factory=Counter)

    def take(self, changes: IncidentChangeSet) -> None:
        """Note what a slice of these records touches."""
        self.incidents |= changes.incidents.keys()
        self.items |= changes.items.keys()
        self.windows |= changes.aggregates.keys()
        self.facts += changes.facts
        self.dead_letters += map(refused_record, changes.dead_letters)
        self.sent.update(sent_records(changes))
        self.reporters |= {incident_id for incident_id, _ in reporter_records(changes)}


@dataclass
class SensorOutput:
    """What the processor of sensors makes of a stretch of its log: states, events and refusals."""

    states: dict[str, SensorState] = field(default_factory=dict)
    events: list[Outgoing] = field(default_factory=list)
    dead_letters: list[RefusedRecord] = field(default_factory=list)

    def take(self, changes: SensorChangeSet) -> None:
        """Add what a slice of the log changes."""
        self.states |= changes.sensors
        self.events += changes.outbox
        self.dead_letters += map(refused_record, changes.dead_letters)


@dataclass
class DuplicateOutput:
    """What the search for duplicates makes of a stretch of its log: clusters, answers and refusals."""

    clusters: Mapping[str, Cluster | None] = field(default_factory=dict)
    dead_letters: list[RefusedRecord] = field(default_factory=list)
    sent: SentCounts = field(default_factory=Counter)

    @classmethod
    def of(cls, changes: DuplicateChangeSet) -> "DuplicateOutput":
        """Return what one slice of the log changes."""
        sent = Counter((record.key, record.value or b"") for record in changes.outbox)
        return cls(changes.clusters, list(map(refused_record, changes.dead_letters)), sent)
