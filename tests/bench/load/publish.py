"""Putting a workload on the broker, as fast as it takes it or at a steady pace: each key on its own partition."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from console.publisher import HEADERS, KeyedValue, publisher
from ioc.core.partitioner import partition_of
from ioc.core.topics import Topic

PARTITIONS = 4
# How often what has become due is sent (s).
_STEP = 0.005
# Deliveries under way at once: enough to keep the broker busy, and not the whole workload in memory.
_UNDER_WAY = 32


async def publish_steadily(
    bootstrap: str,
    rate: float,
    records: Sequence[KeyedValue],
    topic: str = Topic.EVENTS,
    sent: Callable[[KeyedValue], None] = lambda _: None,
) -> Sequence[float]:
    """Publish so many records a second; `sent` is told of each as it is handed to the producer.

    What has become due is sent every few milliseconds, by one batch a partition. Returns how late (s) the oldest of
    each time was.
    """
    due, count = iter(records), 0
    late: list[float] = []
    async with publisher(bootstrap, linger_ms=0) as producer:
        began = time.monotonic()
        while count < len(records):
            await asyncio.sleep(_STEP)
            passed = time.monotonic() - began
            if wanted := min(round(passed * rate), len(records)) - count:
                late.append(passed - count / rate)
                await _send_some(producer, list(islice(due, wanted)), topic, sent)
                count += wanted
    return late


async def _send_some(
    producer: AIOKafkaProducer, records: Sequence[KeyedValue], topic: str, sent: Callable[[KeyedValue], None]
) -> None:
    batches = _Batches(producer, topic, HEADERS)
    for one in records:
        await batches.add(one)
        sent(one)
    await batches.send()


async def publish(
    bootstrap: str,
    records: Iterable[KeyedValue],
    topic: Topic = Topic.EVENTS,
    headers: list[tuple[str, bytes]] = HEADERS,
) -> Mapping[int, int]:
    """Publish records to a topic and return how many went to each partition once the broker has all of them."""
    async with publisher(bootstrap, linger_ms=0) as producer:
        batches = _Batches(producer, topic, headers)
        for one in records:
            await batches.add(one)
            if len(batches.under_way) >= _UNDER_WAY:
                await batches.arrived()
        await batches.send()
        await batches.arrived()
    return batches.counts


class _Batches:
    """A batch for each partition, sent once it is full. `counts` are the records of each, `under_way` deliveries."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, headers: list[tuple[str, bytes]]) -> None:
        self.counts: Counter[int] = Counter()
        self.under_way: list[Awaitable[Any]] = []
        self._producer = producer
        self._topic = topic
        self._headers = headers
        self._open: dict[int, Any] = {}

    async def add(self, record: KeyedValue) -> None:
        """Put a record into the batch of its key's partition."""
        number = partition_of(record[0], PARTITIONS)
        self.counts[number] += 1
        if number in self._open and self._fits(number, record):
            return
        if number in self._open:
            await self._send(number)
        self._open[number] = self._producer.create_batch()
        self._fits(number, record)  # whatever its size: it is the first

    def _fits(self, number: int, record: KeyedValue) -> bool:
        key, value = record
        return self._open[number].append(key=key, value=value, timestamp=None, headers=self._headers) is not None

    async def send(self) -> None:
        """Send what is not sent yet."""
        for number in list(self._open):
            await self._send(number)

    async def _send(self, number: int) -> None:
        batch = self._open.pop(number)
        batch.close()
        self.under_way.append(await self._producer.send_batch(batch, self._topic, partition=number))

    async def arrived(self) -> None:
        """Wait until the broker has all that was sent."""
        under_way, self.under_way = self.under_way, []
        await asyncio.gather(*under_way)


def make_topic(bootstrap: str, name: str) -> None:
    """Make a topic for a benchmark's own output, empty."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        if name in admin.list_topics():
            admin.delete_topics([name])
        while name in admin.list_topics():
            time.sleep(0.1)
        admin.create_topics([NewTopic(name, PARTITIONS, 1)])
    finally:
        admin.close()
