"""The journal of one partition: a change set is written in one transaction, whole or not at all.

The transactional id belongs to the partition: starting its producer shuts out any former owner, so a frozen worker
that wakes up can no longer write.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from typing import Any, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from ioc.core.partitioner import partition_of
from ioc.core.records import Outgoing, Position, Write, position_key
from ioc.core.topics import Topic
from ioc.processors.change_set import ChangeSet
from ioc.processors.serde import encode
from streams.kafka_clients import journal_producer

_NO_HEADERS: list[tuple[str, bytes]] = []


def transactional_id(topic: Topic, partition: int) -> str:
    """Return the id under which a partition of an input topic is written, by all workers whatever their group."""
    return f"ioc-fold-{partition}" if topic is Topic.EVENTS else f"{topic}-fold-{partition}".replace(".", "-")


class Journal:
    """Writes the change sets of one partition through one fenced producer.

    `topic` is the input topic. All topics have as many partitions as the input, `partitions`.
    """

    def __init__(self, topic: Topic, partition: int, partitions: int, producer: AIOKafkaProducer) -> None:
        self.topic = topic
        self.partition = partition
        self.partitions = partitions
        self._producer = producer

    @classmethod
    async def open(cls, topic: Topic, partition: int, partitions: int, bootstrap: str) -> Self:
        """Start the producer, fencing off whoever wrote for the partition before."""
        producer = journal_producer(bootstrap, transactional_id(topic, partition))
        await producer.start()
        return cls(topic, partition, partitions, producer)

    async def close(self) -> None:
        """Let go of the partition."""
        await self._producer.stop()

    async def write(self, changes: ChangeSet) -> None:
        """Write changes and the position they lead to in one transaction; return once it is committed.

        Every delivery is looked at before the commit: aiokafka commits what is left when a broker has refused a batch.
        """
        await self._commit(self._own_writes(changes), self._sent_writes(changes.outbox))

    async def is_ours(self, position: Position) -> bool:
        """True when no other owner has fenced off this journal since it was opened: it can still write the position."""
        try:
            await self._commit([(Topic.POSITIONS, [self._position(position)])], {})
        except KafkaError:
            return False
        return True

    async def _commit(
        self, own: Iterable[tuple[Topic, Iterable[Write]]], elsewhere: Mapping[tuple[Topic, int], list[Write]]
    ) -> None:
        await self._producer.begin_transaction()
        deliveries: list[Awaitable[Any]] = []
        for topic, writes in own:
            deliveries += await self._send(topic, self.partition, writes)
        for (topic, partition), writes in elsewhere.items():
            deliveries += await self._send(topic, partition, writes)
        await asyncio.gather(*deliveries)
        await self._producer.commit_transaction()

    def _own_writes(self, changes: ChangeSet) -> Iterator[tuple[Topic, Iterable[Write]]]:
        yield from changes.writes(self.partition)
        yield Topic.DEAD_LETTERS, (letter.write(self.topic, self.partition) for letter in changes.dead_letters)
        yield Topic.POSITIONS, [self._position(changes.position)]

    def _position(self, position: Position) -> Write:
        return Write(position_key(self.topic, self.partition), encode(position))

    def _sent_writes(self, outbox: Iterable[Outgoing]) -> Mapping[tuple[Topic, int], list[Write]]:
        """Return the outbox by the partition each key belongs to, in its order."""
        writes: dict[tuple[Topic, int], list[Write]] = {}
        for outgoing in outbox:
            destination = outgoing.topic, partition_of(outgoing.key, self.partitions)
            writes.setdefault(destination, []).append(Write(outgoing.key, outgoing.value, outgoing.headers))
        return writes

    async def _send(self, topic: Topic, partition: int, writes: Iterable[Write]) -> list[Awaitable[Any]]:
        """Send records by whole batches: four times as fast as one by one. Return their deliveries."""
        deliveries: list[Awaitable[Any]] = []
        batch = self._producer.create_batch()
        for write in writes:
            headers = list(write.headers) if write.headers else _NO_HEADERS
            if batch.append(key=write.key, value=write.value, timestamp=None, headers=headers) is None:
                deliveries.append(await self._producer.send_batch(batch, topic, partition=partition))
                batch = self._producer.create_batch()
                batch.append(key=write.key, value=write.value, timestamp=None, headers=headers)
        if batch.record_count():
            batch.close()
            deliveries.append(await self._producer.send_batch(batch, topic, partition=partition))
        return deliveries
