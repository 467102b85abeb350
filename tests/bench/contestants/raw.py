"""A bare loop on aiokafka: read, decode, send every record on by whole batches. What Python can reach at most.

With a fourth argument `transactions` every slice is a transaction of its partition, with a position in it, like ours.
"""

import asyncio
import sys
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Any

import aiokafka.producer.sender as sender
import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from msgspec import Struct

from streams.faust_adapter.patches import TRANSACTION_BACKOFF
from streams.kafka_clients import BATCH_BYTES
from tests.bench.contestants.lap import Lap
from tests.bench.load.publish import PARTITIONS

SLICE = 2000


class RawEvent(Struct):
    """A CloudEvent."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    data: dict[str, Any]


decode = msgspec.json.Decoder(RawEvent).decode


async def run(bootstrap: str, source: str, target: str, wanted: int, transactions: bool) -> None:
    """Read so many records and send each on."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    partitions = [TopicPartition(source, number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    producers = [await _producer(bootstrap, number if transactions else None) for number in range(PARTITIONS)]
    lap = Lap(wanted)
    while True:
        for tp, records in (await consumer.getmany(timeout_ms=500, max_records=SLICE)).items():
            lap.begin()
            await _pass_on(producers[tp.partition], target, tp.partition, records, transactions)
            if lap.add(len(records)):
                lap.report()
                return


async def _producer(bootstrap: str, partition: int | None) -> AIOKafkaProducer:
    how = {"enable_idempotence": True} if partition is None else {"transactional_id": f"raw-{partition}"}
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_batch_size=BATCH_BYTES, **how)
    await producer.start()
    return producer


async def _pass_on(
    producer: AIOKafkaProducer, target: str, partition: int, records: Sequence[ConsumerRecord], transactions: bool
) -> None:
    if transactions:
        await producer.begin_transaction()
    deliveries: list[Awaitable[Any]] = []
    batch = producer.create_batch()
    for record in records:
        with suppress(msgspec.DecodeError):  # some are broken: they are sent on like all others
            decode(record.value)
        if batch.append(key=record.key, value=record.value, timestamp=None) is None:
            deliveries.append(await _send(producer, batch, target, partition))
            batch = producer.create_batch()
            batch.append(key=record.key, value=record.value, timestamp=None)
    if transactions:
        batch.append(key=b"position", value=str(records[-1].offset + 1).encode(), timestamp=None)
    deliveries.append(await _send(producer, batch, target, partition))
    await asyncio.gather(*deliveries)
    if transactions:
        await producer.commit_transaction()


async def _send(producer: AIOKafkaProducer, batch: Any, target: str, partition: int) -> Awaitable[Any]:
    batch.close()
    delivery: Awaitable[Any] = await producer.send_batch(batch, target, partition=partition)
    return delivery


if __name__ == "__main__":
    sender.BACKOFF_OVERRIDE = TRANSACTION_BACKOFF
    bootstrap, source, target, wanted, *how = sys.argv[1:]
    asyncio.run(run(bootstrap, source, target, int(wanted), how == ["transactions"]))
