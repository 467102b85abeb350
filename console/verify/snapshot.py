"""What was read of one partition: what its processor wrote, how far it was, and the log it had folded."""

from dataclasses import dataclass, field

from ioc.core.dead_letter import DeadLetter
from ioc.core.records import Position, Record
from ioc.core.times import Instant
from ioc.duplicates.clusters import Cluster
from ioc.figures.aggregates import Aggregate, Cell
from ioc.incident.facts import Fact
from ioc.incident.payloads import Reporter
from ioc.incident.state import Incident
from ioc.office_records.items import Item
from ioc.processors.serde import decode_reporter
from ioc.sensors.state import SensorState

RefusedRecord = tuple[int, tuple[bytes | None, bytes | None]]
"""What is compared of a dead letter: the refused record's offset, its key, and as much of its value as is kept."""


def refused_record(dead_letter: DeadLetter) -> RefusedRecord:
    """Return what is compared of a dead letter."""
    return dead_letter.record.offset, (dead_letter.record.key, dead_letter.value)


@dataclass
class PartitionSnapshot:
    """What was read of a partition while events may have kept coming, whatever processor folds it.

    `position` was read before all the rest, `later` after it. `log` is the input. `touched` tells when (ms) something
    about an incident or a sensor was last written. `unreadable` are the places of records the processors never write.
    """

    partition: int
    position: Position = field(default_factory=Position, kw_only=True)
    later: Position = field(default_factory=Position, kw_only=True)
    dead_letters: list[RefusedRecord] = field(default_factory=list, kw_only=True)
    log: list[Record] = field(default_factory=list, kw_only=True)
    touched: dict[str, Instant] = field(default_factory=dict, kw_only=True)
    unreadable: list[str] = field(default_factory=list, kw_only=True)

    @property
    def is_whole(self) -> bool:
        """True while the log still holds its first record: what is older than its retention is gone."""
        return not self.log or self.log[0].offset == 0

    @property
    def is_at_rest(self) -> bool:
        """True when nothing came while the partition was read."""
        return self.position == self.later and all(record.offset < self.later.next for record in self.log)

    @property
    def folded(self) -> list[Record]:
        """The records of the log that were folded when all had been read."""
        return [record for record in self.log if record.offset < self.later.next]

    def touch(self, key: str, at: Instant) -> None:
        """Note that something about an incident or a sensor was written."""
        self.touched[key] = max(at, self.touched.get(key, 0))


@dataclass(kw_only=True)
class IncidentRecords:
    """All records that the processor of incidents writes for one partition."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    windows: dict[Cell, Aggregate] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    reporters: dict[str, Reporter] = field(default_factory=dict)

    def set_reporter(self, incident_id: str, value: bytes | None) -> None:
        """Take over a record that says who reported an incident; None is a tombstone."""
        self.reporters.pop(incident_id, None)
        if value is not None:
            self.reporters[incident_id] = decode_reporter(value)


@dataclass
class IncidentSnapshot(IncidentRecords, PartitionSnapshot):
    """What was read of a partition of the events."""


@dataclass
class SensorSnapshot(PartitionSnapshot):
    """What was read of a partition of the sensors."""

    states: dict[str, SensorState] = field(default_factory=dict, kw_only=True)


@dataclass
class DuplicateSnapshot(PartitionSnapshot):
    """What was read of a partition of the clusters of duplicates."""

    clusters: dict[str, Cluster] = field(default_factory=dict, kw_only=True)
