"""The pulse of a worker: once a second it says of each partition how far it is, so that a silent one is noticed."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from ioc.core.records import position_key
from ioc.core.topics import Topic
from ioc.processors.serde import Heartbeat, encode
from streams import metrics
from streams.clock import now_ms
from streams.partition.partition import Partition, TopicPartitionId
from streams.settings import WorkerSettings

EVERY = 1.0  # seconds


class Pulse:
    """Asks the broker where the partitions end, and writes the heartbeats."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._consumer: AIOKafkaConsumer
        self._producer: AIOKafkaProducer
        self._last = 0.0

    async def start(self) -> None:
        """Connect to the broker."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.bootstrap, enable_auto_commit=False, isolation_level="read_committed"
        )
        self._producer = AIOKafkaProducer(bootstrap_servers=self._settings.bootstrap, acks="all", linger_ms=5)
        await self._consumer.start()
        await self._producer.start()

    async def beat(self, partitions: Sequence[Partition[Any]]) -> Mapping[TopicPartitionId, int]:
        """Return where the committed part of each partition ends; once a second also tell so on the workers' topic."""
        if not partitions:
            return {}
        found = await self._consumer.end_offsets([TopicPartition(*partition.place) for partition in partitions])
        ends = {TopicPartitionId(Topic(tp.topic), tp.partition): end for tp, end in found.items()}
        if time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            for partition in partitions:
                await self._tell(partition, ends[partition.place])
        return ends

    async def _tell(self, partition: Partition[Any], end: int) -> None:
        shard = partition.shard
        position = shard.position
        told = Heartbeat(
            partition=shard.partition,
            worker=self._settings.name,
            next=position.next,
            end=partition.waiting_until(end),
            clock=position.clock,
            at=now_ms(),
            clock_kind=shard.clock,
            incidents=shard.held,
            folded=position.folded,
            refused=position.refused,
            duplicates=position.duplicates,
            pending=getattr(shard, "pending", 0),
            oldest_due=shard.timers.soonest(),
            topic=shard.input,
        )
        metrics.LAG.labels(*map(str, partition.place)).set(told.lag)
        key = position_key(shard.input, shard.partition)
        await (await self._producer.send(Topic.WORKERS, encode(told), key=key, partition=shard.partition))
