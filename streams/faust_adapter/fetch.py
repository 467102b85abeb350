"""What aiokafka hands out at a time, and what it passed over before that: marks of transactions, and what was aborted.

A partition has to know that no record is missing between those it has folded and those that come. Offsets alone do not
tell: marks take up offsets, too. aiokafka knows, for it has read them, but says nothing of it.
"""

from typing import Any

from aiokafka.consumer import fetcher

from streams.partition.record_batch import Stretch


class BareRecords(fetcher.PartitionRecords):  # type: ignore[misc]  # aiokafka is not typed
    """The records of a fetch as they were unpacked: offset, timestamp, key, value and headers.

    To make what aiokafka hands out of each, with the topic, the partition and the sizes besides, takes longer than to
    read it. Nothing is deserialized: no reader here asks for that.
    """

    def _consumer_record(self, tp: Any, record: Any) -> Any:
        return record

    def __iter__(self) -> Any:
        return self._records_iterator  # without a call of `__next__` for each


class StretchResult(fetcher.FetchResult):  # type: ignore[misc]  # aiokafka is not typed
    """The answer to a fetch, handed out as stretches.

    Nothing lies between two of them when the second was fetched from where the first had been read to.
    """

    def getall(self, max_records: int | None = None) -> Any:
        tp = self._topic_partition
        if not self.has_more() or not self.check_assignment(tp):
            return []
        state = self._assignment.state_value(tp)
        at = state.position
        start, end = getattr(state, "passed", (at, at))
        if end != at:  # it was told to read elsewhere
            start = at
        records = super().getall(max_records)
        state.passed = (records[-1].offset + 1 if records else start, state.position)
        return Stretch(records, start)
