"""Reading topics from end to end, as any outsider can: committed records only."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from rich.console import Console

from ioc.core.records import Position, position_key
from ioc.core.topics import Topic
from ioc.processors.registry import PROCESSORS
from ioc.processors.serde import decode_position
from streams.kafka_clients import reader
from streams.log_reader import has_records, read_batches

# The exit code of a command that waited for the workers in vain.
NOT_FOLDED = 3


async def read_topic(
    bootstrap: str, topic: Topic, until: Mapping[int, int] | None = None
) -> AsyncIterator[ConsumerRecord]:
    """Yield every committed record of a topic up to where it ended when asked, or up to the offsets given.

    A transaction's marks reach its partitions one after another: what is committed on one topic can still look open on
    the next. So the end is the very end of the log, and whatever is open before it is waited for.
    """
    async with reader(bootstrap) as consumer:
        partitions = await _assigned(consumer, topic)
        ends = await very_ends(bootstrap, partitions) if until is None else _offsets(partitions, until)
        async for tp, records in read_batches(consumer, ends):
            for record in records:
                if record.offset < ends[tp]:
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


def _offsets(partitions: list[TopicPartition], until: Mapping[int, int]) -> Mapping[TopicPartition, int]:
    return {tp: until.get(tp.partition, 0) for tp in partitions}


async def positions(bootstrap: str, lane: Topic = Topic.EVENTS) -> dict[int, Position]:
    """Return how far each partition of a lane is folded; those of which nothing is folded are left out."""
    latest: dict[int, Position] = {}
    async for record in read_topic(bootstrap, Topic.POSITIONS):
        if record.value is not None and record.key == position_key(lane, record.partition):
            latest[record.partition] = decode_position(record.value)
    return latest


async def very_ends(bootstrap: str, partitions: list[TopicPartition]) -> Mapping[TopicPartition, int]:
    """Return where partitions end, with what is not committed yet."""
    async with reader(bootstrap, isolation="read_uncommitted") as consumer:
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(partitions)
        return ends


async def ends_of(bootstrap: str, lane: Topic = Topic.EVENTS) -> Mapping[int, int]:
    """Return where each partition of a lane's input ends."""
    async with reader(bootstrap) as consumer:
        partitions = await _assigned(consumer, lane)
        return {tp.partition: end for tp, end in (await consumer.end_offsets(partitions)).items()}


async def wait_until_folded(bootstrap: str, seconds: float, lane: Topic = Topic.EVENTS) -> dict[int, Position]:
    """Return every partition's position once they reach the ends of now; TimeoutError when they do not in time."""
    ends = await ends_of(bootstrap, lane)
    deadline = time.monotonic() + seconds
    while True:
        latest = await positions(bootstrap, lane)
        reached = {number: latest.get(number, Position()) for number in ends}
        if await _folded(bootstrap, lane, reached, ends):
            return reached
        if time.monotonic() > deadline:
            raise TimeoutError(f"the workers have not folded all events within {seconds:g} s")
        await asyncio.sleep(0.5)


async def is_quiet(bootstrap: str) -> bool:
    """True when no lane has anything left to fold, of what the others sent it either.

    What a fold sends is written together with its position, so ends that are read after all positions hold it.
    """
    reached = {lane: await positions(bootstrap, lane) for lane in PROCESSORS}
    for lane, folded in reached.items():
        ends = await ends_of(bootstrap, lane)
        if not await _folded(bootstrap, lane, {one: folded.get(one, Position()) for one in ends}, ends):
            return False
    return True


async def _folded(bootstrap: str, lane: Topic, reached: Mapping[int, Position], ends: Mapping[int, int]) -> bool:
    """True when no record lies between the positions and the ends; the marks of a producer's transactions are none."""
    behind = [number for number, position in reached.items() if position.next < ends[number]]
    for number in behind:
        if await has_records(bootstrap, lane, number, reached[number].next, ends[number]):
            return False
    return True


def tell_not_folded(error: TimeoutError) -> int:
    """Say on the standard error what was waited for in vain; return the exit code for it."""
    Console(stderr=True).print(str(error) or "the broker did not answer in time", highlight=False, soft_wrap=True)
    return NOT_FOLDED
