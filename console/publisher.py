"""The publisher of the command line: events and watermarks, acknowledged by the broker."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer

from ioc.core.cloudevents import STRUCTURED_HEADERS, encode_cloudevent
from ioc.core.topics import Topic
from ioc.core.watermark import WATERMARK_TYPE
from streams.kafka_clients import event_producer

HEADERS = list(STRUCTURED_HEADERS)

KeyedValue = tuple[bytes, bytes]
"""The key and the value of a record."""


@asynccontextmanager
async def publisher(bootstrap: str, linger_ms: int = 20) -> AsyncIterator[AIOKafkaProducer]:
    """Yield a started producer, whose events are acknowledged and in order; it may wait `linger_ms` for others."""
    producer = event_producer(bootstrap, linger_ms)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def send_all(producer: AIOKafkaProducer, records: Iterable[KeyedValue], topic: Topic = Topic.EVENTS) -> None:
    """Publish records and return when the broker has acknowledged all of them."""
    deliveries = [await producer.send(topic, value, key=key, headers=HEADERS) for key, value in records]
    await asyncio.gather(*deliveries)


async def publish_watermark(producer: AIOKafkaProducer, as_of: str, topics: Iterable[Topic] = (Topic.EVENTS,)) -> None:
    """Publish a watermark (RFC 3339) on every partition of some topics: their clocks run to that moment."""
    value = encode_cloudevent(
        event_id=as_of, source="/ioc/clock", subject="clock", event_type=WATERMARK_TYPE, time=as_of
    )
    deliveries = [
        await producer.send(topic, value, key=b"clock", partition=partition, headers=HEADERS)
        for topic in topics
        for partition in await producer.partitions_for(topic)
    ]
    await asyncio.gather(*deliveries)
