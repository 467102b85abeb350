"""What crosses the broker: refused records kept whole, and deadlines announced once, by a real worker."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from ioc.core.dead_letter import ErrorHeader
from ioc.core.times import Instant, to_rfc3339
from ioc.core.topics import MAX_RECORD_BYTES, Topic
from ioc.incident.facts import Fact, FactKind
from ioc.processors.serde import decode_fact
from tests.city import City, city
from tests.unit.samples import body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
KEY = b"field-reports:1"
NOW: Instant = time.time_ns() // 1_000_000


def read(bootstrap: str, topic: Topic, partitions: int = 1) -> list[object]:
    """Return all committed records of a topic."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False)
    try:
        tps = [TopicPartition(topic, number) for number in range(partitions)]
        consumer.assign(tps)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(tps)
        found: list[object] = []
        while any(consumer.position(tp) < end for tp, end in ends.items()):
            for records in consumer.poll(timeout_ms=200).values():
                found += records
        return found
    finally:
        consumer.close()


def publish(
    bootstrap: str, *records: tuple[bytes | None, bytes], partition: int | None = None, **settings: Any
) -> None:
    producer = KafkaProducer(**{"bootstrap_servers": bootstrap, "max_request_size": MAX_RECORD_BYTES, **settings})
    try:
        for sent in [producer.send(Topic.EVENTS, value, key=key, partition=partition) for key, value in records]:
            sent.get(timeout=30)
    finally:
        producer.close()


def until(found: int, centre: City, topic: Topic, seconds: float = 60) -> list[object]:
    """Wait until a topic holds that many committed records."""
    give_up = time.monotonic() + seconds
    while len(records := read(centre.bootstrap, topic)) < found:
        assert time.monotonic() < give_up, f"{len(records)} of {found} records on {topic}\n{centre.logs()}"
        time.sleep(0.3)
    return records


def test_refused_records_are_kept_whole_and_the_stream_goes_on(kafka: str, tmp_path: Path) -> None:
    good = body("reported", NOW, "e1", service="field-reports", ward="19753")
    naive = good.replace(to_rfc3339(NOW).encode(), b"2026-11-23T08:00:00")
    refused = {
        "not_json": (KEY, b"{not json"),
        "invalid: id: missing": (KEY, good.replace(b'"id":"e1",', b"")),
        "time zone": (KEY, naive),
        "unknown_type": (KEY, good.replace(b"reported.v1", b"exploded.v1")),
        "not_in_catalogue": (KEY, good.replace(b'"service":"field-reports"', b'"service":"nobody"')),
        "illegal_move": (KEY, body("resumed", NOW, "e2")),
        "too_large": (KEY, b"x" * 5_000_000),
        "not_utf8": (KEY, b'{"specversion":"\xff"}'),
        "wrong_key": (b"another", good.replace(b'"e1"', b'"e3"')),
    }
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        publish(kafka, (KEY, good), *refused.values(), (KEY, body("resolved", NOW + 1, "e9")))
        letters = until(len(refused), centre, Topic.DEAD_LETTERS)
        for (reason, (key, value)), letter in zip(refused.items(), letters, strict=True):
            headers = dict(letter.headers)  # type: ignore[attr-defined]
            assert reason in headers[ErrorHeader.REASON].decode()
            assert (letter.key, letter.value) == (key, value)  # type: ignore[attr-defined]
            assert headers[ErrorHeader.TOPIC] == b"ioc.events"
        kinds = [decode_fact(record.value).kind for record in until(4, centre, Topic.FACTS)]  # type: ignore[attr-defined]
        assert FactKind.RESOLVED in kinds, "the stream did not stop"
        verify = centre.run("verify", "--wait", "30")
        assert verify.returncode == 0, verify.stdout + verify.stderr
        counted = centre.metrics()
        assert counted['ioc_fold_records_total{partition="0",topic="ioc.events"}'] == len(refused) + 2
        of_reasons = {name: count for name, count in counted.items() if name.startswith("ioc_fold_refused_total")}
        assert sum(of_reasons.values()) == len(refused), of_reasons
        assert of_reasons['ioc_fold_refused_total{reason="not_json"}'] == 1
        listed_shown_and_replayed(centre, len(refused))


def listed_shown_and_replayed(centre: City, refused: int) -> None:
    """What the engineer does with dead letters: offset 1 is the one that is not JSON."""
    listed = centre.run("dead-letters", "list").stdout
    assert f"{refused} dead letters" in listed
    assert "0:1" in listed
    assert "{not json" not in listed, "a list tells nothing of what the records say"
    shown = centre.run("dead-letters", "show", "0:1")
    assert shown.stdout == "{not json"
    assert "not_json" in shown.stderr
    assert centre.run("dead-letters", "show", "0:999").returncode == 1
    assert centre.run("dead-letters", "replay").returncode == 2, "everything at once is never meant"
    replayed = centre.run("dead-letters", "replay", "0:1")
    assert "1 published again" in replayed.stdout, replayed.stderr
    again = until(refused + 1, centre, Topic.DEAD_LETTERS)[-1]
    assert (again.key, again.value) == (KEY, b"{not json")  # type: ignore[attr-defined]


def test_a_deadline_is_announced_once_across_a_restart(kafka: str, tmp_path: Path) -> None:
    due = to_rfc3339(NOW + 1000)
    report = body("reported", NOW, "e1", service="field-reports", due={"resolve": due})
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        publish(kafka, (KEY, report))
        until(3, centre, Topic.FACTS)
        centre.kill_worker(0)
        centre.start_worker()
        publish(kafka, (KEY, body("noted", NOW + 1, "e2", text="x")), (KEY, body("rated", NOW + 2, "e3", score=1)))
        until(1, centre, Topic.DEAD_LETTERS)  # the rating is refused: by then the worker folds again
        time.sleep(2)
        facts = [decode_fact(record.value) for record in read(kafka, Topic.FACTS)]  # type: ignore[attr-defined]
        assert len(breaches(facts)) == 1, [msgspec.json.encode(fact) for fact in facts]


def breaches(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind is FactKind.BREACHED and fact.target == "resolve"]
