"""Reads topics from their beginning and follows them from then on.

There is no consumer group: every API process reads everything. Records that are not committed are not read.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from api.http.kafka_clients import topics_consumer
from ioc.core.topics import Topic

# At most this many records are read before other tasks run; more at the start, when only the health routes answer.
_MAX_RECORDS, _MAX_RECORDS_AT_START = 500, 2_000

_log = logging.getLogger(__name__)


class TopicReader:
    """Follows all partitions of some topics, and calls `on_record` with every record.

    `on_ready` is called once the end they had at the start is reached, `count` with a topic and how many records of it
    were read.
    """

    def __init__(
        self,
        bootstrap: str,
        topics: Sequence[Topic],
        on_record: Callable[[ConsumerRecord], None],
        on_ready: Callable[[], None],
        count: Callable[[str, int], None],
    ) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._on_record = on_record
        self._on_ready = on_ready
        self._count = count

    async def run(self) -> None:
        """Read until cancelled. The caller must end on any error: a reader that missed records must not go on."""
        consumer = topics_consumer(self._bootstrap, self._topics)
        await consumer.start()
        try:
            await self._follow(consumer)
        finally:
            await consumer.stop()

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        partitions = await self._assign(consumer)
        ends = await consumer.end_offsets(partitions)
        while not await _reached(consumer, ends):
            await self._read(consumer, _MAX_RECORDS_AT_START)
        self._on_ready()
        while True:
            await self._read(consumer, _MAX_RECORDS)

    async def _assign(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        """Assign all partitions of all topics, from the beginning, once every topic exists."""
        while missing := [topic for topic in self._topics if not consumer.partitions_for_topic(topic)]:
            _log.warning("waiting for the topics %s", ", ".join(missing))
            await asyncio.sleep(1)
        numbers = {topic: sorted(consumer.partitions_for_topic(topic) or ()) for topic in self._topics}
        partitions = [TopicPartition(topic, number) for topic in self._topics for number in numbers[topic]]
        consumer.unsubscribe()
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        return partitions

    async def _read(self, consumer: AIOKafkaConsumer, max_records: int) -> None:
        batches: Mapping[TopicPartition, Sequence[ConsumerRecord]]
        batches = await consumer.getmany(timeout_ms=200, max_records=max_records)
        for partition, records in batches.items():
            for record in records:
                self._on_record(record)
            self._count(partition.topic, len(records))
        await asyncio.sleep(0)  # a long log must not starve the health routes


async def _reached(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    for partition, end in ends.items():
        if end and await consumer.position(partition) < end:
            return False
    return True
