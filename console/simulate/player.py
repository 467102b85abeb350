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
# How often (s) what has become due is published and the clock of all partitions moved on.
_STEP = 0.25


_TOPICS = (Topic.EVENTS, Topic.INDICATORS)


async def play(bootstrap: str, planned: Iterator[PlannedRecord], begin: Instant, speed: float) -> None:
    """Publish all that lies before `begin` (ms) at once, and the rest as its time comes, at `speed` times real time."""
    async with publisher(bootstrap) as producer:
        coming = await _publish_until(producer, planned, begin)
        await publish_watermark(producer, to_rfc3339(begin), _TOPICS)
        began = time.monotonic()
        while True:
            await asyncio.sleep(_STEP)
            now = begin + round((time.monotonic() - began) * speed * SECOND)
            coming = await _publish_until(producer, coming, now)
            await publish_watermark(producer, to_rfc3339(now), _TOPICS)


async def _publish_until(
    producer: AIOKafkaProducer, planned: Iterator[PlannedRecord], until: Instant
) -> Iterator[PlannedRecord]:
    """Publish what is planned before a moment; return what comes after."""
    chunk: list[PlannedRecord] = []
    for one in planned:
        if one.at >= until:
            await _send(producer, chunk)
            return chain([one], planned)
        chunk.append(one)
        if len(chunk) == _CHUNK:
            await _send(producer, chunk)
            chunk = []
    await _send(producer, chunk)
    return iter(())


async def _send(producer: AIOKafkaProducer, chunk: list[PlannedRecord]) -> None:
    for topic in _TOPICS:
        await send_all(producer, [(one.key, one.value) for one in chunk if one.topic is topic], topic)
