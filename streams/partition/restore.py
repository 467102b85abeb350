"""Restoring a partition from what is committed: its states, its aggregates, its position."""

from collections.abc import Sequence

from aiokafka import ConsumerRecord, TopicPartition

from ioc.core.records import position_key
from ioc.core.topics import Topic
from ioc.processors.registry import AnyProcessor
from ioc.processors.serde import decode_position
from streams.kafka_clients import reader
from streams.log_reader import read_batches


async def restore(processor: AnyProcessor, bootstrap: str) -> int:
    """Fill an empty processor with all that is committed for its partition; return the number of records read."""
    partitions = [TopicPartition(topic, processor.partition) for topic in (*processor.tables, Topic.POSITIONS)]
    count = 0
    async with reader(bootstrap) as consumer:
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        async for tp, records in read_batches(consumer, ends):
            _restore_records(processor, Topic(tp.topic), records)
            count += len(records)
    processor.build_indexes()
    return count


def _restore_records(processor: AnyProcessor, topic: Topic, records: Sequence[ConsumerRecord]) -> None:
    if topic is Topic.POSITIONS:
        _restore_position(processor, records)
        return
    for record in records:
        processor.restore(topic, record.key, record.value)


def _restore_position(processor: AnyProcessor, records: Sequence[ConsumerRecord]) -> None:
    key = position_key(processor.input, processor.partition)
    for record in records:
        if record.value is not None and record.key == key:
            processor.position = decode_position(record.value)
