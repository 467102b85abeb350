"""Checking the centre against itself: everything is computed again from the log, and compared with what was written.

Events may keep coming meanwhile: what was written is read between two readings of the positions, and what the records
between the two touch is counted, not compared.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from aiokafka import ConsumerRecord
from rich.console import Console
from rich.table import Table

from console.topic_reader import positions, read_topic, tell_not_folded, wait_until_folded
from console.verify.catalogues import NO_SUCH_EDITION, CatalogueEditions, NoSuchEdition, read_edition_files
from console.verify.diff import incident_differences
from console.verify.duplicates import (
    DuplicateOutput,
    DuplicateSnapshot,
    accepted_candidates,
    duplicate_differences,
    recompute_duplicates,
)
from console.verify.invariants import broken_invariants
from console.verify.own_events import OwnEvents
from console.verify.recompute import recompute_incidents
from console.verify.sensors import SensorSnapshot, sensor_differences, sensor_events
from console.verify.snapshot import IncidentMotion, IncidentSnapshot, Inspection
from ioc.catalogue.city import Catalogue
from ioc.core.dead_letter import ErrorHeader
from ioc.core.records import Position, Record
from ioc.core.times import SECOND
from ioc.core.topics import Topic
from ioc.duplicates.clusters import decode_matter
from ioc.figures.aggregates import decode_key
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.serde import decode_aggregate, decode_fact, decode_incident, decode_item, decode_sensor
from streams.clock import now_ms
from streams.settings import WorkerSettings

_SHOWN = 40


def verify_log(settings: WorkerSettings, catalogue: Catalogue, wait: float) -> int:
    """Print what was compared and every difference.

    Return 1 when there is a difference, 3 when the workers have not folded all events in time, 4 when a catalogue that
    was folded by is not to be had, else 0.
    """
    try:
        return asyncio.run(_verify(settings, catalogue, wait))
    except NoSuchEdition as error:
        Console(stderr=True).print(str(error), highlight=False, markup=False, soft_wrap=True)
        return NO_SUCH_EDITION
    except TimeoutError as error:
        return tell_not_folded(error)


async def _verify(settings: WorkerSettings, catalogue: Catalogue, wait: float) -> int:
    sensors = await _sensors(settings.bootstrap, wait)
    matters = await _matters(settings.bootstrap, wait)
    before = await wait_until_folded(settings.bootstrap, wait)
    inspection = Inspection(settings.clock, now_ms(), round(settings.late_after * SECOND))
    found = await _found(settings.bootstrap, before)
    _check_settled(found)
    catalogues = CatalogueEditions(await read_edition_files(settings.bootstrap), catalogue)
    whole = await _log(settings.bootstrap, found)
    log = {number: [one for one in whole[number] if one.offset < found[number].later.next] for number in found}
    told, own = _Told(), OwnEvents(chain.from_iterable(whole.values()))
    for number, one in found.items():
        shard = IncidentProcessor(number, catalogue, settings.clock, partitions=len(found))
        expected, motion = recompute_incidents(
            shard, log[number], one.position, one.later, settings.slice_records, catalogues.edition
        )
        told.take(log[number], one, motion, inspection)
        told.add(incident_differences(expected, motion, one, inspection))
        told.add(broken_invariants(one, motion, inspection, shard.catalogue))
        own.expect(expected, motion)
    await _end_of_matters(settings.bootstrap, matters)
    for place in matters.values():
        _compare_matters(place, len(matters), catalogue, settings, told, own)
    told.add(own.differences())
    if all(one.is_whole and one.is_at_rest for one in matters.values()) and all(
        map(_is_at_rest, found.values(), whole.values())
    ):
        told.add(own.invented())
    await _end_of_sensors(settings.bootstrap, sensors)
    told.take_sensors(sensors.values())
    sent = sensor_events(record for one in log.values() for record in one)
    told.add(sensor_differences(list(sensors.values()), sent, inspection, catalogue, catalogues.edition))
    return told.print()


async def _sensors(bootstrap: str, wait: float) -> dict[int, SensorSnapshot]:
    """Return what is known of the sensors. It is read first: what a state tells of, the events read after it hold."""
    before = await wait_until_folded(bootstrap, wait, Topic.INDICATORS)
    found = {number: SensorSnapshot(number, position) for number, position in before.items()}
    async for record in read_topic(bootstrap, Topic.SENSORS):
        one = found[record.partition]
        try:
            state = decode_sensor(record.value)
        except Exception:  # whatever is wrong with it, the streams do not write such
            one.unreadable.append(f"{Topic.SENSORS} {record.partition}:{record.offset}")
        else:
            one.states[state.id] = state
            one.touched[state.id] = record.timestamp
    return found


async def _matters(bootstrap: str, wait: float) -> dict[int, DuplicateSnapshot]:
    """Return how far the matters are folded, asked first: what was answered by then the events read later hold."""
    before = await wait_until_folded(bootstrap, wait, Topic.SIGHTINGS)
    return {number: DuplicateSnapshot(number, position) for number, position in before.items()}


async def _end_of_matters(bootstrap: str, found: Mapping[int, DuplicateSnapshot]) -> None:
    """Read the matters, how far they had come when all was read, and their log."""
    async for record in read_topic(bootstrap, Topic.MATTERS):
        found[record.partition].matters.pop(record.key.decode(), None)
        if record.value is not None:
            found[record.partition].matters[record.key.decode()] = decode_matter(record.value)
    async for record in read_topic(bootstrap, Topic.DEAD_LETTERS):
        headers = dict(record.headers)
        if headers.get(ErrorHeader.TOPIC) == Topic.SIGHTINGS.encode():
            offset = int(headers[ErrorHeader.OFFSET])
            found[record.partition].dead_letters.append((offset, (record.key, record.value)))
    later = await positions(bootstrap, Topic.SIGHTINGS)
    log = await _log(bootstrap, found, topic=Topic.SIGHTINGS)
    for number, one in found.items():
        one.later, one.log = later.get(number, Position()), log[number]


def _compare_matters(
    found: DuplicateSnapshot,
    partitions: int,
    catalogue: Catalogue,
    settings: WorkerSettings,
    told: "_Told",
    own: OwnEvents,
) -> None:
    """Compare a partition of the matters, unless its log has lost its beginning."""
    made, motion = recompute_duplicates(found, catalogue, settings.clock, partitions)
    told.take_matters(found, motion)
    if found.is_whole:
        own.see(accepted_candidates(found, made, motion))
        own.expect_of_matters(made.sent, motion.sent)
        told.add(duplicate_differences(found, made, motion))


def _is_at_rest(found: IncidentSnapshot, log: list[Record]) -> bool:
    """True when nothing came to a partition of the events while it was read."""
    return found.position == found.later and all(one.offset < found.later.next for one in log)


async def _end_of_sensors(bootstrap: str, found: Mapping[int, SensorSnapshot]) -> None:
    """Read how far the sensors had come when all was read, and their log up to there."""
    async for record in read_topic(bootstrap, Topic.DEAD_LETTERS):
        headers = dict(record.headers)
        if headers.get(ErrorHeader.TOPIC) == Topic.INDICATORS.encode():
            offset = int(headers[ErrorHeader.OFFSET])
            found[record.partition].dead_letters.append((offset, (record.key, record.value)))
    later = await positions(bootstrap, Topic.INDICATORS)
    for number, one in found.items():
        one.later = later.get(number, Position())
    until = {number: one.later.next for number, one in found.items()}
    log = await _log(bootstrap, found, until, Topic.INDICATORS)
    for number, one in found.items():
        one.log = log[number]


def _check_settled(found: Mapping[int, IncidentSnapshot]) -> None:
    """Raise TimeoutError while workers settle the incidents by another catalogue."""
    for one in found.values():
        before, later = one.position.editions, one.later.editions
        if (before and before != later) or (later and later[-1].settled_to is not None):
            raise TimeoutError("the workers are changing over to another catalogue: verify again when they have")


async def _found(bootstrap: str, before: Mapping[int, Position]) -> dict[int, IncidentSnapshot]:
    """Return what the streams wrote, by partition, and how far they had come when all was read."""
    found = {number: IncidentSnapshot(number, position=position) for number, position in before.items()}
    for topic, take in _TAKE.items():
        async for record in read_topic(bootstrap, topic):
            try:
                take(found[record.partition], record)
            except Exception:  # whatever is wrong with it, the streams do not write such
                found[record.partition].unreadable.append(f"{topic} {record.partition}:{record.offset}")
    later = await positions(bootstrap)
    for number, one in found.items():
        one.later = later.get(number, Position())
    return found


def _window(found: IncidentSnapshot, record: ConsumerRecord) -> None:
    _, cell = decode_key(record.key)
    found.windows.pop(cell, None)
    if record.value is not None:
        found.windows[cell] = decode_aggregate(record.value)


def _incident(found: IncidentSnapshot, record: ConsumerRecord) -> None:
    id = record.key.decode()
    found.incidents[id] = decode_incident(record.value)
    found.touch(id, record.timestamp)


def _item(found: IncidentSnapshot, record: ConsumerRecord) -> None:
    id = record.key.decode()
    found.items.pop(id, None)
    if record.value is not None:
        found.items[id] = decode_item(record.value)


def _fact(found: IncidentSnapshot, record: ConsumerRecord) -> None:
    fact = decode_fact(record.value)
    found.facts.append(fact)
    found.touch(fact.incident, record.timestamp)


_OF_OTHER_LANES = (Topic.INDICATORS.encode(), Topic.SIGHTINGS.encode())


def _dead_letter(found: IncidentSnapshot, record: ConsumerRecord) -> None:
    headers = dict(record.headers)
    if headers.get(ErrorHeader.TOPIC) not in _OF_OTHER_LANES:
        found.dead_letters.append((int(headers[ErrorHeader.OFFSET]), (record.key, record.value)))


def _reporter(found: IncidentSnapshot, record: ConsumerRecord) -> None:
    found.identify(record.key.decode(), record.value)


# In this order: what a window counts the states read after it hold, and what a state says the facts read after it tell.
_TAKE: Mapping[Topic, Callable[[IncidentSnapshot, ConsumerRecord], None]] = {
    Topic.AGGREGATES: _window,
    Topic.INCIDENTS: _incident,
    Topic.ITEMS: _item,
    Topic.FACTS: _fact,
    Topic.DEAD_LETTERS: _dead_letter,
    Topic.REPORTERS: _reporter,
}


async def _log(
    bootstrap: str, partitions: Iterable[int], until: Mapping[int, int] | None = None, topic: Topic = Topic.EVENTS
) -> dict[int, list[Record]]:
    """Return the records of a topic, up to their very end unless told otherwise.

    There lies what was sent together with the positions.
    """
    log: dict[int, list[Record]] = {number: [] for number in partitions}
    async for one in read_topic(bootstrap, topic, until):
        log[one.partition].append(Record(one.offset, one.timestamp, one.key, one.value, one.headers))
    return log


@dataclass
class _Told:
    """What the comparison has to say."""

    read: Counter[str] = field(default_factory=Counter)
    moving: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def take(self, log: list[Record], found: IncidentSnapshot, motion: IncidentMotion, inspection: Inspection) -> None:
        """Count what was read of a partition, and what of it is not compared."""
        self.read["events"] += len(log)
        for name in ("incidents", "items", "windows", "facts", "dead_letters", "reporters"):
            self.read[name] += len(getattr(found, name))
            self.moving[name] += len(getattr(motion, name))
        said = {id: len(state.said) + len(state.reminded) for id, state in found.incidents.items()}
        self.read["announcements"] += sum(said.values())
        self.moving["announcements"] += sum(said.get(id, 0) for id in motion.incidents | inspection.fresh(found))

    def take_sensors(self, found: Iterable[SensorSnapshot]) -> None:
        """Count what was read of the sensors; a partition whose log has lost its beginning is not compared."""
        for one in found:
            self.read["observations"] += len(one.log)
            self.read["sensors"] += len(one.states)
            self.moving["sensors"] += 0 if one.is_whole else len(one.states)

    def take_matters(self, found: DuplicateSnapshot, motion: DuplicateOutput) -> None:
        """Count what was read of the matters; a partition whose log has lost its beginning is not compared."""
        self.read["sightings"] += len(found.log)
        self.read["matters"] += len(found.matters)
        self.moving["matters"] += len(motion.matters) if found.is_whole else len(found.matters)

    def add(self, differences: Iterable[str]) -> None:
        """Take over differences."""
        self.found += differences

    def print(self) -> int:
        """Print the result; return the exit code."""
        console = Console(highlight=False, markup=False, soft_wrap=True)
        table = Table("", "read", "in motion")
        for name, count in self.read.items():
            table.add_row(name.replace("_", " "), f"{count:,}", f"{self.moving[name]:,}" if self.moving[name] else "")
        console.print(table)
        console.print(f"{self.moving.total():,} in motion, not compared")
        console.print(f"{len(self.found):,} differences", *self.found[:_SHOWN], sep="\n")
        return 1 if self.found else 0
