"""An API over a read model that real events were folded into: no broker, but every deciding rule is the real one."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from pytest_asyncio import fixture as async_fixture

from api.app.app import make_api
from api.app.parts import Parts
from api.feed.feed import Feed
from api.feed.message import FeedMessage
from api.http.auth import Gate
from api.http.publisher import NotPublished
from api.http.settings import ApiSettings, AuthSettings
from api.identities.identities import ReporterUnavailable
from api.read_model.dependencies import Readiness
from api.read_model.read_model import ReadModel
from api.read_model.records import apply_record
from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind, Headers, Outgoing, Record
from ioc.core.times import Instant, parse_instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.figures.aggregates import encode_key
from ioc.incident.lifecycle import EventType, cloudevents_type
from ioc.incident.payloads import Reporter
from ioc.office_records.records import Act
from ioc.processors import serde as records
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.sensor_change_set import SensorChangeSet as Sensed
from ioc.processors.sensors import SensorProcessor as SensorShard
from ioc.sensors.observations import OBSERVED_TYPE
from tests.unit.samples import CENTRE, LEADERS, fresh_city

OPEN = Gate(AuthSettings())
START = parse_instant("2024-04-16T02:00:00Z")  # a Tuesday, 09:00 in Huế


def said(message: FeedMessage) -> dict[str, Any]:
    """Return what a message of the feed says, as a screen reads it."""
    body: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(message.body))
    return body


class Refusing:
    """A broker that can be told not to answer; keeps what was published, and the looks at identities apart."""

    def __init__(self) -> None:
        self.published: list[tuple[bytes, bytes, Headers]] = []
        self.audit: list[bytes] = []
        self.windows: list[tuple[bytes, bytes]] = []
        self.down = False

    async def publish(self, key: bytes, value: bytes, headers: Headers, topic: Topic = Topic.EVENTS) -> None:
        if self.down:
            raise NotPublished
        if topic is Topic.AUDIT:
            self.audit.append(value)
            return
        if topic is Topic.MAINTENANCE:
            self.windows.append((key, value))
            return
        self.published.append((key, value, headers))

    async def publish_all(self, records: Sequence[Outgoing]) -> None:
        for one in records:
            await self.publish(one.key, one.value or b"", one.headers, one.topic)


class Known:
    """The reporters that the folds have written."""

    def __init__(self) -> None:
        self.reporters: dict[str, Reporter] = {}
        self.down = False

    async def reporter_of(self, incident: str) -> Reporter | None:
        if self.down:
            raise ReporterUnavailable
        return self.reporters.get(incident)


class City:
    """Folds events as a worker would, and hands what it wrote to the read model as records."""

    def __init__(self, catalogue: Catalogue, kind: ClockKind = ClockKind.WALL) -> None:
        self.now: Instant = START
        self.shard = IncidentProcessor(0, catalogue, kind)
        self.sensors = SensorShard(0, catalogue, kind)
        self.model = ReadModel(catalogue, lambda: self.now)
        self.broker = Refusing()
        self.identities = Known()
        self.feed = Feed(self.model, lambda: self.now, "test")
        self.parts = Parts(
            settings=ApiSettings(),
            model=self.model,
            feed=self.feed,
            publisher=self.broker,
            gate=OPEN,
            identities=self.identities,
            signer=CENTRE,
            readiness=Readiness(ready=True),
        )
        self.offset = 0

    @cached_property
    def api(self) -> FastAPI:
        """The API over this city; made when first asked for. Its parts can be replaced by their keys."""
        return make_api(self.parts)

    def pass_time(self, ms: int) -> None:
        self.now += ms
        changes = self.shard.tick(self.now, 1000)
        self._write(changes)
        self._hear(changes.outbox)

    def happen(
        self, id: str, event_type: EventType, source: str | None = None, named: str = "", **data: object
    ) -> None:
        """Let one event happen now. A directive comes from the city's leaders."""
        slug, _, subject = id.partition(":")
        event: dict[str, object] = {
            "specversion": "1.0",
            "id": named or f"e{self.offset}",
            "source": source or f"/hue/{slug}",
            "type": cloudevents_type(event_type),
            "subject": subject,
            "time": to_rfc3339(self.now),
            "data": data,
        }
        if event_type is EventType.DIRECTED:
            data["by"] = LEADERS.key.owner
            data["signature"] = LEADERS.signature(msgspec.json.encode(event))
        self.receive(id.encode(), msgspec.json.encode(event))

    def book(self, key: str, act: Act, **data: object) -> None:
        """Let one thing be booked now."""
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

    def report(self, id: str, **data: object) -> None:
        service = id.partition(":")[0]
        self.happen(
            id, EventType.REPORTED, **{"service": service, "title": "Cây đổ ở Phú Xuân", "ward": "19753", **data}
        )

    def receive(self, key: bytes, value: bytes, headers: Headers = ()) -> None:
        changes = self.shard.fold([Record(self.offset, self.now, key, value, headers)])
        self._write(changes)
        self.offset += 1
        self._hear(changes.outbox)

    def _hear(self, outbox: Iterable[Outgoing]) -> None:
        for sent in outbox:  # what the centre tells incidents comes back as everyone's events do
            if sent.topic is Topic.EVENTS and sent.value is not None:
                self.receive(sent.key, sent.value, sent.headers)

    def _write(self, changes: object) -> None:
        self.shard.apply(changes)  # type: ignore[arg-type]
        for id, incident in changes.incidents.items():  # type: ignore[attr-defined]
            apply_record(self.model, Topic.INCIDENTS, id.encode(), records.encode(incident))
        for id, item in changes.items.items():  # type: ignore[attr-defined]
            apply_record(self.model, Topic.ITEMS, id.encode(), None if item is None else records.encode(item))
        for cell, aggregate in changes.aggregates.items():  # type: ignore[attr-defined]
            encoded = None if aggregate is None else records.encode(aggregate)
            apply_record(self.model, Topic.AGGREGATES, encode_key(0, cell), encoded)
        for one in changes.outbox:  # type: ignore[attr-defined]
            if one.topic is Topic.REPORTERS:
                self.identities.reporters[one.key.decode()] = records.decode_reporter(one.value)
            if one.topic is Topic.INDICATORS:
                self._sense(self.sensors.fold([Record(0, self.now, one.key, one.value, one.headers)]))
        self.beat()

    def measure(self, sensor: str, value: float, time: Instant | None = None) -> None:
        """Let a sensor say something now, or have said it at another time."""
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
        """Let who watches the sensors look at the clock."""
        self._sense(self.sensors.tick(self.now, 1000))

    def _sense(self, changes: Sensed) -> None:
        self.sensors.apply(changes)
        for id, state in changes.sensors.items():
            apply_record(self.model, Topic.SENSORS, id.encode(), records.encode(state))
        clock = self.sensors.position.clock
        beat = records.Heartbeat(0, "w1", 0, 0, clock, self.now, self.shard.clock, topic=Topic.INDICATORS)
        apply_record(self.model, Topic.WORKERS, b"ioc.indicators/0", records.encode(beat))
        for sent in changes.outbox:
            self.receive(sent.key, sent.value or b"", sent.headers)

    def beat(self) -> None:
        clock = self.shard.position.clock
        beat = records.Heartbeat(0, "w1", self.offset, self.offset, clock, self.now, self.shard.clock)
        apply_record(self.model, Topic.WORKERS, b"0", records.encode(beat))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return fresh_city()


@pytest.fixture
def city(catalogue: Catalogue) -> Iterator[City]:
    return City(catalogue)


@async_fixture
async def client(city: City) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(city.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://centre") as http:
        yield http
