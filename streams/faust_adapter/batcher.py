"""Where the slices of one partition wait until they are folded.

All that have come while a transaction was being written go into the next one: few records at a time while there is
little to do, many under a backlog. No partition waits for another: one's transaction is written while another folds.

A transaction costs worker and broker nearly the same however few its records. So a small one that follows on the heels
of another waits a little for company: at a thousand events a second that is quicker for all of them.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import chain
from typing import Any, Protocol

from streams.fail_fast import Exit, stop_at_once
from streams.partition.partition import Partition
from streams.partition.record_batch import Stretch

# Seconds from the beginning of one transaction of a partition to the next, when that has at most so many records.
PACE = 0.05
SMALL = 200

Open = Callable[[], Awaitable[Partition[Any]]]


class Slice(Protocol):
    """A Faust event whose value is a stretch of Kafka records."""

    value: Stretch

    def ack(self) -> bool:
        """Tell Faust that it need not be read again."""


class Inbox:
    """Slices of one partition, folded in the order in which they came, at most so many records in one transaction.

    `open` waits until the partition is open. Faust is told of a slice only once it is committed: it never hands a
    partition on before, and never acknowledges what was not written.
    """

    def __init__(self, name: str, open: Open, most: int, pace: float = PACE) -> None:
        self._name = name
        self._open = open
        self._most = most
        self._pace = pace
        self._began = -pace
        self._waiting: deque[Slice] = deque()
        self._records = 0
        self._room = asyncio.Event()
        self._folding: asyncio.Task[None] | None = None

    async def put(self, slice: Slice) -> None:
        """Take in a slice, once there is room. Until then those of other partitions wait behind it.

        As much again as the next transaction holds is read ahead, so that a busy partition seldom keeps them waiting.
        """
        while self._records >= 2 * self._most:
            self._room.clear()
            await self._room.wait()
        self._waiting.append(slice)
        self._records += len(slice.value)
        if self._folding is None or self._folding.done():
            self._folding = asyncio.create_task(self._fold_all())

    async def _fold_all(self) -> None:
        try:
            partition = await self._open()
            while self._waiting:
                await self._gather()
                slices = self._next()
                records = chain.from_iterable(slice.value for slice in slices)
                await partition.fold(Stretch(records, slices[0].value.start))
                for slice in slices:
                    slice.ack()
        except Exception as error:  # were it to be passed over, what comes next would leave a hole
            stop_at_once(Exit.UNEXPECTED, f"{self._name} was not folded", error)

    async def _gather(self) -> None:
        """Wait for more when there is little and the transaction before it began just now."""
        now = time.monotonic
        if self._records <= SMALL and now() < self._began + self._pace:
            await asyncio.sleep(self._began + self._pace - now())
        self._began = now()

    def _next(self) -> list[Slice]:
        """Take out what is folded next: only what follows on without a gap or a repetition.

        What is folded by itself is looked at by the partition: it sees a hole, and skips what it has folded before.
        """
        slices = [self._waiting.popleft()]
        count = len(slices[0].value)
        while self._waiting and self._follows_on(slices[-1]) and count + len(self._waiting[0].value) <= self._most:
            slices.append(self._waiting.popleft())
            count += len(slices[-1].value)
        self._records -= count
        self._room.set()
        return slices

    def _follows_on(self, last: Slice) -> bool:
        next, end = self._waiting[0].value, last.value[-1].offset + 1
        return bool(next.start <= end <= next[0].offset)
