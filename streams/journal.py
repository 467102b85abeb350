"""The journal of one partition: what a fold changed is written in one transaction, whole or not at all.

The transactional id belongs to the partition: starting its producer shuts out any former owner, so a frozen worker
that wakes up can no longer write.
"""

from collections.abc import Iterable
from typing import Self

from aiokafka import AIOKafkaProducer

from ioc.aggregates import encode_key
from ioc.records import encode, partition_key
from ioc.shard import Changes, DeadLetter
from ioc.times import to_rfc3339
from ioc.topics import MAX_RECORD_BYTES, Topic

Headers = list[tuple[str, bytes]]
Write = tuple[bytes | None, bytes | None, Headers]

BATCH_BYTES = 1 << 18


class Journal:
    """Writes to one partition of every output topic, through one fenced producer."""

    def __init__(self, partition: int, producer: AIOKafkaProducer) -> None:
        self.partition = partition
        self._producer = producer

    @classmethod
    async def open(cls, partition: int, bootstrap: str, group: str) -> Self:
        """Start the producer, fencing off whoever wrote to the partition before."""
        producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            transactional_id=f"{group}-{partition}",
            transaction_timeout_ms=30_000,
            max_batch_size=BATCH_BYTES,
            max_request_size=MAX_RECORD_BYTES * 2,
        )
        await producer.start()
        return cls(partition, producer)

    async def close(self) -> None:
        """Let go of the partition."""
        await self._producer.stop()

    async def write(self, changes: Changes) -> None:
        """Write changes and the position they lead to in one transaction; return once it is committed."""
        await self._producer.begin_transaction()
        for topic, writes in _records(self.partition, changes):
            await self._send(topic, writes)
        await self._producer.commit_transaction()

    async def _send(self, topic: Topic, writes: Iterable[Write]) -> None:
        """Send records by whole batches: four times as fast as one by one. The commit waits for their delivery."""
        batch = self._producer.create_batch()
        for key, value, headers in writes:
            if batch.append(key=key, value=value, timestamp=None, headers=headers) is None:
                await self._producer.send_batch(batch, topic, partition=self.partition)
                batch = self._producer.create_batch()
                batch.append(key=key, value=value, timestamp=None, headers=headers)
        if batch.record_count():
            batch.close()
            await self._producer.send_batch(batch, topic, partition=self.partition)


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
        "ioc-error-reason": str(refusal),
        "ioc-error-stage": "fold",
        "ioc-error-topic": Topic.EVENTS,
        "ioc-error-partition": str(partition),
        "ioc-error-offset": str(record.offset),
        "ioc-error-time": to_rfc3339(record.appended),
    }
    headers = [(name, text) for name, text in record.headers if not name.startswith("ioc-error-")]
    return record.key, record.value, headers + [(name, text.encode()) for name, text in told.items()]
