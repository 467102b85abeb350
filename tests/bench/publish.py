"""Putting a workload on the broker as fast as it takes it: by whole batches, each key on its own partition."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Iterable, Mapping
from functools import cache
from typing import Any

from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from console.publish import HEADERS, KeyedValue, publisher
from ioc.partitioner import partition_of
from ioc.topics import Topic

PARTITIONS = 4
# Deliveries under way at once: enough to keep the broker busy, and not the whole workload in memory.
_UNDER_WAY = 32


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
        batches = {number: producer.create_batch() for number in range(PARTITIONS)}
        under_way: list[Awaitable[Any]] = []
        for key, value in records:
            number = place(key, PARTITIONS)
            if batches[number].append(key=key, value=value, timestamp=None, headers=headers) is None:
                under_way.append(await _send(producer, batches[number], topic, number))
                batches[number] = producer.create_batch()
                batches[number].append(key=key, value=value, timestamp=None, headers=headers)
            counts[number] += 1
            if len(under_way) == _UNDER_WAY:
                await asyncio.gather(*under_way)
                under_way = []
        under_way += [await _send(producer, batch, topic, number) for number, batch in batches.items()]
        await asyncio.gather(*under_way)
    return counts


async def _send(producer: AIOKafkaProducer, batch: Any, topic: Topic, partition: int) -> Awaitable[Any]:
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
