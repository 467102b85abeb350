"""The pulse of a worker: once a second it says of each partition how far it is, so that a silent one is noticed."""

import time
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from ioc.records import Heartbeat, encode, partition_key
from ioc.topics import Topic
from streams import metrics
from streams.clock import now_ms
from streams.partition import Partition
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

    async def beat(self, partitions: Sequence[Partition]) -> Mapping[int, int]:
        """Return where the committed part of each partition ends; once a second also tell so on the workers' topic."""
        if not partitions:
            return {}
        wanted = [TopicPartition(Topic.EVENTS, partition.shard.partition) for partition in partitions]
        ends = {tp.partition: end for tp, end in (await self._consumer.end_offsets(wanted)).items()}
        if time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            for partition in partitions:
                await self._tell(partition, ends[partition.shard.partition])
        return ends

    async def _tell(self, partition: Partition, end: int) -> None:
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
            incidents=len(shard.incidents),
            folded=position.folded,
            refused=position.refused,
            duplicates=position.duplicates,
            pending=shard.pending,
            oldest_due=shard.timers.soonest(),
        )
        metrics.LAG.labels(str(shard.partition)).set(told.lag)
        key = partition_key(shard.partition)
        await (await self._producer.send(Topic.WORKERS, encode(told), key=key, partition=shard.partition))
