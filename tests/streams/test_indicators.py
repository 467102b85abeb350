"""Sensors through the real streams: an incident opens once, rises, clears, whatever is killed, late or said twice."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaProducer

from ioc.catalogue.reading.load import hue_folder
from ioc.core.scalars import Priority
from ioc.core.sources import CENTRE
from ioc.core.times import MINUTE, Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from ioc.processors.serde import decode_incident, decode_sensor
from ioc.sensors.observations import OBSERVED_TYPE
from ioc.sensors.state import SensorState
from tests.city import RunningCity, city
from tests.streams.log import read
from tests.unit.samples import body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
NOW: Instant = time.time_ns() // 1_000_000
PARTITIONS = 2
RIVER, RAIN = "river-stations:kim-long", "rain-gauges:hue"
INDICATORS = """
indicators:
  - kind: river-level
    name_vi: Sông
    name_en: River
    measure: m
    service: flood-rain
    category: river-level
    silent_after: 30m
    thresholds:
      - {level: 1, at: 1.0, clear_at: 0.8, hold: 10m, priority: normal, title_vi: "Báo động I", title_en: Alarm I}
      - {level: 2, at: 2.0, clear_at: 1.8, hold: 10m, priority: high, title_vi: "Báo động II", title_en: Alarm II}
  - kind: rain
    name_vi: Mưa
    name_en: Rain
    measure: mm/h
    service: flood-rain
    category: rain
    silent_after: 2s
    thresholds:
      - {level: 1, at: 50, clear_at: 30, title_vi: "Mưa to", title_en: Heavy rain}
sensors:
  - {id: "river-stations:kim-long", kind: river-level, name: Kim Long, ward: "19774", lat: 16.45, lon: 107.56}
  - {id: "rain-gauges:hue", kind: rain, name: Huế, ward: "19789"}
"""


@pytest.fixture
def sensor_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sensors, one of them soon called silent; for every process of the test."""
    folder = Path(shutil.copytree(hue_folder(), tmp_path / "catalogue"))
    (folder / "indicators.yml").write_text(INDICATORS)
    monkeypatch.setenv("IOC_CATALOGUE", str(folder))


class SensorSource:
    """Publishes what sensors say. Their own time is what counts: an hour of it can be sent in a moment."""

    def __init__(self, bootstrap: str) -> None:
        self.producer = KafkaProducer(bootstrap_servers=bootstrap)

    def observe(self, sensor_id: str, *series: tuple[int, float]) -> None:
        """Publish values, each so many minutes after three hours ago."""
        slug, _, subject = sensor_id.partition(":")
        for minute, value in series:
            at = NOW + (minute - 180) * MINUTE
            event = {
                "specversion": "1.0",
                "id": f"{sensor_id}/{minute}",
                "source": f"/hue/{slug}",
                "subject": subject,
                "type": OBSERVED_TYPE,
                "time": to_rfc3339(at),
                "data": {"value": value},
            }
            self.send(Topic.INDICATORS, sensor_id, msgspec.json.encode(event))

    def send(self, topic: Topic, key: str, value: bytes) -> None:
        self.producer.send(topic, value, key=key.encode()).get(timeout=30)


@pytest.fixture
def source(kafka: str) -> Iterator[SensorSource]:
    sensors = SensorSource(kafka)
    yield sensors
    sensors.producer.close()


def latest_value(bootstrap: str, topic: Topic, key: str) -> bytes | None:
    """Return the value last written of a key."""
    values = [record.value for record in read(bootstrap, topic, PARTITIONS) if record.key.decode() == key]
    return values[-1] if values else None


def sensor(bootstrap: str, sensor_id: str) -> SensorState | None:
    value = latest_value(bootstrap, Topic.SENSORS, sensor_id)
    return None if value is None else decode_sensor(value)


def incident_of(bootstrap: str, incident_id: str) -> Incident | None:
    value = latest_value(bootstrap, Topic.INCIDENTS, incident_id)
    return None if value is None else decode_incident(value)


def sent(bootstrap: str, incident_id: str) -> list[str]:
    """Return the events that the processor of sensors sent about an incident, each by the last word of its type."""
    records = [record for record in read(bootstrap, Topic.EVENTS, PARTITIONS) if record.key.decode() == incident_id]
    events = [msgspec.json.decode(record.value) for record in records]
    return [event["type"].split(".")[-2] for event in events if event["source"].startswith(f"{CENTRE}indicators/")]


def until_state(centre: RunningCity, bootstrap: str, incident_id: str, state: State) -> Incident:
    deadline = time.monotonic() + 60
    while (incident := incident_of(bootstrap, incident_id)) is None or incident.state is not state:
        assert time.monotonic() < deadline, centre.logs()
        time.sleep(0.2)
    return incident


def until_value(centre: RunningCity, bootstrap: str, sensor_id: str, value: float) -> SensorState:
    deadline = time.monotonic() + 60
    while (state := sensor(bootstrap, sensor_id)) is None or state.value != value:
        assert time.monotonic() < deadline, centre.logs()
        time.sleep(0.2)
    return state


@pytest.mark.usefixtures("sensor_catalogue")
def test_an_incident_opens_rises_and_clears_once_though_the_worker_is_killed_on_the_way(
    kafka: str, tmp_path: Path, source: SensorSource
) -> None:
    with city(kafka, tmp_path, PARTITIONS, clock="wall") as centre:
        centre.start_worker()
        source.observe(RIVER, (0, 0.5), (5, 1.2), (9, 1.3), (14, 1.4))
        until_value(centre, kafka, RIVER, 1.4)
        assert sent(kafka, f"{RIVER}:1") == [], "nine minutes are not ten"
        centre.kill_worker(0)
        source.observe(RIVER, (9, 1.3), (8, 0.1), (15, 1.45), (15, 1.45))
        centre.start_worker()
        opened = until_state(centre, kafka, f"{RIVER}:1", State.REPORTED)
        assert (opened.title, opened.priority, opened.reported_at) == (
            "Báo động I: Kim Long",
            Priority.NORMAL,
            NOW - 165 * MINUTE,
        )
        assert (opened.service, opened.category, opened.ward, opened.unit) == (
            "flood-rain",
            "river-level",
            "19774",
            "bch-pctt",
        )
        source.observe(RIVER, (20, 2.1), (25, 2.3), (30, 2.4), (10, 9.0), (40, 0.7), (45, 0.7), (50, 0.6))
        closed = until_state(centre, kafka, f"{RIVER}:1", State.RESOLVED)
        assert (closed.priority, closed.title) == (Priority.HIGH, "Báo động II: Kim Long")
        assert b"0.6 m \xe2\x89\xa4 0.8 m trong 10 ph\xc3\xbat; n\xe1\xba\xb7ng nh\xe1\xba\xa5t 2.4 m" in bytes(
            closed.history[-1].data
        )
        assert sent(kafka, f"{RIVER}:1") == ["reported", "updated", "resolved"]
        state = sensor(kafka, RIVER)
        assert state is not None
        assert (state.level, state.exceedances, state.late) == (0, 1, 3)
        assert "sensors" in centre.verify()


@pytest.mark.usefixtures("sensor_catalogue")
def test_a_silent_sensor_is_an_incident_until_it_speaks_and_an_operator_s_word_is_heard(
    kafka: str, tmp_path: Path, source: SensorSource
) -> None:
    with city(kafka, tmp_path, PARTITIONS, clock="wall") as centre:
        centre.start_worker()
        silent = until_state(centre, kafka, f"{RAIN}:silent-1", State.REPORTED)
        assert silent.title == "Mất tín hiệu: Huế"
        source.observe(RAIN, (170, 3.0))
        until_state(centre, kafka, f"{RAIN}:silent-1", State.RESOLVED)
        source.observe(RIVER, (0, 1.2), (10, 1.2))
        until_state(centre, kafka, f"{RIVER}:1", State.REPORTED)
        slug, _, subject = RIVER.partition(":")
        by_hand = body("resolved", NOW, "by-hand", f"{subject}:1", f"{CENTRE}{slug}", text="đã cử người")
        source.send(Topic.EVENTS, f"{RIVER}:1", by_hand)
        until_state(centre, kafka, f"{RIVER}:1", State.RESOLVED)
        source.observe(RIVER, (20, 2.5), (30, 2.5))
        again = until_state(centre, kafka, f"{RIVER}:2", State.REPORTED)
        assert again.priority is Priority.HIGH
        assert sent(kafka, f"{RIVER}:1") == ["reported"]
        assert "sensors" in centre.verify()


@pytest.mark.usefixtures("sensor_catalogue")
def test_what_cannot_be_used_is_kept_whole_with_its_reason(kafka: str, tmp_path: Path, source: SensorSource) -> None:
    with city(kafka, tmp_path, PARTITIONS) as centre:
        source.send(Topic.INDICATORS, "river-stations:nowhere", b"{not json")
        source.observe("river-stations:nowhere", (0, 1.0))
        source.observe(RIVER, (0, 1.0), (45, 1.0))
        centre.start_worker()
        until_value(centre, kafka, RIVER, 1.0)
        assert "sensors" in centre.verify()
        assert len(read(kafka, Topic.DEAD_LETTERS, PARTITIONS)) == 2
        listed = centre.run("dead-letters", "list", "--reason", "not_in_catalogue").stdout
        assert "1 dead letters" in listed
        (place,) = [word for word in listed.split() if word.startswith("ioc.indicators/")]
        assert "1 published again" in centre.run("dead-letters", "replay", place).stdout
        deadline = time.monotonic() + 30
        while len(read(kafka, Topic.DEAD_LETTERS, PARTITIONS)) < 3:
            assert time.monotonic() < deadline, "what is published again goes where it was refused"
            time.sleep(0.2)
        resolved = until_state(centre, kafka, f"{RIVER}:silent-1", State.RESOLVED)
        assert resolved.reported_at == NOW - 150 * MINUTE, "with the events' clock, at its own moment"
