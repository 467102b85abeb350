"""`ioc verify` on what real workers wrote: while events keep coming, after transactions, and with what they did not."""

import asyncio
import time
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaProducer

from ioc.core.partitioner import partition_of
from ioc.core.times import MINUTE, SECOND, Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.facts import Fact, FactKind
from ioc.processors.serde import encode
from tests.city import RunningCity, city
from tests.unit.samples import body

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]
KEY = b"field-reports:1"
NOW: Instant = time.time_ns() // 1_000_000
REPORT = body("reported", NOW, "e1", service="field-reports", title="Cây đổ", ward="19753")
TABLE = Path(__file__).parent.parent / "data" / "requests.csv"


def publish(bootstrap: str, value: bytes, key: bytes = KEY, topic: Topic = Topic.EVENTS, at: Instant = NOW) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    try:
        producer.send(topic, value, key=key, timestamp_ms=at).get(timeout=30)
    finally:
        producer.close()


def test_it_verifies_while_events_keep_coming(kafka: str, tmp_path: Path) -> None:
    """The demo's player moves the clock of all partitions on four times a second."""
    with city(kafka, tmp_path) as centre:
        centre.start_worker()
        playing = centre.begin("play", "--speed", "600")
        centre.settle()
        for _ in range(3):
            output = centre.verify()
        assert playing.poll() is None, centre.logs()
        assert "\n0 in motion" not in output, "nothing happened between the two readings of the positions"


async def publish_in_transactions(bootstrap: str, *values: bytes) -> None:
    """Publish each in a transaction of its own, and after them one that is taken back."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id="field-reports") as producer:
        for value in values:
            async with producer.transaction():
                await producer.send_and_wait(Topic.EVENTS, value, key=KEY)
        await producer.begin_transaction()
        await producer.send_and_wait(Topic.EVENTS, body("noted", NOW, "never", text="x"), key=KEY)
        await producer.abort_transaction()


def test_a_transaction_that_ends_the_log_is_not_waited_for(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        centre.start_worker()
        asyncio.run(publish_in_transactions(kafka, REPORT, body("acknowledged", NOW + 1, "e2")))
        assert "events" in centre.verify()


def announce_breach(centre: RunningCity, kafka: str) -> None:
    """Let a deadline pass and be announced."""
    due = to_rfc3339(NOW + SECOND)
    publish(kafka, body("reported", NOW, "e1", service="field-reports", title="Cây đổ", due={"resolve": due}))
    centre.verify()


def verify_fails(centre: RunningCity, seconds: float = 0) -> CompletedProcess[str]:
    """Let `ioc verify` find a difference, within so many seconds; return what it printed."""
    deadline = time.monotonic() + seconds
    while (result := centre.run("verify", "--wait", "60")).returncode == 0 and time.monotonic() < deadline:
        time.sleep(1)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Cây" not in result.stdout
    return result


@pytest.mark.parametrize("clock", ["event", "wall"])
def test_an_invented_fact_is_found(kafka: str, tmp_path: Path, clock: str) -> None:
    with city(kafka, tmp_path, clock=clock) as centre:
        centre.start_worker()
        announce_breach(centre, kafka)
        invented = Fact(
            "field-reports:1/0/x/resolve/3", FactKind.ESCALATED, "field-reports:1", NOW, NOW + SECOND, level=3
        )
        publish(kafka, encode(invented), topic=Topic.FACTS, at=NOW - MINUTE)
        output = verify_fails(centre, seconds=20).stdout  # with the wall's clock a tick could still be writing
        assert f"{invented.id} should not be there" in output


def test_a_dead_letter_is_named_by_its_place_alone(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        centre.start_worker()
        publish(kafka, "Cây đổ nhà bà Nguyễn".encode())
        centre.verify()
        publish(kafka, "Cây đổ nhà ông Trần".encode(), topic=Topic.DEAD_LETTERS)
        output = verify_fails(centre).stdout
        place = f"ioc.dead-letters {partition_of(KEY, 4)}:"
        assert place in output
        assert "Trần" not in output


def test_workers_that_do_not_come_are_told_of_in_a_line(kafka: str, tmp_path: Path) -> None:
    with city(kafka, tmp_path) as centre:
        publish(kafka, REPORT)
        for command in (("verify",), ("verdicts", str(TABLE))):
            result = centre.run(*command, "--wait", "0")
            assert (result.returncode, result.stdout) == (3, "")
            assert result.stderr == "the workers have not folded all events within 0 s\n"
