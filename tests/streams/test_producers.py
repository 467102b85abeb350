"""What producers may do to a worker: transactions, aborted ones too, records of any size, floods of nonsense."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from ioc.core.dead_letter import ErrorHeader
from ioc.core.partitioner import partition_of
from ioc.core.times import SECOND, to_rfc3339
from ioc.core.topics import MAX_RECORD_BYTES, Topic
from ioc.incident.facts import FactKind
from ioc.processors.serde import decode_fact
from streams.fail_fast import Exit
from tests.city import RunningCity, city
from tests.streams.log import publish, read, until
from tests.streams.test_worker import KEY, NOW
from tests.unit.samples import body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


async def in_a_transaction(bootstrap: str, values: Sequence[bytes], commit: bool = True) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id="a-service")
    await producer.start()
    try:
        await producer.begin_transaction()
        for value in values:
            await producer.send_and_wait(Topic.EVENTS, value, key=KEY)
        await (producer.commit_transaction() if commit else producer.abort_transaction())
    finally:
        await producer.stop()


def report(event_id: str, **data: object) -> bytes:
    return body("reported", NOW, event_id, service="field-reports", **data)


async def test_a_deadline_does_not_wait_for_the_marks_of_a_transaction(kafka: str, tmp_path: Path) -> None:
    due = to_rfc3339(time.time_ns() // 1_000_000 + 3 * SECOND)
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        centre.settle()
        await in_a_transaction(kafka, [report("e1", due={"resolve": due})])
        facts = [decode_fact(record.value) for record in until(3, centre, Topic.FACTS, seconds=20)]
        breached = next(fact for fact in facts if fact.kind is FactKind.BREACHED)
        assert breached.due is not None
        assert breached.at - breached.due < 15 * SECOND, "it is announced at 60 s whatever waits"
        assert not breached.late_input
        deadline = time.monotonic() + 10
        while centre.metrics()['ioc_fold_lag_records{partition="0",topic="ioc.events"}'] != 0:
            assert time.monotonic() < deadline, "a mark counts as a record that waits"
            await asyncio.sleep(0.2)


async def test_what_a_producer_takes_back_was_never_said(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        await in_a_transaction(kafka, [report("taken-back", title="no")], commit=False)
        await in_a_transaction(kafka, [report("kept", title="yes")])
        facts = [decode_fact(record.value) for record in until(2, centre, Topic.FACTS)]
        assert {fact.cause for fact in facts} == {"/hue/field-reports/kept"}
        assert read(kafka, Topic.DEAD_LETTERS) == []


def test_no_record_stops_a_worker_and_the_largest_is_kept_whole(kafka: str, tmp_path: Path) -> None:
    largest = b"x" * (MAX_RECORD_BYTES - 100 - len(KEY))
    odd = [b"[" * 100_000, b'{"a":' * 40_000, report("e1").replace(b"2026", b"0001"), largest]
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        publish(kafka, *((KEY, value) for value in odd), (KEY, report("good")))
        until(1, centre, Topic.FACTS)
        letters = read(kafka, Topic.DEAD_LETTERS)
        assert [letter.value for letter in letters] == odd
        assert centre.workers[0].poll() is None


def test_a_record_that_unpacks_to_far_more_than_gets_in_is_refused_too(kafka: str, tmp_path: Path) -> None:
    huge = b"x" * (3 * MAX_RECORD_BYTES)
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        centre.start_worker()
        publish(kafka, (KEY, huge), max_request_size=len(huge) + 1000, compression_type="gzip")
        publish(kafka, (KEY, report("good")))
        until(1, centre, Topic.FACTS)
        letter = read(kafka, Topic.DEAD_LETTERS)[0]
        assert str(len(huge)).encode() in dict(letter.headers)[ErrorHeader.CUT]
        assert huge.startswith(letter.value)
        assert centre.run("verify").returncode == 0


def test_a_flood_of_nonsense_stops_the_worker_until_somebody_has_looked(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path, partitions=1, clock="wall") as centre:
        publish(kafka, *[(KEY, b"nonsense")] * 300)
        assert centre.start_worker().wait(timeout=60) == Exit.TOO_MANY_REFUSED
        assert centre.start_worker().wait(timeout=60) == Exit.TOO_MANY_REFUSED, "to start again is no excuse"
        assert len(read(kafka, Topic.DEAD_LETTERS)) == 300
        publish(kafka, (KEY, report("good")))
        centre.start_worker(IOC_ACCEPT_LOSS="true")
        until(1, centre, Topic.FACTS)
        assert centre.workers[-1].poll() is None


def test_an_event_on_another_partition_than_its_keys_is_refused(kafka: str, tmp_path: Path) -> None:
    stray = (partition_of(KEY, 4) + 1) % 4
    with city(kafka, tmp_path, partitions=4, clock="wall") as centre:
        centre.start_worker()
        publish(kafka, (KEY, report("e1")), partition=stray)
        letter = first_record(centre, Topic.DEAD_LETTERS)
        assert b"wrong_partition" in dict(letter.headers)[ErrorHeader.REASON]
        assert centre.run("dead-letters", "replay", "--reason", "wrong_partition").returncode == 0
        fact = decode_fact(first_record(centre, Topic.FACTS).value)
        assert fact.incident == KEY.decode()


def first_record(centre: RunningCity, topic: Topic) -> Any:
    """Return the first committed record of a topic of four partitions, once there is one."""
    deadline = time.monotonic() + 60
    while not (records := read(centre.bootstrap, topic, partitions=4)):
        assert time.monotonic() < deadline, centre.logs()
        time.sleep(0.3)
    return records[0]
