"""The check of the incidents: states, items, windows, facts, reporters, refusals and deadlines."""

from collections.abc import Callable, Mapping

from aiokafka import ConsumerRecord

from console.topic_reader import wait_until_folded
from console.verify.check import Terms
from console.verify.findings import Findings
from console.verify.incident_diff import incident_differences
from console.verify.inspection import Inspection
from console.verify.invariants import broken_invariants
from console.verify.outputs import IncidentMotion
from console.verify.reading import dead_letters_of, read_later, read_log, read_written
from console.verify.recompute import recompute_incidents
from console.verify.snapshot import IncidentSnapshot
from ioc.core.topics import Topic
from ioc.figures.aggregates import decode_key
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.serde import decode_aggregate, decode_fact, decode_incident, decode_item


class IncidentCheck:
    """Checks what the processors of incidents wrote."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.snapshots: dict[int, IncidentSnapshot] = {}

    async def begin(self, wait: float) -> None:
        """Wait until the events are folded."""
        before = await wait_until_folded(self.bootstrap, wait)
        self.snapshots = {number: IncidentSnapshot(number, position=position) for number, position in before.items()}

    async def read(self) -> None:
        """Read all that was written. Raises TimeoutError while workers change over to another catalogue."""
        for topic, take in _TAKE.items():
            await read_written(self.bootstrap, topic, self.snapshots, take)
        await read_later(self.bootstrap, Topic.EVENTS, self.snapshots)
        for snapshot in self.snapshots.values():
            _check_settled(snapshot)
        await read_log(self.bootstrap, Topic.EVENTS, self.snapshots)

    def compare(self, terms: Terms) -> Findings:
        """Compare every partition with its log, and with itself."""
        findings = Findings()
        for snapshot in self.snapshots.values():
            self._compare(snapshot, terms, findings)
        return findings

    def _compare(self, snapshot: IncidentSnapshot, terms: Terms, findings: Findings) -> None:
        inspection, log = terms.inspection, snapshot.folded
        processor = IncidentProcessor(
            snapshot.partition, terms.catalogue, inspection.clock, partitions=len(self.snapshots)
        )
        expected, motion = recompute_incidents(
            processor, log, snapshot.position, snapshot.later, terms.slice_records, terms.edition_of
        )
        findings.count("events", len(log))
        _count(snapshot, motion, inspection, findings)
        findings.differences += incident_differences(expected, motion, snapshot, inspection)
        findings.differences += broken_invariants(snapshot, motion, inspection, processor.catalogue)
        terms.own_events.expect(expected, motion)


def _count(snapshot: IncidentSnapshot, motion: IncidentMotion, inspection: Inspection, findings: Findings) -> None:
    for name in ("incidents", "items", "windows", "facts", "dead_letters", "reporters"):
        findings.count(name.replace("_", " "), len(getattr(snapshot, name)), len(getattr(motion, name)))
    announcements = {
        incident_id: len(state.fired_steps) + len(state.fired_reminders)
        for incident_id, state in snapshot.incidents.items()
    }
    moving = motion.incidents | inspection.fresh(snapshot.touched)
    findings.count(
        "announcements",
        sum(announcements.values()),
        sum(announcements.get(incident_id, 0) for incident_id in moving),
    )


def _check_settled(snapshot: IncidentSnapshot) -> None:
    before, later = snapshot.position.editions, snapshot.later.editions
    if (before and before != later) or (later and later[-1].settled_to is not None):
        raise TimeoutError("the workers are changing over to another catalogue: verify again when they have")


def _take_window(snapshot: IncidentSnapshot, record: ConsumerRecord) -> None:
    _, cell = decode_key(record.key)
    snapshot.windows.pop(cell, None)
    if record.value is not None:
        snapshot.windows[cell] = decode_aggregate(record.value)


def _take_incident(snapshot: IncidentSnapshot, record: ConsumerRecord) -> None:
    incident_id = record.key.decode()
    snapshot.incidents[incident_id] = decode_incident(record.value)
    snapshot.touch(incident_id, record.timestamp)


def _take_item(snapshot: IncidentSnapshot, record: ConsumerRecord) -> None:
    item_id = record.key.decode()
    snapshot.items.pop(item_id, None)
    if record.value is not None:
        snapshot.items[item_id] = decode_item(record.value)


def _take_fact(snapshot: IncidentSnapshot, record: ConsumerRecord) -> None:
    fact = decode_fact(record.value)
    snapshot.facts.append(fact)
    snapshot.touch(fact.incident, record.timestamp)


def _take_reporter(snapshot: IncidentSnapshot, record: ConsumerRecord) -> None:
    snapshot.set_reporter(record.key.decode(), record.value)


# In this order: what a window counts the states read after it hold, and what a state says the facts read after it tell.
_TAKE: Mapping[Topic, Callable[[IncidentSnapshot, ConsumerRecord], None]] = {
    Topic.AGGREGATES: _take_window,
    Topic.INCIDENTS: _take_incident,
    Topic.ITEMS: _take_item,
    Topic.FACTS: _take_fact,
    Topic.DEAD_LETTERS: dead_letters_of(Topic.EVENTS),
    Topic.REPORTERS: _take_reporter,
}
