"""Rebuilding a partition from what is committed: its states, its windows, its position."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from ioc.core.records import position_key
from ioc.core.topics import Topic
from ioc.processors.processor import Shard
from ioc.processors.serde import decode_position
from streams.kafka_clients import reader


async def batches(
    consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]
) -> AsyncIterator[tuple[TopicPartition, Sequence[ConsumerRecord]]]:
    """Yield what assigned partitions hold, until each has been read up to its end; the last may reach beyond."""
    while any([await consumer.position(tp) < end for tp, end in ends.items()]):
        for tp, records in (await consumer.getmany(timeout_ms=200, max_records=10_000)).items():
            yield tp, records


async def has_records(bootstrap: str, topic: Topic, partition: int, first: int, end: int) -> bool:
    """True when a partition holds a committed record with an offset from `first` up to `end`."""
    tp = TopicPartition(topic, partition)
    async with reader(bootstrap) as consumer:
        consumer.assign([tp])
        consumer.seek(tp, first)
        return await _next_offset(consumer, tp) < end


async def _next_offset(consumer: AIOKafkaConsumer, tp: TopicPartition) -> int:
    """Return the offset of the next record there is, or the end of the log when there is none."""
    end = (await consumer.end_offsets([tp]))[tp]
    while await consumer.position(tp) < end:
        for records in (await consumer.getmany(tp, timeout_ms=200, max_records=1)).values():
            return int(records[0].offset)
    return int(end)


async def extent(bootstrap: str, topic: Topic, partition: int) -> tuple[int, int]:
    """Return the first offset that a partition of a topic still holds, and how many partitions there are."""
    tp = TopicPartition(topic, partition)
    async with reader(bootstrap) as consumer:
        await consumer.topics()
        first = (await consumer.beginning_offsets([tp]))[tp]
        return int(first), len(consumer.partitions_for_topic(topic) or ())


async def restore(shard: Shard[Any], bootstrap: str) -> int:
    """Fill an empty shard with all that is committed for its partition; return the number of records read."""
    partitions = [TopicPartition(topic, shard.partition) for topic in (*shard.tables, Topic.POSITIONS)]
    read = 0
    async with reader(bootstrap) as consumer:
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        async for tp, records in batches(consumer, ends):
            _put_back(shard, Topic(tp.topic), records)
            read += len(records)
    return read


def _put_back(shard: Shard[Any], topic: Topic, records: Sequence[ConsumerRecord]) -> None:
    if topic is Topic.POSITIONS:
        key = position_key(shard.input, shard.partition)
        for record in records:
            if record.value is not None and record.key == key:
                shard.position = decode_position(record.value)
        return
    for record in records:
        shard.put_back(topic, record.key, record.value)
