"""A city with a river gauge and an uptime probe, and a processor of their observations with what it sends."""

from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.thresholds import Direction, Indicator, Sensor, Silence, Threshold
from ioc.core.records import ClockKind, Outgoing, Record
from ioc.core.rejections import Reason
from ioc.core.scalars import Priority
from ioc.core.times import MINUTE, Instant, to_rfc3339
from ioc.incident.event import Event
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import Payload
from ioc.processors import serde
from ioc.processors.reader import read_event
from ioc.processors.sensor_change_set import SensorChangeSet
from ioc.processors.sensors import SensorProcessor
from ioc.sensors.observations import INCIDENT_CLOSED_TYPE, OBSERVED_TYPE
from ioc.sensors.state import SensorState
from tests.unit.samples import CITY, at

NOON = at("2026-04-14 12:00")
GAUGE, PROBE = "river-stations:kim-long", "uptime-probes:hue-s"


def levels(*rows: tuple[float, float, int, Priority]) -> tuple[Threshold, ...]:
    return tuple(
        Threshold(n, at_, clear, hold * MINUTE, priority, None, None, f"Mức {n}", f"Level {n}")
        for n, (at_, clear, hold, priority) in enumerate(rows, 1)
    )


def sensor(sensor_id: str, direction: Direction, silent_after: int, thresholds: tuple[Threshold, ...]) -> Sensor:
    silence = Silence(Priority.NORMAL, None, None, "Mất tín hiệu", "No signal")
    service = "flood-rain"
    kind = Indicator("kind", "A", "A", "m", service, direction, silent_after * MINUTE, silence, thresholds)
    return Sensor(sensor_id, kind, "Trạm", "19774", 16.45, 107.56, silent_after * MINUTE, thresholds)


RIVER = sensor(
    GAUGE,
    Direction.ABOVE,
    30,
    levels(
        (1.0, 0.8, 10, Priority.NORMAL),
        (2.0, 1.8, 10, Priority.HIGH),
        (3.5, 3.2, 5, Priority.URGENT),
    ),
)


UPTIME = sensor(PROBE, Direction.BELOW, 15, levels((99, 99.5, 5, Priority.NORMAL), (90, 97, 0, Priority.HIGH)))


TOWN: Catalogue = replace(CITY, sensors={GAUGE: RIVER, PROBE: UPTIME})


ALONE: Catalogue = replace(CITY, sensors={GAUGE: RIVER})


def observed(
    event_id: str, time: Instant, value: float, of: str = GAUGE, event_type: str = OBSERVED_TYPE, **more: object
) -> bytes:
    slug, _, subject = of.partition(":")
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": event_id,
            "source": f"/hue/{slug}",
            "subject": subject,
            "type": event_type,
            "time": to_rfc3339(time),
            "data": {"value": value, **more},
        }
    )


class SentEvent(NamedTuple):
    """An event the processor sent, read back as the fold of incidents reads it."""

    event_type: EventType
    incident: str
    time: Instant
    id: str
    payload: Payload


def read(sent: Outgoing) -> SentEvent:
    event = read_event(sent.key, sent.value, sent.headers)
    assert isinstance(event, Event), event
    return SentEvent(event.event_type, event.incident, event.time, f"{event.source}/{event.id}", event.payload)


class SensorHarness:
    """A processor of one partition, and everything it has sent."""

    def __init__(self, clock: ClockKind = ClockKind.WALL, catalogue: Catalogue = TOWN) -> None:
        self.processor = SensorProcessor(0, catalogue, clock)
        self.offset = 0
        self.sent: list[Outgoing] = []
        self.events: list[SentEvent] = []
        self.refused: list[Reason] = []

    def take(self, changes: SensorChangeSet) -> None:
        self.processor.apply(changes)
        self.sent += changes.outbox
        self.events += map(read, changes.outbox)
        self.refused += [letter.rejection.reason for letter in changes.dead_letters]

    def see(
        self, minute: float, value: float, of: str = GAUGE, event_id: str = "", appended: float | None = None
    ) -> "SensorHarness":
        """A sensor measures a value so many minutes after noon, and the broker has it at once, or later."""
        time = NOON + round(minute * MINUTE)
        return self.receive(
            observed(event_id or f"{of}/{time}", time, value, of), of, minute if appended is None else appended
        )

    def receive(self, value: bytes, key: str = GAUGE, minute: float = 0) -> "SensorHarness":
        one = Record(self.offset, NOON + round(minute * MINUTE), key.encode(), value)
        self.offset += 1
        self.take(self.processor.fold([one]))
        return self

    def tick(self, minute: float) -> "SensorHarness":
        self.take(self.processor.tick(NOON + round(minute * MINUTE), 100))
        return self

    def close(self, incident: str, told: int = 1) -> "SensorHarness":
        """People close an incident, and the incidents' own fold says so."""
        value = msgspec.json.decode(observed("c", NOON, 0, event_type=INCIDENT_CLOSED_TYPE))
        return self.receive(msgspec.json.encode({**value, "data": {"incident": incident, "told": told}}))

    def restart(self) -> "SensorHarness":
        """Take the partition over, as another worker does."""
        old = self.processor
        self.processor = SensorProcessor(0, old.catalogue, old.clock)
        for sensor_id, state in old.sensors.items():
            self.processor.restore(self.processor.tables[0], sensor_id.encode(), serde.encode(state))
        self.processor.position = old.position
        self.processor.build_indexes()
        return self

    def state(self, of: str = GAUGE) -> SensorState:
        return self.processor.sensors[of]

    def event_types(self, of: str = GAUGE) -> list[tuple[EventType, str]]:
        return [
            (event.event_type, event.incident.removeprefix(of))
            for event in self.events
            if event.incident.startswith(of)
        ]
