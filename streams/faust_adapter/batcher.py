"""The batcher: where the slices of one partition wait until they are folded.

All that have come while a transaction was being written go into the next one: few records at a time while there is
little to do, many under a backlog. No partition waits for another: one's transaction is written while another folds.

A transaction costs worker and broker nearly the same however few its records. So a small one that follows closely on
another waits a little for more records: at a thousand events a second that is quicker for all of them.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import chain
from typing import Protocol

from streams.fail_fast import Exit, stop_at_once
from streams.partition.partition import Partition
from streams.partition.record_batch import RecordBatch

# Seconds from the start of one transaction of a partition to the next, when that has at most so many records.
PACE = 0.05
SMALL = 200

OpenPartition = Callable[[], Awaitable[Partition]]


class BatchEvent(Protocol):
    """A Faust event whose value is a slice: a batch of Kafka records."""

    value: RecordBatch

    def ack(self) -> bool:
        """Tell Faust that the slice need not be read again."""


class Batcher:
    """Slices of one partition, folded in the order in which they came, at most `max_records` in one transaction.

    `open_partition` waits until the partition is open. Faust is told of a slice only once it is committed: so it never
    hands a partition on before, and never acknowledges what was not written.
    """

    def __init__(self, name: str, open_partition: OpenPartition, max_records: int, pace: float = PACE) -> None:
        self._name = name
        self._open_partition = open_partition
        self._max_records = max_records
        self._pace = pace
        self._last_start = -pace
        self._waiting: deque[BatchEvent] = deque()
        self._records = 0
        self._has_room = asyncio.Event()
        self._folding: asyncio.Task[None] | None = None

    async def add(self, event: BatchEvent) -> None:
        """Take in a slice, once there is room. Until then those of other partitions wait behind it.

        As much again as the next transaction holds is read ahead, so that a busy partition seldom keeps them waiting.
        """
        while self._records >= 2 * self._max_records:
            self._has_room.clear()
            await self._has_room.wait()
        self._waiting.append(event)
        self._records += len(event.value)
        if self._folding is None or self._folding.done():
            self._folding = asyncio.create_task(self._fold_all())

    async def _fold_all(self) -> None:
        try:
            partition = await self._open_partition()
            while self._waiting:
                await self._wait_for_more()
                events = self._take_next()
                records = chain.from_iterable(event.value for event in events)
                await partition.fold(RecordBatch(records, events[0].value.start))
                for event in events:
                    event.ack()
        except Exception as error:  # were it to be passed over, what comes next would leave a hole
            stop_at_once(Exit.UNEXPECTED, f"{self._name} was not folded", error)

    async def _wait_for_more(self) -> None:
        """Wait for more records when there are few and the transaction before started just now."""
        now = time.monotonic
        if self._records <= SMALL and now() < self._last_start + self._pace:
            await asyncio.sleep(self._last_start + self._pace - now())
        self._last_start = now()

    def _take_next(self) -> list[BatchEvent]:
        """Take out what is folded next: only what follows on without a gap or a repetition.

        The partition looks at the start of what it is given: it sees a hole, and skips what it has folded before.
        """
        events = [self._waiting.popleft()]
        count = len(events[0].value)
        while self._next_follows_on(events[-1]) and count + len(self._waiting[0].value) <= self._max_records:
            events.append(self._waiting.popleft())
            count += len(events[-1].value)
        self._records -= count
        self._has_room.set()
        return events

    def _next_follows_on(self, last: BatchEvent) -> bool:
        if not self._waiting:
            return False
        batch, end = self._waiting[0].value, last.value[-1].offset + 1
        return bool(batch.start <= end <= batch[0].offset)
