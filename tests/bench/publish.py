"""Putting a workload on the broker, as fast as it takes it or at a steady pace: each key on its own partition."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from console.publish import HEADERS, KeyedValue, publisher
from ioc.partitioner import partition_of
from ioc.topics import Topic

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
    batches: dict[int, Any] = {}
    for one in records:
        partition = partition_of(one[0], PARTITIONS)
        await _append(producer, batches, one, topic, partition, HEADERS)
        sent(one)
    for partition, batch in batches.items():
        await _send(producer, batch, topic, partition)


async def _append(
    producer: AIOKafkaProducer,
    batches: dict[int, Any],
    record: KeyedValue,
    topic: str,
    partition: int,
    headers: list[tuple[str, bytes]],
) -> list[Awaitable[Any]]:
    """Put a record into its partition's batch; return the delivery of the one before when that was full."""
    key, value = record
    full: list[Awaitable[Any]] = []
    while (batch := batches.get(partition)) is None or batch.append(
        key=key, value=value, timestamp=None, headers=headers
    ) is None:
        if batch is not None:
            full.append(await _send(producer, batch, topic, partition))
        batches[partition] = producer.create_batch()
    return full


async def publish(
    bootstrap: str,
    records: Iterable[KeyedValue],
    topic: Topic = Topic.EVENTS,
    headers: list[tuple[str, bytes]] = HEADERS,
) -> Mapping[int, int]:
    """Publish records to a topic and return how many went to each partition once the broker has all of them."""
    counts: Counter[int] = Counter()
    place = cache(partition_of)
    async with publisher(bootstrap, linger_ms=0) as producer:
        batches: dict[int, Any] = {}
        under_way: list[Awaitable[Any]] = []
        for record in records:
            number = place(record[0], PARTITIONS)
            under_way += await _append(producer, batches, record, topic, number, headers)
            counts[number] += 1
            if len(under_way) >= _UNDER_WAY:
                await asyncio.gather(*under_way)
                under_way = []
        under_way += [await _send(producer, batch, topic, number) for number, batch in batches.items()]
        await asyncio.gather(*under_way)
    return counts


async def _send(producer: AIOKafkaProducer, batch: Any, topic: str, partition: int) -> Awaitable[Any]:
    batch.close()
    delivery: Awaitable[Any] = await producer.send_batch(batch, topic, partition=partition)
    return delivery


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
