"""Reading topics from end to end: committed records only, as any consumer outside the workers sees them."""

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
    bootstrap: str, topic: Topic, ends: Mapping[int, int] | None = None
) -> AsyncIterator[ConsumerRecord]:
    """Yield every committed record of a topic up to where it ends now, or up to `ends`, an offset a partition.

    The markers of a transaction reach its partitions one after another: what is committed on one topic can still look
    open on the next. So the end includes what is uncommitted, and open transactions before it are waited for.
    """
    async with reader(bootstrap) as consumer:
        partitions = await _assign(consumer, topic)
        offsets = await uncommitted_ends(bootstrap, partitions) if ends is None else _offsets(partitions, ends)
        async for tp, records in read_batches(consumer, offsets):
            for record in records:
                if record.offset < offsets[tp]:
                    yield record


async def _assign(consumer: AIOKafkaConsumer, topic: Topic) -> list[TopicPartition]:
    await consumer._client.force_metadata_update()
    numbers = consumer.partitions_for_topic(topic)
    if numbers is None:
        await consumer.topics()
        numbers = consumer.partitions_for_topic(topic) or set()
    partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    return partitions


def _offsets(partitions: list[TopicPartition], ends: Mapping[int, int]) -> Mapping[TopicPartition, int]:
    return {tp: ends.get(tp.partition, 0) for tp in partitions}


async def read_positions(bootstrap: str, input_topic: Topic = Topic.EVENTS) -> dict[int, Position]:
    """Return how far each partition of an input topic is folded; those of which nothing is folded are left out."""
    latest: dict[int, Position] = {}
    async for record in read_topic(bootstrap, Topic.POSITIONS):
        if record.value is not None and record.key == position_key(input_topic, record.partition):
            latest[record.partition] = decode_position(record.value)
    return latest


async def uncommitted_ends(bootstrap: str, partitions: list[TopicPartition]) -> Mapping[TopicPartition, int]:
    """Return where partitions end, uncommitted records included."""
    async with reader(bootstrap, isolation="read_uncommitted") as consumer:
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(partitions)
        return ends


async def read_ends(bootstrap: str, input_topic: Topic = Topic.EVENTS) -> Mapping[int, int]:
    """Return where the committed part of each partition of an input topic ends."""
    async with reader(bootstrap) as consumer:
        partitions = await _assign(consumer, input_topic)
        return {tp.partition: end for tp, end in (await consumer.end_offsets(partitions)).items()}


async def wait_until_folded(bootstrap: str, seconds: float, input_topic: Topic = Topic.EVENTS) -> dict[int, Position]:
    """Return every partition's position once it has reached the present end. Raises TimeoutError after `seconds`."""
    ends = await read_ends(bootstrap, input_topic)
    deadline = time.monotonic() + seconds
    while True:
        latest = await read_positions(bootstrap, input_topic)
        reached = {number: latest.get(number, Position()) for number in ends}
        if await _is_folded(bootstrap, input_topic, reached, ends):
            return reached
        if time.monotonic() > deadline:
            raise TimeoutError(f"the workers have not folded all events within {seconds:g} s")
        await asyncio.sleep(0.5)


async def is_quiet(bootstrap: str) -> bool:
    """True when no processor has anything left to fold, not even what the other processors sent it.

    What a fold sends is written together with its position, so ends that are read after all positions include it.
    """
    folded = {topic: await read_positions(bootstrap, topic) for topic in PROCESSORS}
    for topic, positions in folded.items():
        ends = await read_ends(bootstrap, topic)
        reached = {number: positions.get(number, Position()) for number in ends}
        if not await _is_folded(bootstrap, topic, reached, ends):
            return False
    return True


async def _is_folded(
    bootstrap: str, input_topic: Topic, reached: Mapping[int, Position], ends: Mapping[int, int]
) -> bool:
    """True when no record lies between the positions and the ends; the markers of transactions are no records."""
    behind = [number for number, position in reached.items() if position.next < ends[number]]
    for number in behind:
        if await has_records(bootstrap, input_topic, number, reached[number].next, ends[number]):
            return False
    return True


def print_not_folded(error: TimeoutError) -> int:
    """Print on the standard error what was waited for in vain; return the exit code for it."""
    Console(stderr=True).print(str(error) or "the broker did not answer in time", highlight=False, soft_wrap=True)
    return NOT_FOLDED
