"""Slices wait in their partition's inbox: how they are put together, who waits for whom, and when Faust is told."""

import asyncio
import time
from typing import Any, NamedTuple

import pytest

from streams.fail_fast import Exit
from streams.faust_adapter.batcher import SMALL, Inbox
from streams.partition.partition import Partition
from streams.partition.record_batch import Stretch


class Offset(NamedTuple):
    """As much of a record as an inbox looks at."""

    offset: int


class Slice:
    """A slice of the records from one offset up to another; before it there may be what are no records."""

    def __init__(self, first: int, end: int, start: int | None = None) -> None:
        self.value = Stretch((Offset(offset) for offset in range(first, end)), first if start is None else start)
        self.acked = False

    def ack(self) -> bool:
        self.acked = True
        return True


class Slow:
    """A partition that folds only when it is let, and notes what it was given to fold at once."""

    def __init__(self) -> None:
        self.folded: list[tuple[int, int]] = []
        self.let = asyncio.Semaphore(0)
        self.is_open = asyncio.Event()

    async def open(self) -> Partition[Any]:
        await self.is_open.wait()
        return self  # type: ignore[return-value]

    async def fold(self, records: Stretch) -> None:
        self.folded.append((records[0].offset, records[-1].offset + 1))
        await self.let.acquire()

    async def let_fold(self, times: int = 1) -> None:
        self.is_open.set()
        for _ in range(times):
            self.let.release()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def inbox_of(partition: Slow, most: int = 100, pace: float = 0) -> Inbox:
    return Inbox("a partition", partition.open, most, pace)


async def test_what_came_while_a_transaction_was_written_goes_into_the_next() -> None:
    partition = Slow()
    inbox = inbox_of(partition)
    partition.is_open.set()
    await inbox.put(Slice(0, 2))
    await settle()
    for first in (2, 4, 6):
        await inbox.put(Slice(first, first + 2))
    await partition.let_fold(2)
    assert partition.folded == [(0, 2), (2, 8)]


async def test_no_transaction_holds_more_records_than_it_may_unless_a_slice_alone_does() -> None:
    partition = Slow()
    inbox = inbox_of(partition, most=5)
    for first, end in ((0, 3), (3, 5), (5, 6)):
        await inbox.put(Slice(first, end)) if first < 5 else asyncio.create_task(inbox.put(Slice(first, end)))
    await partition.let_fold(9)
    await inbox.put(Slice(6, 20))
    await partition.let_fold(9)
    assert partition.folded == [(0, 5), (5, 6), (6, 20)]


async def test_slices_that_leave_a_gap_are_folded_apart_so_that_the_partition_sees_it() -> None:
    partition = Slow()
    inbox = inbox_of(partition)
    for one in (Slice(0, 2), Slice(2, 4), Slice(5, 7), Slice(7, 8)):
        await inbox.put(one)
    await partition.let_fold(9)
    assert partition.folded == [(0, 4), (5, 8)]


async def test_what_comes_a_second_time_is_folded_apart_so_that_the_partition_can_skip_what_it_has() -> None:
    partition = Slow()
    inbox = inbox_of(partition)
    for one in (Slice(0, 4), Slice(0, 6), Slice(6, 8), Slice(7, 9)):
        await inbox.put(one)
    await partition.let_fold(9)
    assert partition.folded == [(0, 4), (0, 8), (7, 9)]


async def test_a_mark_between_two_slices_is_no_gap() -> None:
    partition = Slow()
    inbox = inbox_of(partition)
    for one in (Slice(0, 2), Slice(3, 4, start=2), Slice(6, 8, start=5)):
        await inbox.put(one)
    await partition.let_fold(9)
    assert partition.folded == [(0, 4), (6, 8)]


async def test_faust_is_told_of_a_slice_once_it_is_committed_and_not_before() -> None:
    partition = Slow()
    inbox = inbox_of(partition, most=4)
    slices = [Slice(0, 2), Slice(2, 4), Slice(5, 6)]
    for one in slices[:2]:
        await inbox.put(one)
    partition.is_open.set()
    await settle()
    await inbox.put(slices[2])
    assert (partition.folded, [one.acked for one in slices]) == ([(0, 4)], [False, False, False])
    await partition.let_fold()
    assert (partition.folded, [one.acked for one in slices]) == ([(0, 4), (5, 6)], [True, True, False])
    await partition.let_fold()
    assert [one.acked for one in slices] == [True, True, True]


async def test_no_more_is_read_ahead_than_the_next_two_transactions_hold() -> None:
    partition = Slow()
    inbox = inbox_of(partition, most=4)
    for first in (0, 4):
        await inbox.put(Slice(first, first + 4))
    waiting = asyncio.create_task(inbox.put(Slice(8, 10)))
    await settle()
    assert not waiting.done()
    partition.is_open.set()
    await settle()
    assert (waiting.done(), partition.folded) == (True, [(0, 4)])
    await partition.let_fold(3)
    assert partition.folded == [(0, 4), (4, 8), (8, 10)]


async def test_partitions_do_not_wait_for_each_other() -> None:
    slow, quick = Slow(), Slow()
    await inbox_of(slow).put(Slice(0, 1))
    done = Slice(0, 1)
    await inbox_of(quick).put(done)
    await quick.let_fold()
    assert (done.acked, slow.folded) == (True, [])


async def test_an_inbox_that_was_emptied_goes_on_when_more_comes() -> None:
    partition = Slow()
    inbox = inbox_of(partition)
    for first in range(3):
        await inbox.put(Slice(first, first + 1))
        await partition.let_fold()
    assert partition.folded == [(0, 1), (1, 2), (2, 3)]


async def test_an_idle_partition_folds_at_once_and_what_follows_on_its_heels_waits_for_company() -> None:
    partition = Slow()
    inbox = inbox_of(partition, pace=600)
    await partition.let_fold(9)
    for first in range(3):
        await inbox.put(Slice(first, first + 1))
        await settle()
    assert partition.folded == [(0, 1)]


async def test_what_waited_for_company_is_folded_with_it_when_the_time_is_up() -> None:
    partition = Slow()
    inbox = inbox_of(partition, pace=0.05)
    await partition.let_fold(9)
    slices = [Slice(first, first + 1) for first in range(3)]
    for one in slices:
        await inbox.put(one)
    give_up = time.monotonic() + 30
    while not all(one.acked for one in slices):
        assert time.monotonic() < give_up, partition.folded
        await asyncio.sleep(0.01)
    assert partition.folded[0][0] == 0
    assert partition.folded[-1][1] == 3


async def test_a_slice_that_is_large_does_not_wait_for_company() -> None:
    partition = Slow()
    inbox = inbox_of(partition, most=2000, pace=600)
    await partition.let_fold(9)
    await inbox.put(Slice(0, 1))
    await settle()
    await inbox.put(Slice(1, 2 + SMALL))
    await settle()
    assert partition.folded == [(0, 1), (1, 2 + SMALL)]


async def test_what_cannot_be_folded_stops_the_process_and_is_never_acknowledged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stops: list[Exit] = []
    monkeypatch.setattr("streams.faust_adapter.batcher.stop_at_once", lambda code, *_: stops.append(code))

    async def lost() -> Partition[Any]:
        raise KeyError("not ours")

    inbox, one = Inbox("a partition", lost, 10), Slice(0, 1)
    await inbox.put(one)
    await settle()
    assert (stops, one.acked) == ([Exit.UNEXPECTED], False)
