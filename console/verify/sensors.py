"""Checking the fold of sensors against its log: their states, what was refused, and each event of its making once.

Pure. With the wall's clock no log tells when a tick called a sensor silent: silences are held against one another then.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from console.verify.diff import compare, compare_additions, refused_by_place
from console.verify.snapshot import Inspection, PartitionSnapshot, RefusedRecord, refused_record
from ioc.catalogue.city import Catalogue
from ioc.core.records import Outgoing, Record
from ioc.core.sources import CENTRE
from ioc.core.times import SECOND, Instant
from ioc.processors.sensor_change_set import SensorChangeSet
from ioc.processors.sensors import SensorProcessor
from ioc.sensors.alerts import PART
from ioc.sensors.state import SensorState

_OURS = f"{CENTRE}{PART}/"
_IS_OURS = f'"source":"{_OURS}'.encode()
_UNDER_WAY = 10 * SECOND

EventsById = Mapping[str, tuple[bytes, bytes | None]]
"""Events by their ids: the key and the value of each."""


@dataclass
class SensorSnapshot(PartitionSnapshot):
    """What was read of a partition of the sensors."""

    states: dict[str, SensorState] = field(default_factory=dict)
    touched: dict[str, Instant] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


@dataclass
class SensorOutput:
    states: dict[str, SensorState] = field(default_factory=dict)
    sent: list[Outgoing] = field(default_factory=list)
    dead_letters: list[RefusedRecord] = field(default_factory=list)

    def take(self, changes: SensorChangeSet) -> None:
        self.states |= changes.sensors
        self.sent += changes.outbox
        self.dead_letters += map(refused_record, changes.dead_letters)


class _Id(Struct):
    source: str
    id: str


def sensor_events(records: Iterable[Record]) -> list[tuple[str, tuple[bytes, bytes | None]]]:
    """Return what the fold of sensors sent, of all events, in the order of the log."""
    ours = (one for one in records if one.value is not None and _IS_OURS in one.value)
    return [named for one in ours if (named := _named(one.key or b"", one.value)) is not None]


def _named(key: bytes, value: bytes | None) -> tuple[str, tuple[bytes, bytes | None]] | None:
    try:
        told = msgspec.json.decode(value or b"", type=_Id)
    except msgspec.DecodeError:  # somebody else's, who only looks like us
        return None
    return (told.id, (key, value)) if told.source.startswith(_OURS) else None


def sensor_differences(
    found: Sequence[SensorSnapshot],
    sent: Sequence[tuple[str, tuple[bytes, bytes | None]]],
    inspection: Inspection,
    catalogue: Catalogue,
    edition_of: Callable[[str], Catalogue] | None = None,
) -> Iterator[str]:
    """Yield every difference between what the fold of sensors wrote and what its log makes of them.

    Each stretch is folded by the edition of the catalogue it was folded by at first; `edition_of` gives them by name.
    """
    expected: dict[str, tuple[bytes, bytes | None]] = {}
    between: dict[str, tuple[bytes, bytes | None]] = {}
    for one in found:
        yield from (f"{place} is not of the streams' making" for place in one.unreadable)
        if one.is_whole:
            made, motion = _recompute(
                one, SensorProcessor(one.partition, catalogue, inspection.clock, partitions=len(found)), edition_of
            )
            expected |= _by_id(made.sent)
            between |= _by_id(motion.sent)
            yield from _of_partition(one, made, motion, inspection)
    yield from (f"event {id} was sent {n} times" for id, n in Counter(id for id, _ in sent).items() if n > 1)
    there = dict(sent)
    if all(one.is_whole for one in found):
        told = {id: event for id, event in there.items() if not (inspection.by_wall and _of_silence(id))}
        yield from compare_additions("event", expected, between, told)
    if inspection.by_wall:
        yield from _silences(found, there.keys(), inspection, catalogue)


def _by_id(sent: Iterable[Outgoing]) -> EventsById:
    return dict(named for one in sent if (named := _named(one.key, one.value)) is not None)


def _of_silence(id: str) -> bool:
    return id.rpartition(":")[2].startswith("silent-")


def _recompute(
    found: SensorSnapshot, shard: SensorProcessor, edition_of: Callable[[str], Catalogue] | None
) -> tuple[SensorOutput, SensorOutput]:
    """Return what the log makes up to the first position, and what the records up to the second touch."""
    made, motion = SensorOutput(), SensorOutput()
    editions = list((found.position.editions or found.later.editions) if edition_of is not None else ())
    for record in found.log:
        while edition_of is not None and editions and editions[0].first <= record.offset:
            shard.go_by(edition_of(editions.pop(0).edition))
        if record.offset < found.later.next:
            changes = shard.fold([record])
            shard.apply(changes)
            (made if record.offset < found.position.next else motion).take(changes)
    return made, motion


def _of_partition(
    found: SensorSnapshot, made: SensorOutput, motion: SensorOutput, inspection: Inspection
) -> Iterator[str]:
    by_wall = inspection.by_wall
    yield from compare("sensor", _states(made.states, by_wall), _states(found.states, by_wall), motion.states.keys())
    refused = (refused_by_place(one, found.partition) for one in (made, motion, found))
    yield from compare_additions("dead letter of the indicators", *refused)


def _states(states: Mapping[str, SensorState], by_wall: bool) -> Mapping[str, SensorState]:
    """Return what the log tells of states. With the wall's clock ticks meet sensors, and call them silent."""
    if not by_wall:
        return states
    return {
        id: replace(state, known_at=0, silent=None, silences=0, version=0)
        for id, state in states.items()
        if state.time is not None
    }


def _silences(
    found: Sequence[SensorSnapshot], sent: Collection[str], inspection: Inspection, catalogue: Catalogue
) -> Iterator[str]:
    """Yield where states and events do not tell of the same silences, and sensors that should be silent long since."""
    told = Counter(id.partition(":silent-")[0] for id in sent if id.endswith("/0") and _of_silence(id))
    for one in found:
        for id, state in one.states.items():
            fresh = one.touched.get(id, 0) > inspection.began - _UNDER_WAY
            if not fresh and one.is_whole and told[id] != state.silences:
                yield f"sensor {id} was silent {state.silences} times, which {told[id]} events tell"
            sensor = catalogue.sensors.get(id)
            if sensor is not None and inspection.forgotten(state.silent_at(sensor), one.touched.get(id, 0)):
                yield f"sensor {id} has been silent for too long, and nothing was said of it"
