"""Comparing what was found of the sensors with what their log makes: states, refusals, and each event once. Pure.

With the wall's clock no log tells when a tick called a sensor silent: silences are held against one another then.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from console.verify.diff import compare, compare_additions, foreign_records, refused_by_place
from console.verify.inspection import Inspection
from console.verify.outputs import SensorOutput
from console.verify.recompute import EditionOf, recompute_sensors
from console.verify.snapshot import SensorSnapshot
from ioc.catalogue.city import Catalogue
from ioc.core.records import Outgoing, Record
from ioc.core.sources import CENTRE
from ioc.processors.sensors import SensorProcessor
from ioc.sensors.alerts import PART
from ioc.sensors.state import SensorState

_SOURCE = f"{CENTRE}{PART}/"
_SOURCE_MEMBER = f'"source":"{_SOURCE}'.encode()

SensorEvent = tuple[bytes, bytes | None]
"""The key and the value of an event that was sent for a sensor."""


class _EventId(Struct):
    source: str
    id: str


def sensor_events(records: Iterable[Record]) -> list[tuple[str, SensorEvent]]:
    """Return what the processors of sensors sent, of all events, by id and in the order of the log."""
    candidates = (record for record in records if record.value is not None and _SOURCE_MEMBER in record.value)
    return [event for record in candidates if (event := _sensor_event(record.key or b"", record.value)) is not None]


def _sensor_event(key: bytes, value: bytes | None) -> tuple[str, SensorEvent] | None:
    try:
        event = msgspec.json.decode(value or b"", type=_EventId)
    except msgspec.DecodeError:  # somebody else's, who only looks like us
        return None
    return (event.id, (key, value)) if event.source.startswith(_SOURCE) else None


def sensor_differences(
    snapshots: Sequence[SensorSnapshot],
    sent: Sequence[tuple[str, SensorEvent]],
    inspection: Inspection,
    catalogue: Catalogue,
    edition_of: EditionOf | None = None,
) -> Iterator[str]:
    """Yield every difference between what was found of the sensors and what their log makes of them.

    A partition whose log has lost its beginning is not compared.
    """
    expected: dict[str, SensorEvent] = {}
    between: dict[str, SensorEvent] = {}
    for snapshot in snapshots:
        yield from foreign_records(snapshot.unreadable)
        if snapshot.is_whole:
            processor = SensorProcessor(snapshot.partition, catalogue, inspection.clock, partitions=len(snapshots))
            output, motion = recompute_sensors(processor, snapshot, edition_of)
            expected |= _by_id(output.events)
            between |= _by_id(motion.events)
            yield from _partition_differences(snapshot, output, motion, inspection)
    counts = Counter(event_id for event_id, _ in sent)
    yield from (f"event {event_id} was sent {times} times" for event_id, times in counts.items() if times > 1)
    if all(snapshot.is_whole for snapshot in snapshots):
        yield from compare_additions("event", expected, between, _comparable(dict(sent), inspection.by_wall))
    if inspection.by_wall:
        yield from _silence_differences(snapshots, counts.keys(), inspection, catalogue)


def _by_id(events: Iterable[Outgoing]) -> Mapping[str, SensorEvent]:
    return dict(event for record in events if (event := _sensor_event(record.key, record.value)) is not None)


def _comparable(events: Mapping[str, SensorEvent], by_wall: bool) -> Mapping[str, SensorEvent]:
    return {event_id: event for event_id, event in events.items() if not (by_wall and _is_of_silence(event_id))}


def _is_of_silence(event_id: str) -> bool:
    return event_id.rpartition(":")[2].startswith("silent-")


def _partition_differences(
    snapshot: SensorSnapshot, output: SensorOutput, motion: SensorOutput, inspection: Inspection
) -> Iterator[str]:
    expected, actual = (_states(states, inspection.by_wall) for states in (output.states, snapshot.states))
    yield from compare("sensor", expected, actual, motion.states.keys())
    refused = (refused_by_place(side, snapshot.partition) for side in (output, motion, snapshot))
    yield from compare_additions("dead letter of the indicators", *refused)


def _states(states: Mapping[str, SensorState], by_wall: bool) -> Mapping[str, SensorState]:
    """Return what the log tells of states. With the wall's clock ticks meet sensors, and call them silent."""
    if not by_wall:
        return states
    return {
        sensor_id: replace(state, known_at=0, outage=None, outages=0, version=0)
        for sensor_id, state in states.items()
        if state.time is not None
    }


def _silence_differences(
    snapshots: Sequence[SensorSnapshot], event_ids: Collection[str], inspection: Inspection, catalogue: Catalogue
) -> Iterator[str]:
    """Yield where states and events do not tell of the same silences, and sensors that should be silent long since."""
    ids = (event_id for event_id in event_ids if event_id.endswith("/0") and _is_of_silence(event_id))
    silences = Counter(event_id.partition(":silent-")[0] for event_id in ids)
    for snapshot in snapshots:
        for sensor_id, state in snapshot.states.items():
            touched, events = snapshot.touched.get(sensor_id, 0), silences[sensor_id]
            if snapshot.is_whole and not inspection.is_fresh(touched) and events != state.outages:
                yield f"sensor {sensor_id} was silent {state.outages} times, which {events} events tell"
            sensor = catalogue.sensors.get(sensor_id)
            if sensor is not None and inspection.is_forgotten(state.silent_at(sensor), touched):
                yield f"sensor {sensor_id} has been silent for too long, and nothing was said of it"
