"""A partition of incidents at work, what an inspection reads of it, and what is said about that."""

from collections.abc import Iterable

from msgspec.structs import replace

from console.verify.incident_diff import incident_differences
from console.verify.inspection import Inspection
from console.verify.invariants import broken_invariants
from console.verify.recompute import recompute_incidents
from console.verify.snapshot import IncidentSnapshot, refused_record
from ioc.core.records import ClockKind, Record
from ioc.core.times import DAY, HOUR, MINUTE, Instant
from ioc.incident.facts import Fact
from ioc.office_records.records import Act
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, at, booking_record, record

CLOCKS = list(ClockKind)
START = at("2026-04-14 08:00")
LATER = START + 3 * DAY
ID = "field-reports:1"
TICKET = "ticket/one-stop-shop:A-001"
# An incident that nobody has answered, one that is over, one that is not yet reported; a record that is none; a ticket.
LOG = [
    record(0, "reported", START, title="Cây đổ", ward="19753"),
    record(1, "reported", START, subject="2"),
    record(2, "resolved", START + HOUR, subject="2"),
    record(3, "noted", START + HOUR, subject="3"),
    Record(4, START + HOUR, b"somebody's key", b"Nguyen's words"),
    booking_record(Act.ISSUED, START + HOUR, offset=5),
    replace(record(6, "noted", LATER, subject="3"), appended=LATER),
]


class Streams:
    """A partition at work: what it has written so far, and when something about an incident was last written."""

    def __init__(self, clock: ClockKind) -> None:
        self.processor = IncidentProcessor(0, CITY, clock)
        list(self.processor.reevaluate(1))  # as a worker does that opens it
        self.facts: list[Fact] = []
        self.found = IncidentSnapshot(0)

    def take(self, changes: IncidentChangeSet, now: Instant) -> None:
        self.processor.apply(changes)
        self.found.facts += changes.facts
        self.found.dead_letters += map(refused_record, changes.dead_letters)
        for incident_id in [*changes.incidents, *(fact.incident for fact in changes.facts)]:
            self.found.touch(incident_id, now)

    def fold(self, *records: Record) -> None:
        self.take(self.processor.fold(records), records[-1].appended)

    def tick(self, upon: Record) -> None:
        """Announce what is due when a record comes."""
        if self.processor.clock is ClockKind.WALL:
            self.take(self.processor.tick(upon.appended, 1000), upon.appended)

    def read(self) -> IncidentSnapshot:
        """Return what an inspection finds when nothing is in motion."""
        processor, found = self.processor, self.found
        return IncidentSnapshot(
            0,
            position=processor.position,
            later=processor.position,
            dead_letters=[*found.dead_letters],
            touched={**found.touched},
            incidents=dict(processor.incidents),
            items=dict(processor.items),
            windows={cell: window.copy() for cell, window in processor.aggregates.items()},
            facts=[*found.facts],
        )


def at_rest(clock: ClockKind) -> IncidentSnapshot:
    """Return what is found long after the log was folded and every deadline announced."""
    streams = Streams(clock)
    for one in LOG:
        streams.tick(one)
        streams.fold(one)
    streams.tick(LOG[-1])
    return streams.read()


def inspected(
    found: IncidentSnapshot, log: Iterable[Record] = LOG, clock: ClockKind = ClockKind.WALL, **began: Instant
) -> str:
    """Return all that is said about what was found, an hour after the last announcement unless told otherwise."""
    inspection = Inspection(clock, began.get("began", LATER + HOUR), MINUTE)
    processor = IncidentProcessor(0, CITY, clock)
    expected, motion = recompute_incidents(processor, list(log), found.position, found.later, 3, lambda _: CITY)
    return "\n".join(
        [
            *incident_differences(expected, motion, found, inspection),
            *broken_invariants(found, motion, inspection, CITY),
        ]
    )
