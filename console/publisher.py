"""The way in, as the command line uses it: events and marks of time, acknowledged by the broker."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer

from ioc.core.cloudevents import STRUCTURED_HEADERS, encode_cloudevent
from ioc.core.topics import MAX_RECORD_BYTES, Topic
from ioc.core.watermark import WATERMARK_TYPE

HEADERS = list(STRUCTURED_HEADERS)

KeyedValue = tuple[bytes, bytes]


@asynccontextmanager
async def publisher(bootstrap: str, linger_ms: int = 20) -> AsyncIterator[AIOKafkaProducer]:
    """Yield a producer whose every event is acknowledged and kept in order; it may wait `linger_ms` for others."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        linger_ms=linger_ms,
        max_batch_size=1 << 18,
        max_request_size=MAX_RECORD_BYTES,
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def send_all(producer: AIOKafkaProducer, records: Iterable[KeyedValue], topic: Topic = Topic.EVENTS) -> None:
    """Publish records and return when the broker has acknowledged all of them."""
    sent = [await producer.send(topic, value, key=key, headers=HEADERS) for key, value in records]
    await asyncio.gather(*sent)


async def mark(producer: AIOKafkaProducer, as_of: str, topics: Iterable[Topic] = (Topic.EVENTS,)) -> None:
    """Let the clock of every partition of some topics run to a moment (RFC 3339)."""
    value = encode_cloudevent(
        event_id=as_of, source="/ioc/clock", subject="clock", event_type=WATERMARK_TYPE, time=as_of
    )
    sent = [
        await producer.send(topic, value, key=b"clock", partition=partition, headers=HEADERS)
        for topic in topics
        for partition in await producer.partitions_for(topic)
    ]
    await asyncio.gather(*sent)
