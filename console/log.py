"""Reading topics from end to end, as any outsider can: committed records only."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from ioc.records import decode_position
from ioc.shard import Position
from ioc.topics import Topic
from streams.restore import reader


async def read_topic(bootstrap: str, topic: Topic) -> AsyncIterator[ConsumerRecord]:
    """Yield every committed record of a topic up to where it ended when asked.

    A transaction's marks reach its partitions one after another: what is committed on one topic can still look open on
    the next. So the end is the very end of the log, and whatever is open before it is waited for.
    """
    async with reader(bootstrap) as consumer:
        partitions = await _assigned(consumer, topic)
        ends = await very_ends(bootstrap, partitions)
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200, max_records=10_000)).values():
                for record in records:
                    yield record


async def _assigned(consumer: AIOKafkaConsumer, topic: Topic) -> list[TopicPartition]:
    await consumer._client.force_metadata_update()
    numbers = consumer.partitions_for_topic(topic)
    if numbers is None:
        await consumer.topics()
        numbers = consumer.partitions_for_topic(topic) or set()
    partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    return partitions


async def positions(bootstrap: str) -> dict[int, Position]:
    """Return how far each partition is folded."""
    latest: dict[int, Position] = {}
    async for record in read_topic(bootstrap, Topic.POSITIONS):
        latest[record.partition] = decode_position(record.value)
    return latest


async def very_ends(bootstrap: str, partitions: list[TopicPartition]) -> Mapping[TopicPartition, int]:
    """Return where partitions end, with what is not committed yet."""
    async with reader(bootstrap, isolation="read_uncommitted") as consumer:
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(partitions)
        return ends


async def ends_of_events(bootstrap: str) -> Mapping[int, int]:
    """Return where each partition of the events ends."""
    async with reader(bootstrap) as consumer:
        partitions = await _assigned(consumer, Topic.EVENTS)
        return {tp.partition: end for tp, end in (await consumer.end_offsets(partitions)).items()}


async def wait_until_folded(bootstrap: str, seconds: float) -> dict[int, Position]:
    """Return the positions once they have reached the ends of now; TimeoutError when they do not in time."""
    ends = await ends_of_events(bootstrap)
    deadline = time.monotonic() + seconds
    while True:
        reached = await positions(bootstrap)
        if all(end == 0 or reached.get(number, Position()).next >= end for number, end in ends.items()):
            return reached
        if time.monotonic() > deadline:
            raise TimeoutError(f"the workers have not folded all events within {seconds:g} s")
        await asyncio.sleep(0.5)
