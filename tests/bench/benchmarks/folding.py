"""Our worker at a backlog: real processes, watched from outside by the positions they commit."""

import asyncio
import re
import subprocess
import time
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from msgspec import Struct

from console.topic_reader import is_quiet
from ioc.core.records import position_key
from ioc.core.topics import Topic
from ioc.processors.serde import decode_position
from streams.kafka_clients import reader
from tests.bench.load.processes import broker_of, cpu_seconds
from tests.city import RunningCity

ALL_ON = "exactly once, zombies fenced; all rules, deadlines, figures, facts, duplicates"
_PATIENCE = 600.0
_QUIET_WITHIN = 120.0


class Folding(Struct, frozen=True):
    """How a backlog was folded: events, wall seconds and CPU seconds between the first and the last position seen.

    `cpu` is that of the workers, `broker` that of the broker. `whole` are the seconds from `began`, such as the start
    of the process, until all was folded.
    """

    events: int
    seconds: float
    cpu: float
    broker: float
    whole: float


async def watch(centre: RunningCity, ends: Mapping[int, int], began: float, topic: Topic = Topic.EVENTS) -> Folding:
    """Return how the centre's workers fold an input topic up to the offsets given; TimeoutError when they do not."""
    pids, broker = [one.pid for one in centre.workers], [broker_of(centre.bootstrap)]
    async with reader(centre.bootstrap) as consumer, asyncio.timeout(_PATIENCE):
        positions = _Positions(consumer, topic, ends)
        await positions.seen()
        first, at, cpu, brokers = positions.folded, time.monotonic(), cpu_seconds(pids), cpu_seconds(broker)
        while not positions.done:
            await positions.seen()
        now = time.monotonic()
        return Folding(
            events=positions.folded - first,
            seconds=now - at,
            cpu=cpu_seconds(pids) - cpu,
            broker=cpu_seconds(broker) - brokers,
            whole=now - began,
        )


class _Positions:
    """How far each partition of an input topic is folded, read along as it is committed."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: Topic, ends: Mapping[int, int]) -> None:
        self._consumer = consumer
        self._topic = topic
        self._ends = ends
        self._next = dict.fromkeys(ends, 0)
        consumer.assign([TopicPartition(Topic.POSITIONS, number) for number in ends])

    async def seen(self) -> None:
        """Return once there is news of the topic."""
        before = self.folded
        while self.folded == before:
            for tp, records in (await self._consumer.getmany(timeout_ms=100)).items():
                key = position_key(self._topic, tp.partition)
                for record in records:
                    if record.key == key and record.value is not None:
                        self._next[tp.partition] = decode_position(record.value).next

    @property
    def folded(self) -> int:
        """How many of the records that were asked for are folded."""
        return sum(min(self._next[number], end) for number, end in self._ends.items())

    @property
    def done(self) -> bool:
        """True when all of them are."""
        return self.folded == sum(self._ends.values())


def verified(centre: RunningCity, settings: Mapping[str, str] | None = None) -> str:
    """Compute all again from the log once everything is at rest; return how that went, AssertionError if badly."""
    asyncio.run(_rest(centre.bootstrap))
    _stop(centre.workers)
    done = centre.run("verify", "--wait", "120", **(settings or {}))
    assert done.returncode == 0, done.stdout + done.stderr
    differences = re.search(r"^0 differences", done.stdout, re.MULTILINE)
    assert differences is not None, done.stdout
    return "ioc verify: 0 differences"


async def _rest(bootstrap: str) -> None:
    """Wait until no topic has anything left to fold."""
    give_up = time.monotonic() + _QUIET_WITHIN
    while not await is_quiet(bootstrap):
        assert time.monotonic() < give_up, "the workers do not come to rest"


def _stop(workers: Sequence[subprocess.Popen[bytes]]) -> None:
    """End the workers as an operator would."""
    for one in workers:
        one.terminate()
    for one in workers:
        one.wait(timeout=30)
