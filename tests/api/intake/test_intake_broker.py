"""Events over HTTP through a real API, broker and worker: they end as the same events sent by Kafka do."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
from kafka import KafkaProducer

from api.intake.http_binding import BATCH, STRUCTURED
from ioc.core.partitioner import partition_of
from ioc.core.times import MINUTE, Instant
from ioc.core.topics import Topic
from tests.city import city
from tests.streams.log import read
from tests.unit.samples import body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
PARTITIONS = 3
NOW: Instant = time.time_ns() // 1_000_000


def lives(prefix: str) -> list[tuple[bytes, bytes]]:
    """Return what happened to six incidents, one illegal move and one duplicate among it, by key."""
    told = [
        (
            f"{prefix}{number}",
            body(event_type, NOW - (9 - step) * MINUTE, f"{prefix}{number}-{event_type}", f"{prefix}{number}", **data),
        )
        for number in range(6)
        for step, (event_type, data) in enumerate(
            [
                (
                    "reported",
                    {"service": "field-reports", "ward": "19753", "title": "Cây đổ", "reporter": {"name": "Hoa"}},
                ),
                ("assigned", {"unit": "hepco"}),
                ("resumed", {}),
                ("noted", {"text": "đang đến"}),
                ("resolved", {"text": "xong"}),
            ]
        )
    ]
    return [(f"field-reports:{subject}".encode(), event) for subject, event in [*told, told[0]]]


def post_in_every_mode(http: httpx.Client, events: list[bytes]) -> None:
    third = len(events) // 3
    for event in events[:third]:
        assert http.post("/events", content=event, headers={"Content-Type": STRUCTURED}).status_code == 202
    for event in events[third : 2 * third]:
        members = msgspec.json.decode(event)
        data = msgspec.json.encode(members.pop("data"))
        headers = {f"ce-{name}": quote(said, safe="/:") for name, said in members.items()}
        answer = http.post("/events", content=data, headers={**headers, "Content-Type": "application/json"})
        assert answer.status_code == 202, answer.text
    answer = http.post("/events", content=b"[" + b",".join(events[2 * third :]) + b"]", headers={"Content-Type": BATCH})
    assert (answer.status_code, answer.json()["refused"]) == (202, 0), answer.text


def what_came_of_it(http: httpx.Client, prefix: str) -> list[dict[str, Any]]:
    """Return the incidents without what tells the two ways apart: their ids."""
    shown = [http.get(f"/incidents/field-reports:{prefix}{number}").text for number in range(6)]
    return [msgspec.json.decode(one.replace(f"{prefix}{number}", str(number))) for number, one in enumerate(shown)]


def all_ended_alike(some: list[dict[str, Any]], others: list[dict[str, Any]]) -> bool:
    return some == others and {one.get("state") for one in some} == {"resolved"}


def test_events_sent_over_http_end_as_those_sent_by_kafka(kafka: str, tmp_path: Path) -> None:
    by_http, by_kafka = lives("h"), lives("k")
    with city(kafka, tmp_path, PARTITIONS, clock="wall") as centre:
        centre.start_worker()
        centre.start_api()
        producer = KafkaProducer(bootstrap_servers=kafka)
        for key, event in by_kafka:
            producer.send(Topic.EVENTS, event, key=key)
        producer.close()
        with httpx.Client(base_url=centre.url, timeout=30) as http:
            post_in_every_mode(http, [event for _, event in by_http])
            give_up = time.monotonic() + 60
            while not all_ended_alike(what_came_of_it(http, "h"), what_came_of_it(http, "k")):
                assert time.monotonic() < give_up, (what_came_of_it(http, "h"), what_came_of_it(http, "k"))
                time.sleep(0.3)
        written = [
            record for record in read(kafka, Topic.EVENTS, PARTITIONS) if record.key.startswith(b"field-reports:")
        ]  # type: ignore[attr-defined]
        assert len(written) == len(by_http) + len(by_kafka)
        for record in written:
            assert record.partition == partition_of(record.key, PARTITIONS)  # type: ignore[attr-defined]
        letters = read(kafka, Topic.DEAD_LETTERS, PARTITIONS)
        assert len(letters) == 12, "what the lifecycle does not allow is not seen at the door"
        verify = centre.run("verify", "--wait", "30")
        assert verify.returncode == 0, verify.stdout + verify.stderr
