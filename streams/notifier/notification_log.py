"""The notification log of one partition: notifications and the position in the facts, in one transaction."""

import asyncio
from collections.abc import Sequence
from typing import Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from ioc.core.topics import Topic
from ioc.notifications.notification import Notification
from ioc.processors.serde import decode_notification, encode
from streams.kafka_clients import notification_log_producer, reader
from streams.log_reader import read_batches


class NotificationLog:
    """Writes the notification log of one partition. Opening it fences off the former owner."""

    def __init__(self, partition: int, group: str, producer: AIOKafkaProducer) -> None:
        self.partition = partition
        self._group = group
        self._producer = producer
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, partition: int, group: str, bootstrap: str) -> Self:
        """Start the producer, fencing off the former owner."""
        producer = notification_log_producer(bootstrap, f"ioc-notify-{partition}")
        await producer.start()
        return cls(partition, group, producer)

    async def close(self) -> None:
        """Let go of the partition."""
        await self._producer.stop()

    async def write(self, records: Sequence[Notification], next_offset: int | None = None) -> None:
        """Write records, and with `next_offset` how far the facts are read; return once they are committed."""
        async with self._lock:
            await self._producer.begin_transaction()
            deliveries = [
                await self._producer.send(
                    Topic.NOTIFICATIONS, encode(record), key=record.id.encode(), partition=self.partition
                )
                for record in records
            ]
            await asyncio.gather(*deliveries)
            if next_offset is not None:
                offsets = {TopicPartition(Topic.FACTS, self.partition): OffsetAndMetadata(next_offset, "")}
                await self._producer.send_offsets_to_transaction(offsets, self._group)
            await self._producer.commit_transaction()


async def read_notifications(bootstrap: str, partition: int) -> list[Notification]:
    """Return the last record of every notification of a partition."""
    tp = TopicPartition(Topic.NOTIFICATIONS, partition)
    latest: dict[bytes, Notification] = {}
    async with reader(bootstrap) as consumer:
        consumer.assign([tp])
        await consumer.seek_to_beginning(tp)
        ends = await consumer.end_offsets([tp])
        async for _, records in read_batches(consumer, ends):
            for record in records:
                if record.value is not None:
                    latest[record.key] = decode_notification(record.value)
    return list(latest.values())
