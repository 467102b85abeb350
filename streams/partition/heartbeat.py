"""The heartbeats of a worker: once a second it writes how far each partition is, so that a silent one is noticed."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from ioc.core.records import position_key
from ioc.core.topics import Topic
from ioc.processors.serde import Heartbeat, encode
from streams import metrics
from streams.clock import now_ms
from streams.kafka_clients import end_offsets_consumer, heartbeat_producer
from streams.partition.partition import InputPartition, Partition
from streams.settings import WorkerSettings

INTERVAL = 1.0  # seconds
STOP_WITHIN = 5.0  # seconds


class HeartbeatWriter:
    """Asks the broker where the partitions end, and writes their heartbeats."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._consumer: AIOKafkaConsumer
        self._producer: AIOKafkaProducer
        self._written_at = 0.0

    async def start(self) -> None:
        """Connect to the broker."""
        self._consumer = end_offsets_consumer(self._settings.bootstrap)
        self._producer = heartbeat_producer(self._settings.bootstrap)
        await self._consumer.start()
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect from the broker; a broker that does not answer is not waited for."""
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(STOP_WITHIN):
                await self._consumer.stop()
                await self._producer.stop()

    async def beat(self, partitions: Sequence[Partition]) -> Mapping[InputPartition, int]:
        """Return where the committed part of each partition ends; once a second write that to the workers' topic."""
        if not partitions:
            return {}
        offsets = await self._consumer.end_offsets([TopicPartition(*partition.id) for partition in partitions])
        ends = {InputPartition(Topic(tp.topic), tp.partition): end for tp, end in offsets.items()}
        if time.monotonic() - self._written_at >= INTERVAL:
            self._written_at = time.monotonic()
            for partition in partitions:
                await self._write(partition, ends[partition.id])
        return ends

    async def _write(self, partition: Partition, end: int) -> None:
        heartbeat = self._heartbeat(partition, end)
        metrics.LAG.labels(*map(str, partition.id)).set(heartbeat.lag)
        topic, number = partition.id
        key, value = position_key(topic, number), encode(heartbeat)
        await (await self._producer.send(Topic.WORKERS, value, key=key, partition=number))

    def _heartbeat(self, partition: Partition, end: int) -> Heartbeat:
        processor = partition.processor
        position = processor.position
        return Heartbeat(
            partition=processor.partition,
            worker=self._settings.name,
            next=position.next,
            end=partition.record_end(end),
            clock=position.clock,
            at=now_ms(),
            clock_kind=processor.clock,
            incidents=processor.state_count,
            folded=position.folded,
            refused=position.refused,
            duplicates=position.duplicates,
            pending=processor.pending,
            oldest_due=processor.timers.soonest(),
            topic=processor.input,
        )
