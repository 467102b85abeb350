"""Record batches say what aiokafka has passed over: a transaction marker is told from a record that is missing."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.consumer.subscription_state import TopicPartitionState
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from streams.faust_adapter.fetch import BareRecords, BatchFetchResult
from streams.partition.record_batch import RecordBatch

TP = TopicPartition("ioc.events", 0)


class FetchedOffset(NamedTuple):
    """As much of a record as a batch looks at."""

    offset: int


class FakeFetch:
    """Records from an offset up to another, with markers where there are none; read one by one, as aiokafka does."""

    def __init__(self, at: int, records: Sequence[int], end: int) -> None:
        self.next_fetch_offset = at
        self._records, self._end = iter(records), end

    def __iter__(self) -> Iterator[FetchedOffset]:
        return self

    def __next__(self) -> FetchedOffset:
        for offset in self._records:
            self.next_fetch_offset = offset + 1
            return FetchedOffset(offset)
        self.next_fetch_offset = self._end
        raise StopIteration


class FakeAssignment:
    """The state of a consumer that reads one partition."""

    active = True

    def __init__(self, at: int) -> None:
        self.state = TopicPartitionState(self)
        self.seek(at)

    def state_value(self, _: TopicPartition) -> TopicPartitionState:
        return self.state

    def seek(self, at: int) -> None:
        self.state.seek(at)

    def fetch(self, records: Sequence[int], end: int, at: int | None = None) -> BatchFetchResult:
        at = self.state.position if at is None else at
        return BatchFetchResult(TP, assignment=self, partition_records=FakeFetch(at, records, end), backoff=0)


def batch_of(result: BatchFetchResult, max_records: int | None = None) -> tuple[int | None, list[int]]:
    records: Any = result.getall(max_records)
    return (records.start if isinstance(records, RecordBatch) else None), [record.offset for record in records]


async def test_a_batch_begins_where_the_one_before_ended_whatever_marks_lie_between() -> None:
    reading = FakeAssignment(10)
    assert batch_of(reading.fetch([12, 13], 15)) == (10, [12, 13])
    assert batch_of(reading.fetch([15, 18], 19)) == (14, [15, 18])


async def test_marks_alone_are_remembered_until_a_record_comes() -> None:
    reading = FakeAssignment(0)
    assert batch_of(reading.fetch([0], 1)) == (0, [0])
    for end in (2, 3, 5):
        assert batch_of(reading.fetch([], end)) == (1, [])
    assert batch_of(reading.fetch([5], 6)) == (1, [5])


async def test_what_is_handed_out_in_parts_has_no_gap() -> None:
    result = FakeAssignment(0).fetch([1, 2, 4, 6], 8)
    assert [batch_of(result, 2) for _ in range(3)] == [(0, [1, 2]), (3, [4, 6]), (7, [])]


async def test_what_was_left_out_by_reading_elsewhere_is_a_gap() -> None:
    reading = FakeAssignment(0)
    assert batch_of(reading.fetch([0, 1], 2)) == (0, [0, 1])
    reading.seek(7)
    assert batch_of(reading.fetch([8], 9)) == (7, [8])
    reading.seek(2)
    assert batch_of(reading.fetch([2], 3)) == (2, [2])


async def test_an_answer_to_an_older_question_is_dropped_and_covers_nothing() -> None:
    reading = FakeAssignment(0)
    assert batch_of(reading.fetch([0], 1)) == (0, [0])
    late = reading.fetch([1, 2], 3)
    reading.seek(7)
    assert batch_of(late) == (None, [])
    assert batch_of(reading.fetch([7], 8)) == (7, [7])


def unpacked(by: type[PartitionRecords]) -> list[Any]:
    """Return what aiokafka, or another class in its place, makes of a batch of records fetched from the second on."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, 0, 1 << 16)
    for offset, (key, value) in enumerate([(b"a", b"1"), (None, b"2"), (b"c", None), (b"d", b"")]):
        builder.append(offset, 1000 + offset, key, value, [("h", b"%d" % offset)] * offset)
    return list(by(TP, MemoryRecords(bytes(builder.build())), [], 1, None, None, True, 1))


def test_bare_records_say_the_same_as_those_aiokafka_makes_of_them() -> None:
    bare, theirs = unpacked(BareRecords), unpacked(PartitionRecords)
    assert [(record.offset, record.timestamp, record.key, record.value, tuple(record.headers)) for record in bare] == [
        (record.offset, record.timestamp, record.key, record.value, record.headers) for record in theirs
    ]
    assert [record.offset for record in bare] == [1, 2, 3]


def test_parts_of_a_batch_follow_on() -> None:
    whole = RecordBatch([FetchedOffset(3), FetchedOffset(5), FetchedOffset(9)], 2)
    assert [(part.start, len(part)) for part in (whole.part(0, 2), whole.part(2, 4))] == [(2, 2), (6, 1)]
