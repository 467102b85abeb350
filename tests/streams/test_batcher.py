"""Slices wait in their partition's batcher: how they are put together, who waits, when they are acknowledged."""

import asyncio
import time
from typing import NamedTuple

import pytest

from streams.fail_fast import Exit
from streams.faust_adapter.batcher import SMALL, Batcher
from streams.partition.partition import Partition
from streams.partition.record_batch import RecordBatch


class RecordOffset(NamedTuple):
    """As much of a record as a batcher looks at."""

    offset: int


class FakeEvent:
    """An event with the records from one offset up to another; before it there may be offsets without records."""

    def __init__(self, first: int, end: int, start: int | None = None) -> None:
        self.value = RecordBatch(
            (RecordOffset(offset) for offset in range(first, end)), first if start is None else start
        )
        self.acked = False

    def ack(self) -> bool:
        self.acked = True
        return True


class SlowPartition:
    """A partition that folds only when it is allowed to, and notes what it was given to fold at once."""

    def __init__(self) -> None:
        self.folded: list[tuple[int, int]] = []
        self.allowed = asyncio.Semaphore(0)
        self.is_open = asyncio.Event()

    async def open(self) -> Partition:
        await self.is_open.wait()
        return self  # type: ignore[return-value]

    async def fold(self, records: RecordBatch) -> None:
        self.folded.append((records[0].offset, records[-1].offset + 1))
        await self.allowed.acquire()

    async def allow_fold(self, times: int = 1) -> None:
        self.is_open.set()
        for _ in range(times):
            self.allowed.release()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def batcher_of(partition: SlowPartition, max_records: int = 100, pace: float = 0) -> Batcher:
    return Batcher("a partition", partition.open, max_records, pace)


async def test_what_came_while_a_transaction_was_written_goes_into_the_next() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition)
    partition.is_open.set()
    await batcher.add(FakeEvent(0, 2))
    await settle()
    for first in (2, 4, 6):
        await batcher.add(FakeEvent(first, first + 2))
    await partition.allow_fold(2)
    assert partition.folded == [(0, 2), (2, 8)]


async def test_no_transaction_holds_more_records_than_it_may_unless_a_slice_alone_does() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition, max_records=5)
    for first, end in ((0, 3), (3, 5)):
        await batcher.add(FakeEvent(first, end))
    third = asyncio.create_task(batcher.add(FakeEvent(5, 6)))
    await partition.allow_fold(9)
    await third
    await batcher.add(FakeEvent(6, 20))
    await partition.allow_fold(9)
    assert partition.folded == [(0, 5), (5, 6), (6, 20)]


async def test_slices_that_leave_a_gap_are_folded_apart_so_that_the_partition_sees_it() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition)
    for event in (FakeEvent(0, 2), FakeEvent(2, 4), FakeEvent(5, 7), FakeEvent(7, 8)):
        await batcher.add(event)
    await partition.allow_fold(9)
    assert partition.folded == [(0, 4), (5, 8)]


async def test_what_comes_a_second_time_is_folded_apart_so_that_the_partition_can_skip_what_it_has() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition)
    for event in (FakeEvent(0, 4), FakeEvent(0, 6), FakeEvent(6, 8), FakeEvent(7, 9)):
        await batcher.add(event)
    await partition.allow_fold(9)
    assert partition.folded == [(0, 4), (0, 8), (7, 9)]


async def test_a_mark_between_two_slices_is_no_gap() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition)
    for event in (FakeEvent(0, 2), FakeEvent(3, 4, start=2), FakeEvent(6, 8, start=5)):
        await batcher.add(event)
    await partition.allow_fold(9)
    assert partition.folded == [(0, 4), (6, 8)]


async def test_faust_is_told_of_a_slice_once_it_is_committed_and_not_before() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition, max_records=4)
    events = [FakeEvent(0, 2), FakeEvent(2, 4), FakeEvent(5, 6)]
    for event in events[:2]:
        await batcher.add(event)
    partition.is_open.set()
    await settle()
    await batcher.add(events[2])
    assert (partition.folded, [event.acked for event in events]) == ([(0, 4)], [False, False, False])
    await partition.allow_fold()
    assert (partition.folded, [event.acked for event in events]) == ([(0, 4), (5, 6)], [True, True, False])
    await partition.allow_fold()
    assert [event.acked for event in events] == [True, True, True]


async def test_no_more_is_read_ahead_than_the_next_two_transactions_hold() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition, max_records=4)
    for first in (0, 4):
        await batcher.add(FakeEvent(first, first + 4))
    waiting = asyncio.create_task(batcher.add(FakeEvent(8, 10)))
    await settle()
    assert not waiting.done()
    partition.is_open.set()
    await settle()
    assert (waiting.done(), partition.folded) == (True, [(0, 4)])
    await partition.allow_fold(3)
    assert partition.folded == [(0, 4), (4, 8), (8, 10)]


async def test_partitions_do_not_wait_for_each_other() -> None:
    slow, quick = SlowPartition(), SlowPartition()
    await batcher_of(slow).add(FakeEvent(0, 1))
    done = FakeEvent(0, 1)
    await batcher_of(quick).add(done)
    await quick.allow_fold()
    assert (done.acked, slow.folded) == (True, [])


async def test_an_inbox_that_was_emptied_goes_on_when_more_comes() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition)
    for first in range(3):
        await batcher.add(FakeEvent(first, first + 1))
        await partition.allow_fold()
    assert partition.folded == [(0, 1), (1, 2), (2, 3)]


async def test_an_idle_partition_folds_at_once_and_what_follows_on_its_heels_waits_for_company() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition, pace=600)
    await partition.allow_fold(9)
    for first in range(3):
        await batcher.add(FakeEvent(first, first + 1))
        await settle()
    assert partition.folded == [(0, 1)]


async def test_what_waited_for_company_is_folded_with_it_when_the_time_is_up() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition, pace=0.05)
    await partition.allow_fold(9)
    events = [FakeEvent(first, first + 1) for first in range(3)]
    for event in events:
        await batcher.add(event)
    deadline = time.monotonic() + 30
    while not all(event.acked for event in events):
        assert time.monotonic() < deadline, partition.folded
        await asyncio.sleep(0.01)
    assert partition.folded[0][0] == 0
    assert partition.folded[-1][1] == 3


async def test_a_slice_that_is_large_does_not_wait_for_company() -> None:
    partition = SlowPartition()
    batcher = batcher_of(partition, max_records=2000, pace=600)
    await partition.allow_fold(9)
    await batcher.add(FakeEvent(0, 1))
    await settle()
    await batcher.add(FakeEvent(1, 2 + SMALL))
    await settle()
    assert partition.folded == [(0, 1), (1, 2 + SMALL)]


async def test_what_cannot_be_folded_stops_the_process_and_is_never_acknowledged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stops: list[Exit] = []
    monkeypatch.setattr("streams.faust_adapter.batcher.stop_at_once", lambda code, *_: stops.append(code))

    async def lost() -> Partition:
        raise KeyError("not ours")

    batcher, event = Batcher("a partition", lost, 10), FakeEvent(0, 1)
    await batcher.add(event)
    await settle()
    assert (stops, event.acked) == ([Exit.UNEXPECTED], False)
