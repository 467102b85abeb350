"""Reading the log: what partitions hold up to an end, and whether there is anything at all."""

from collections.abc import AsyncIterator, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from ioc.core.topics import Topic
from streams.kafka_clients import reader


async def read_batches(
    consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]
) -> AsyncIterator[tuple[TopicPartition, Sequence[ConsumerRecord]]]:
    """Yield the records of assigned partitions until each is read up to its end. The last batch may reach beyond it."""
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
    """Return the offset of the next record, or the end of the log when there is none."""
    end = (await consumer.end_offsets([tp]))[tp]
    while await consumer.position(tp) < end:
        for records in (await consumer.getmany(tp, timeout_ms=200, max_records=1)).values():
            return int(records[0].offset)
    return int(end)


async def extent(bootstrap: str, topic: Topic, partition: int) -> tuple[int, int]:
    """Return the first offset that a partition of a topic still holds, and how many partitions the topic has."""
    tp = TopicPartition(topic, partition)
    async with reader(bootstrap) as consumer:
        await consumer.topics()
        first = (await consumer.beginning_offsets([tp]))[tp]
        return int(first), len(consumer.partitions_for_topic(topic) or ())
