"""Patches for what Faust 0.15.3 and aiokafka 0.14.0 do wrong or slowly. Each patch has a canary test.

Patched: the gap book-keeping of Faust's consumer, which counts a delivered record as missing; its reading of records
that their producer's transaction has not committed, or has taken back; its fetches that wait for 1.5 s; one Faust event
per slice instead of one per record; aiokafka's 20 ms wait between transactions; that it does not say what it has passed
over; and that it takes longer to wrap each record than to read it.
"""

from collections.abc import AsyncIterator, Mapping
from importlib.metadata import version
from typing import Any

import aiokafka
import aiokafka.producer.sender as sender
import faust
from aiokafka.consumer import fetcher
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from ioc.core.times import SECOND
from streams.fail_fast import Exit, stop_at_once
from streams.faust_adapter.fetch import BareRecords, BatchFetchResult
from streams.kafka_clients import LONGEST_FETCH
from streams.partition.record_batch import RecordBatch

PINNED = {"faust-streaming": "0.15.3", "mode-streaming": "0.7.1", "aiokafka": "0.14.0"}
TRANSACTION_BACKOFF = 0.001  # seconds


class CommittedThread(driver.AIOKafkaConsumerThread):
    """Reads committed records only, which Faust does in its own exactly-once mode alone."""

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Both are taken up when it starts.
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = LONGEST_FETCH
        return consumer


class SliceConsumer(driver.Consumer):
    """Delivers one Faust message per slice of a partition; its value is a record batch."""

    slice_records = 2000

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Leave the delivered record itself out of the gap before it, which Faust does not."""
        await super()._add_gap(tp, offset_from, offset_to - 1)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self.perform_seek()
            return
        batches: Mapping[Any, Any] = records  # record batches, see BatchFetchResult
        for partition, batch in batches.items():
            tp = TP(partition.topic, partition.partition)
            if active is not None and tp not in active and tp not in self._buffered_partitions:
                continue
            for first in range(0, len(batch), self.slice_records):
                if not self.flow_active or self.app.consumer_generation_id != generation:
                    return
                yield tp, self._slice(tp, batch.part(first, first + self.slice_records))

    def _slice(self, tp: TP, records: RecordBatch) -> Any:
        """Return a message with the slice's last offset that carries all its records, undecoded (see SliceSchema)."""
        last, generation = records[-1], self.app.consumer_generation_id
        value: Any = records
        time = last.timestamp / SECOND
        return ConsumerMessage(*tp, last.offset, time, 0, [], None, value, None, tp=tp, generation_id=generation)


class SliceSchema(faust.Schema[Any, Any]):
    """Passes the records of a slice on undecoded: the processors read bytes themselves."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> None:
        return None

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:
        return message.value


def apply_patches(slice_records: int) -> None:
    """Apply the patches. The process ends when a package has another version than the patches were written for."""
    for package, pinned in PINNED.items():
        if version(package) != pinned:
            stop_at_once(Exit.WRONG_FAUST, f"{package} is {version(package)}, the patches are for {pinned}")
    SliceConsumer.slice_records = slice_records
    driver.Transport.Consumer = SliceConsumer
    sender.BACKOFF_OVERRIDE = TRANSACTION_BACKOFF
    fetcher.FetchResult = BatchFetchResult
    fetcher.PartitionRecords = BareRecords
