"""Fetched records as batches that know where they begin: aiokafka's own answers do not say what they passed over.

A partition has to know that no record is missing between those it has folded and those that come. Offsets alone cannot
tell: transaction markers and aborted records take up offsets, too. aiokafka has read those, but does not say so.
"""

from typing import Any

from aiokafka.consumer import fetcher

from streams.partition.record_batch import RecordBatch


class BareRecords(fetcher.PartitionRecords):  # type: ignore[misc]  # aiokafka is not typed
    """The records of a fetch as they were unpacked: offset, timestamp, key, value and headers.

    aiokafka wraps each in a record of its own with topic, partition and sizes, which takes longer than to read it.
    Nothing is deserialized: no reader here asks for that.
    """

    def _consumer_record(self, tp: Any, record: Any) -> Any:
        return record

    def __iter__(self) -> Any:
        return self._records_iterator  # without a call of `__next__` for each


class BatchFetchResult(fetcher.FetchResult):  # type: ignore[misc]  # aiokafka is not typed
    """The answer to a fetch, handed out as record batches.

    Nothing lies between two batches when the second was fetched from where the first had been read to.
    """

    def getall(self, max_records: int | None = None) -> Any:
        tp = self._topic_partition
        if not self.has_more() or not self.check_assignment(tp):
            return []
        state = self._assignment.state_value(tp)
        position = state.position
        start, end = getattr(state, "passed", (position, position))
        if end != position:  # the consumer was told to seek
            start = position
        records = super().getall(max_records)
        state.passed = (records[-1].offset + 1 if records else start, state.position)
        return RecordBatch(records, start)
