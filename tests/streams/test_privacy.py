"""A reporter's identity is nowhere but where it may be: after a run with marked identities, all output is searched.

May hold them: the events as they came, the dead letters' values, the topic of reporters, and the one answer to the
one who may see it.
"""

import re
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from ioc.core.times import MINUTE, Instant
from ioc.core.topics import MAX_EVENT_BYTES, TOPICS, Topic
from ioc.incident.payloads import Reporter
from ioc.processors.serde import decode_look, decode_reporter
from tests.city import RunningCity
from tests.streams.notifier.notified_city import NotifiedCity, notified_city
from tests.unit.samples import CENTRE_KEY, body, keys_file, private_pem

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
NOW: Instant = time.time_ns() // 1_000_000
SECRET = "a secret that is shared and long enough for it"
AUTH = {"KEY": SECRET, "ALGORITHM": "HS256", "ISSUER": "https://id.example", "AUDIENCE": "ioc"}
MAY_HOLD = {Topic.EVENTS, Topic.REPORTERS, Topic.DEAD_LETTERS}
MARK, IN_A_TITLE = b"MARKED-PERSON-", b"MARKED-TITLE-1"
FIELDS = Reporter.__struct_fields__
_numbers = count()


def somebody(**more: object) -> dict[str, Any]:
    """Return an identity no two fields of which, in the whole run, are the same."""
    return {**{field: f"{MARK.decode()}{field}-{next(_numbers)}" for field in FIELDS}, **more}


def report(event_id: str, subject: str, **data: Any) -> bytes:
    data = {"service": "field-reports", "title": "Cây đổ", "ward": "19753", **data}
    return body("reported", NOW - MINUTE, event_id, subject, **data)


HOA, LATE = somebody(), somebody()


def records() -> Iterator[tuple[str, bytes, list[tuple[str, bytes]]]]:
    """Yield all that a run consists of: an incident's subject, a value and headers."""

    def plain(subject: str, value: bytes) -> tuple[str, bytes, list[tuple[str, bytes]]]:
        return subject, value, []

    first = report("e1", "1", title=IN_A_TITLE.decode(), reporter=HOA)
    yield plain("1", first)
    yield plain("1", report("e1", "1", reporter=somebody()))  # a duplicate with another's name
    yield plain("1", report("e2", "1", reporter=somebody()))  # a second report: not allowed here
    yield plain("2", body("acknowledged", NOW, "e3", "2", reporter=somebody(), text="x"))
    yield plain("2", report("e4", "2", reporter=LATE))  # late, for an incident that waits for it
    yield plain("3", report("e5", "3", reporter=somebody(), ward="nowhere"))
    yield plain("3", report("e6", "3", reporter=somebody(phone=["MARKED-PERSON-list"])))
    yield plain("3", report("e7", "3", reporter=somebody(name="MARKED-PERSON-" * 100)))
    yield plain("3", report("e8", "3", reporter="MARKED-PERSON-alone"))
    yield plain("3", report("e9", "3", reporter=somebody(), due={"MARKED-PERSON-due": "soon"}))
    yield plain("3", report("e10", "3", reporter=somebody(), priority="MARKED-PERSON-priority"))
    yield plain("3", report("e11", "3", reporter=somebody())[:-5])
    yield plain("3", report("e12", "3", reporter=somebody()).replace(b"field-reports", b"\xff\xfe"))
    yield plain("3", report("e13", "3", reporter=somebody()).replace(b"reported.v1", b"exploded.v1"))
    yield plain("3", report("e14", "4", reporter=somebody()))  # another incident's key
    yield plain("3", report("e15", "3", reporter=somebody(), text="x" * MAX_EVENT_BYTES))
    yield plain("5", report("e16", "5", reporter=somebody(nickname="MARKED-PERSON-nickname")))
    whole = msgspec.json.decode(report("e17", "6", reporter=somebody()))
    data = msgspec.json.encode(whole.pop("data"))
    yield "6", data, [(f"ce_{name}", text.encode()) for name, text in whole.items()]


def publish_all(bootstrap: str) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    try:
        for subject, value, headers in records():
            key = f"field-reports:{subject}".encode()
            producer.send(Topic.EVENTS, value, key=key, headers=headers).get(timeout=30)
    finally:
        producer.close()


def bearing(role: str) -> dict[str, str]:
    claims = {"sub": "lan@hue", "iss": AUTH["ISSUER"], "aud": AUTH["AUDIENCE"], "exp": time.time() + 600}
    return {"Authorization": f"Bearer {jwt.encode({**claims, 'roles': [role]}, SECRET, 'HS256')}"}


def all_records(bootstrap: str, topic: Topic) -> list[Any]:
    """Return every record of a topic, of aborted transactions too."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        tps = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(tps)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(tps)
        polled: list[Any] = []
        while any(consumer.position(tp) < end for tp, end in ends.items()):
            for batch in consumer.poll(timeout_ms=200).values():
                polled += batch
        return polled
    finally:
        consumer.close()


def on_topics(bootstrap: str) -> Iterator[tuple[str, bytes]]:
    """Yield everything on the topics where no identity may be, with its place."""
    for spec in TOPICS:
        for record in all_records(bootstrap, spec.name):
            place = f"{spec.name} {record.partition}:{record.offset}"
            yield f"{place} key", record.key or b""
            yield f"{place} headers", b" ".join(name.encode() + (value or b"") for name, value in record.headers)
            if spec.name not in MAY_HOLD:
                yield f"{place} value", record.value or b""


def answers(centre: RunningCity) -> Iterator[tuple[str, bytes]]:
    """Yield all that the API answers without a token, on every path of its OpenAPI document that can be read."""
    with httpx.Client(base_url=centre.url, timeout=20) as http:
        document = http.get("/openapi.json").json()
        yield "GET /metrics", http.get("/metrics").content
        for path, operations in document["paths"].items():
            get = operations.get("get")
            if get is None or path == "/stream":
                continue
            for incident_id in ("field-reports:1", "field-reports:2", "field-reports:5"):
                times = {"from": "2020-01-01T00:00:00Z", "to": "2030-01-01T00:00:00Z"}
                required = [name for name in get.get("parameters", ()) if name["required"] and name["in"] == "query"]
                query = {parameter["name"]: times.get(parameter["name"], incident_id) for parameter in required}
                response = http.get(_fill(path, incident_id), params=query)
                assert response.status_code < 500, path
                yield f"GET {path} {response.status_code}", response.content
        with http.stream("GET", "/stream") as stream:
            yield "GET /stream 200", next(chunk for chunk in stream.iter_bytes() if b"field-reports:1" in chunk)
        for body in ({"reporter": HOA}, {"actor": 5, "text": HOA["name"] * 999}):
            response = http.post("/incidents/field-reports:1/start", json=body, headers=bearing("operator"))
            assert response.status_code == 422
            yield "POST refused", response.content


def _fill(path: str, incident_id: str) -> str:
    """Return a path with an incident's id for each of its parameters."""
    return re.sub(r"\{\w+\}", incident_id, path)


def on_machines(centre: RunningCity, *ports: int) -> Iterator[tuple[str, bytes]]:
    """Yield the logs, the metrics and what the command line tells."""
    for log in centre.folder.glob("*.log"):
        yield f"log {log.name}", log.read_bytes()
    for port in (*centre.metrics_ports, *ports):
        yield "metrics of a process", httpx.get(f"http://127.0.0.1:{port}/metrics").content
    for command in ("verify", "looks"):
        result = centre.run(command)
        assert result.returncode == 0, result.stdout + result.stderr
        yield f"ioc {command}", (result.stdout + result.stderr).encode()
    result = centre.run("dead-letters", "list")
    yield "ioc dead-letters list", (result.stdout + result.stderr).encode()


def messages(here: NotifiedCity) -> Iterator[tuple[str, bytes]]:
    """Yield the messages that were sent outside, once a directive has reached both units."""
    here.until(lambda: here.hook.bodies and here.mail.mail)
    yield from (("webhook", msgspec.json.encode(body)) for body in here.hook.bodies)
    yield from (("mail", mail.as_bytes() + mail.get_content().encode()) for mail in here.mail.mail)


def places_of(mark: bytes, output: list[tuple[str, bytes]]) -> list[str]:
    """Return the places that hold a mark."""
    return [place for place, content in output if mark in content]


def play(centre: RunningCity) -> None:
    """Let the run take place: events, then commands and two looks."""
    publish_all(centre.bootstrap)
    headers = bearing("operator")
    with httpx.Client(base_url=centre.url, timeout=20) as http:
        for subject in "1256":
            _until_shown(http, f"field-reports:{subject}")
        for command, payload in (("acknowledge", {"text": "đã gọi"}), ("direct", {"units": ["csgt", "hepco"]})):
            response = http.post(f"/incidents/field-reports:1/{command}", json=payload, headers=headers)
            assert response.status_code == 202, response.text
        for subject, identity in (("1", HOA), ("2", LATE)):
            look = http.get(f"/incidents/field-reports:{subject}/reporter", headers=bearing("identity"))
            assert look.json() == {"incident": f"field-reports:{subject}", **identity}


def _until_shown(http: httpx.Client, incident_id: str) -> None:
    deadline = time.monotonic() + 30
    while http.get(f"/incidents/{incident_id}").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_who_reported_is_nowhere_but_where_it_may_be(
    kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with notified_city(kafka, tmp_path, partitions=4) as here:
        centre = here.centre
        centre.verbose = True
        (tmp_path / "catalogue" / "keys.yml").write_text(keys_file())
        (tmp_path / "signing.pem").write_bytes(private_pem(CENTRE_KEY))
        monkeypatch.setenv("IOC_CATALOGUE", str(tmp_path / "catalogue"))
        centre.start_worker()
        here.start()
        signing = {"IOC_SIGNING_KEY": str(tmp_path / "signing.pem")}
        centre.start_api(**signing, **{f"IOC_AUTH_{name}": value for name, value in AUTH.items()})
        play(centre)
        output = [*messages(here), *on_machines(centre, *here.ports), *on_topics(kafka), *answers(centre)]
        assert places_of(MARK, output) == []
        searched = {place.split()[0] for place in places_of(IN_A_TITLE, output)}
        assert {Topic.INCIDENTS, "GET", "webhook", "mail"} <= searched, "the search finds what is there"
        reporters = {
            record.key.decode(): decode_reporter(record.value)
            for record in all_records(kafka, Topic.REPORTERS)
            if record.value
        }
        for subject, identity in (("1", HOA), ("2", LATE)):
            assert msgspec.to_builtins(reporters[f"field-reports:{subject}"]) == identity
        assert reporters.keys() == {f"field-reports:{subject}" for subject in "1256"}
        refused = [record.value for record in all_records(kafka, Topic.DEAD_LETTERS)]
        assert len([value for value in refused if MARK in value]) == len(refused) == 12
        looks = [decode_look(record.value) for record in all_records(kafka, Topic.AUDIT)]
        assert [(look.incident[-1], look.viewer) for look in looks] == [("1", "lan@hue"), ("2", "lan@hue")]
