"""The journal of one partition: what a fold changed is written in one transaction, whole or not at all.

The transactional id belongs to the partition: starting its producer shuts out any former owner, so a frozen worker
that wakes up can no longer write.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, Self

from aiokafka import AIOKafkaProducer

from ioc.aggregates import encode_key
from ioc.records import encode, partition_key
from ioc.shard import Changes, DeadLetter
from ioc.times import to_rfc3339
from ioc.topics import MAX_DEAD_LETTER_BYTES, Topic

Headers = list[tuple[str, bytes | None]]
Write = tuple[bytes | None, bytes | None, Headers]

BATCH_BYTES = 1 << 18
# A record can have very many faults; as many are named as fit.
MAX_REASON = 8192


class Journal:
    """Writes to one partition of every output topic, through one fenced producer."""

    def __init__(self, partition: int, producer: AIOKafkaProducer) -> None:
        self.partition = partition
        self._producer = producer

    @classmethod
    async def open(cls, partition: int, bootstrap: str) -> Self:
        """Start the producer, fencing off whoever wrote to the partition before."""
        producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            transactional_id=f"ioc-fold-{partition}",  # of the outputs, which all workers share whatever their group
            transaction_timeout_ms=30_000,
            max_batch_size=BATCH_BYTES,
            max_request_size=MAX_DEAD_LETTER_BYTES,
        )
        await producer.start()
        return cls(partition, producer)

    async def close(self) -> None:
        """Let go of the partition."""
        await self._producer.stop()

    async def write(self, changes: Changes) -> None:
        """Write changes and the position they lead to in one transaction; return once it is committed.

        Every delivery is looked at before the commit: aiokafka commits what is left when a broker has refused a batch.
        """
        await self._producer.begin_transaction()
        deliveries: list[Awaitable[Any]] = []
        for topic, writes in _records(self.partition, changes):
            deliveries += await self._send(topic, writes)
        await asyncio.gather(*deliveries)
        await self._producer.commit_transaction()

    async def _send(self, topic: Topic, writes: Iterable[Write]) -> list[Awaitable[Any]]:
        """Send records by whole batches: four times as fast as one by one. Return their deliveries."""
        deliveries: list[Awaitable[Any]] = []
        batch = self._producer.create_batch()
        for key, value, headers in writes:
            if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                deliveries.append(await self._producer.send_batch(batch, topic, partition=self.partition))
                batch = self._producer.create_batch()
                batch.append(key=key, value=value, timestamp=None, headers=headers)
        if batch.record_count():
            batch.close()
            deliveries.append(await self._producer.send_batch(batch, topic, partition=self.partition))
        return deliveries


def _records(partition: int, changes: Changes) -> Iterable[tuple[Topic, Iterable[Write]]]:
    yield Topic.INCIDENTS, ((id.encode(), encode(state), []) for id, state in changes.incidents.items())
    windows = changes.aggregates.items()
    yield Topic.AGGREGATES, ((encode_key(partition, cell), encode(window), []) for cell, window in windows)
    yield Topic.AGGREGATES, ((encode_key(partition, cell), None, []) for cell in changes.expired)
    yield Topic.FACTS, ((fact.incident.encode(), encode(fact), []) for fact in changes.facts)
    yield Topic.DEAD_LETTERS, (_dead_letter(partition, letter) for letter in changes.dead_letters)
    yield Topic.POSITIONS, ((partition_key(partition), encode(changes.position), []),)


def _dead_letter(partition: int, letter: DeadLetter) -> Write:
    """Return the refused record as it came, with the reason in headers: text, and nothing of what it says."""
    record, refusal = letter.record, letter.refusal
    told = {
        "ioc-error-reason": str(refusal)[:MAX_REASON],
        "ioc-error-stage": "fold",
        "ioc-error-topic": Topic.EVENTS,
        "ioc-error-partition": str(partition),
        "ioc-error-offset": str(record.offset),
        "ioc-error-time": to_rfc3339(record.appended),
    }
    headers = [(name, text) for name, text in record.headers if not name.startswith("ioc-error-")]
    if letter.is_cut:
        told["ioc-error-cut"] = f"{len(record.value or b'')} bytes; whole at its topic, partition and offset"
    return record.key, letter.value, headers + [(name, text.encode()) for name, text in told.items()]
