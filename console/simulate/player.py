"""Playing simulated days: the past of the first one at once, then on at a chosen speed."""

import asyncio
import time
from collections.abc import Iterator
from itertools import chain

from aiokafka import AIOKafkaProducer

from console.publisher import publish_watermark, publisher, send_all
from console.simulate.planned_records import PlannedRecord
from ioc.core.times import SECOND, Instant, to_rfc3339
from ioc.core.topics import Topic

_CHUNK = 500
# How often (s) due records are published and the clock of all partitions moves on.
_STEP = 0.25


_TOPICS = (Topic.EVENTS, Topic.INDICATORS)


async def play(bootstrap: str, planned: Iterator[PlannedRecord], begin: Instant, speed: float) -> None:
    """Publish the records before `begin` (ms) at once, and the rest as their time comes, at `speed` times real time."""
    async with publisher(bootstrap) as producer:
        rest = await _publish_until(producer, planned, begin)
        await publish_watermark(producer, to_rfc3339(begin), _TOPICS)
        started = time.monotonic()
        while True:
            await asyncio.sleep(_STEP)
            now = begin + round((time.monotonic() - started) * speed * SECOND)
            rest = await _publish_until(producer, rest, now)
            await publish_watermark(producer, to_rfc3339(now), _TOPICS)


async def _publish_until(
    producer: AIOKafkaProducer, planned: Iterator[PlannedRecord], end: Instant
) -> Iterator[PlannedRecord]:
    """Publish what is planned before an instant (ms); return the rest."""
    chunk: list[PlannedRecord] = []
    for record in planned:
        if record.at >= end:
            await _send(producer, chunk)
            return chain([record], planned)
        chunk.append(record)
        if len(chunk) == _CHUNK:
            await _send(producer, chunk)
            chunk = []
    await _send(producer, chunk)
    return iter(())


async def _send(producer: AIOKafkaProducer, chunk: list[PlannedRecord]) -> None:
    for topic in _TOPICS:
        await send_all(producer, [(record.key, record.value) for record in chunk if record.topic is topic], topic)
