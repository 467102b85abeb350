"""Reads topics from their beginning, and keeps the read model abreast of the workers'.

No consumer group: every API process reads everything. What is read is committed, or it is not read.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from api.http.kafka_clients import topics_consumer
from api.read_model.read_model import ReadModel
from ioc.core.topics import Topic
from ioc.figures.aggregates import decode_key
from ioc.processors import serde

TOPICS = (
    Topic.INCIDENTS,
    Topic.ITEMS,
    Topic.SENSORS,
    Topic.AGGREGATES,
    Topic.POSITIONS,
    Topic.WORKERS,
    Topic.NOTIFICATIONS,
    Topic.MAINTENANCE,
)
# So many records are folded in before others get their turn on the loop; more while there is nobody but the health
# routes.
_SLICE, _FIRST_SLICE = 500, 2_000

_log = logging.getLogger(__name__)


def take(model: ReadModel, topic: str, key: bytes, value: bytes | None) -> None:
    """Fold one record of a topic into the read model; a value of None takes out what the key names."""
    match topic:
        case Topic.INCIDENTS if value is not None:
            model.upsert(value)
        case Topic.INCIDENTS:
            model.remove(key.decode())
        case Topic.ITEMS:
            model.queues.put(key.decode(), None if value is None else serde.decode_item(value))
        case Topic.SENSORS if value is not None:
            model.sense(serde.decode_sensor(value))
        case Topic.SENSORS:
            model.sensors.remove(key.decode())
        case Topic.AGGREGATES:
            partition, cell = decode_key(key)
            model.windows.put(partition, cell, None if value is None else serde.decode_aggregate(value))
        case Topic.POSITIONS if value is not None and key.isdigit():  # of the events; other lanes name their topic
            model.positions[int(key)] = serde.decode_position(value)
        case Topic.WORKERS if value is not None:
            model.hear(serde.decode_heartbeat(value))
        case Topic.NOTIFICATIONS:
            model.ledger.put(key.decode(), None if value is None else serde.decode_notification(value))
        case Topic.MAINTENANCE:
            model.maintenance.put(key.decode(), None if value is None else serde.decode_window(value))
            model.mark()


def into(model: ReadModel) -> Callable[[ConsumerRecord], None]:
    """Return what folds a record into a read model."""
    return lambda record: take(model, record.topic, record.key or b"", record.value)


class Reader:
    """Follows all partitions of some topics, and hands every record to `take`.

    `on_ready` is called once the end they had at the start is reached, `count` with the records read of a topic.
    """

    def __init__(
        self,
        bootstrap: str,
        topics: Sequence[Topic],
        take: Callable[[ConsumerRecord], None],
        on_ready: Callable[[], None],
        count: Callable[[str, int], None],
    ) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._take = take
        self._on_ready = on_ready
        self._count = count

    async def run(self) -> None:
        """Read for ever. Any error is the caller's to die of: a reader in doubt must not go on."""
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
            await self._read(consumer, _FIRST_SLICE)
        self._on_ready()
        while True:
            await self._read(consumer, _SLICE)

    async def _assign(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        """Take all partitions of all topics, from the beginning, once every topic is there."""
        while missing := [topic for topic in self._topics if not consumer.partitions_for_topic(topic)]:
            _log.warning("waiting for the topics %s", ", ".join(missing))
            await asyncio.sleep(1)
        numbers = {topic: sorted(consumer.partitions_for_topic(topic) or ()) for topic in self._topics}
        partitions = [TopicPartition(topic, number) for topic in self._topics for number in numbers[topic]]
        consumer.unsubscribe()
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        return partitions

    async def _read(self, consumer: AIOKafkaConsumer, most: int) -> None:
        slices: Mapping[TopicPartition, Sequence[ConsumerRecord]]
        slices = await consumer.getmany(timeout_ms=200, max_records=most)
        for partition, slice in slices.items():
            for record in slice:
                self._take(record)
            self._count(partition.topic, len(slice))
        await asyncio.sleep(0)  # a long log must not starve the health routes


async def _reached(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    for partition, end in ends.items():
        if end and await consumer.position(partition) < end:
            return False
    return True
