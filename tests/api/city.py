"""A city as the API sees it: events are folded by the real processors, and what they write is put into a read model."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import msgspec
from fastapi import FastAPI

from api.app.app import make_api
from api.app.parts import Parts
from api.feed.feed import Feed
from api.feed.message import FeedMessage
from api.http.auth import Gate
from api.http.settings import ApiSettings, AuthSettings
from api.read_model.dependencies import Readiness
from api.read_model.read_model import ReadModel
from api.read_model.records import apply_record
from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind, Headers, Outgoing, Record
from ioc.core.times import Instant, parse_instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.figures.aggregates import encode_key
from ioc.incident.lifecycle import EventType, cloudevents_type
from ioc.office_records.records import Act
from ioc.processors import serde
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.sensor_change_set import SensorChangeSet
from ioc.processors.sensors import SensorProcessor
from ioc.sensors.observations import OBSERVED_TYPE
from tests.api.fakes import FakeIdentities, FakePublisher
from tests.unit.samples import CENTRE, LEADERS

OPEN_GATE = Gate(AuthSettings())
START = parse_instant("2024-04-16T02:00:00Z")  # a Tuesday, 09:00 in Huế


def decoded_body(message: FeedMessage) -> dict[str, Any]:
    """Return the body of a message of the feed as a screen decodes it."""
    body: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(message.body))
    return body


class City:
    """Folds events as a worker does, and hands the records it writes to the read model."""

    def __init__(self, catalogue: Catalogue, kind: ClockKind = ClockKind.WALL) -> None:
        self.now: Instant = START
        self.processor = IncidentProcessor(0, catalogue, kind)
        self.sensors = SensorProcessor(0, catalogue, kind)
        self.model = ReadModel(catalogue, lambda: self.now)
        self.broker = FakePublisher()
        self.identities = FakeIdentities()
        self.feed = Feed(self.model, lambda: self.now, "test")
        self.parts = Parts(
            settings=ApiSettings(),
            model=self.model,
            feed=self.feed,
            publisher=self.broker,
            gate=OPEN_GATE,
            identities=self.identities,
            signer=CENTRE,
            readiness=Readiness(ready=True),
        )
        self.offset = 0

    @cached_property
    def api(self) -> FastAPI:
        """The API over this city. A test replaces a part of it by the part's key."""
        return make_api(self.parts)

    def pass_time(self, ms: int) -> None:
        self.now += ms
        changes = self.processor.tick(self.now, 1000)
        self._write(changes)
        self._receive_own(changes.outbox)

    def happen(
        self, incident_id: str, event_type: EventType, source: str | None = None, event_id: str = "", **data: object
    ) -> None:
        """Let one event happen now. A directive comes from the city's leaders."""
        slug, _, subject = incident_id.partition(":")
        event: dict[str, object] = {
            "specversion": "1.0",
            "id": event_id or f"e{self.offset}",
            "source": source or f"/hue/{slug}",
            "type": cloudevents_type(event_type),
            "subject": subject,
            "time": to_rfc3339(self.now),
            "data": data,
        }
        if event_type is EventType.DIRECTED:
            data["by"] = LEADERS.key.owner
            data["signature"] = LEADERS.signature(msgspec.json.encode(event))
        self.receive(incident_id.encode(), msgspec.json.encode(event))

    def book(self, key: str, act: Act, **data: object) -> None:
        """Let an office book a record now."""
        slug, _, subject = key.partition(":")
        event = {
            "specversion": "1.0",
            "id": f"e{self.offset}",
            "source": f"/hue/{slug}",
            "type": f"vn.ioc.{act}.v1",
            "subject": subject,
            "time": to_rfc3339(self.now),
            "data": data,
        }
        self.receive(key.encode(), msgspec.json.encode(event))

    def report(self, incident_id: str, **data: object) -> None:
        service = incident_id.partition(":")[0]
        self.happen(
            incident_id,
            EventType.REPORTED,
            **{"service": service, "title": "Cây đổ ở Phú Xuân", "ward": "19753", **data},
        )

    def receive(self, key: bytes, value: bytes, headers: Headers = ()) -> None:
        changes = self.processor.fold([Record(self.offset, self.now, key, value, headers)])
        self._write(changes)
        self.offset += 1
        self._receive_own(changes.outbox)

    def _receive_own(self, outbox: Iterable[Outgoing]) -> None:
        for record in outbox:  # the processor's own events come back to it through the log
            if record.topic is Topic.EVENTS and record.value is not None:
                self.receive(record.key, record.value, record.headers)

    def _write(self, changes: IncidentChangeSet) -> None:
        self.processor.apply(changes)
        for incident_id, incident in changes.incidents.items():
            apply_record(self.model, Topic.INCIDENTS, incident_id.encode(), serde.encode(incident))
        for item_id, item in changes.items.items():
            apply_record(self.model, Topic.ITEMS, item_id.encode(), None if item is None else serde.encode(item))
        for cell, aggregate in changes.aggregates.items():
            encoded = None if aggregate is None else serde.encode(aggregate)
            apply_record(self.model, Topic.AGGREGATES, encode_key(0, cell), encoded)
        for record in changes.outbox:
            if record.topic is Topic.REPORTERS:
                self.identities.reporters[record.key.decode()] = serde.decode_reporter(record.value)
            if record.topic is Topic.INDICATORS:
                self._sense(self.sensors.fold([Record(0, self.now, record.key, record.value, record.headers)]))
        self.beat()

    def measure(self, sensor: str, value: float, time: Instant | None = None) -> None:
        """Let a sensor report a value, as of now or of another time."""
        slug, _, subject = sensor.partition(":")
        at = self.now if time is None else time
        event = {
            "specversion": "1.0",
            "id": f"o{at}",
            "source": f"/hue/{slug}",
            "type": OBSERVED_TYPE,
            "subject": subject,
            "time": to_rfc3339(at),
            "data": {"value": value},
        }
        self._sense(self.sensors.fold([Record(0, self.now, sensor.encode(), msgspec.json.encode(event))]))

    def wait_for_silence(self) -> None:
        """Let the sensors' processor check the clock for silent sensors."""
        self._sense(self.sensors.tick(self.now, 1000))

    def _sense(self, changes: SensorChangeSet) -> None:
        self.sensors.apply(changes)
        for sensor_id, state in changes.sensors.items():
            apply_record(self.model, Topic.SENSORS, sensor_id.encode(), serde.encode(state))
        clock = self.sensors.position.clock
        beat = serde.Heartbeat(0, "w1", 0, 0, clock, self.now, self.processor.clock, topic=Topic.INDICATORS)
        apply_record(self.model, Topic.WORKERS, b"ioc.indicators/0", serde.encode(beat))
        for record in changes.outbox:
            self.receive(record.key, record.value or b"", record.headers)

    def beat(self) -> None:
        clock = self.processor.position.clock
        beat = serde.Heartbeat(0, "w1", self.offset, self.offset, clock, self.now, self.processor.clock)
        apply_record(self.model, Topic.WORKERS, b"0", serde.encode(beat))
