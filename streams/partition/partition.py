"""One owned partition at work: its processor, its journal, and the rule that one folds at a time."""

import asyncio
import logging
import time
from collections import Counter
from typing import Any, NamedTuple, Self

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.dead_letter_limit import RejectionCount
from ioc.core.records import ClockKind, Record
from ioc.core.times import SECOND, Instant
from ioc.core.topics import Topic
from ioc.processors.change_set import ChangeSet
from ioc.processors.registry import PROCESSORS, AnyProcessor
from streams import metrics
from streams.fail_fast import Exit, stop_at_once
from streams.log_reader import extent, has_records
from streams.memory import release_free_memory
from streams.partition.gaps import GapDetector
from streams.partition.journal import Journal
from streams.partition.record_batch import RecordBatch
from streams.partition.restore import restore
from streams.settings import WorkerSettings

log = logging.getLogger("ioc.partition")


class InputPartition(NamedTuple):
    """The id of a partition of an input topic."""

    topic: Topic
    number: int

    def __str__(self) -> str:
        return f"partition {self.number} of {self.topic}"


class Partition:
    """A partition this worker owns. Everything that changes it happens under its lock."""

    def __init__(self, processor: AnyProcessor, journal: Journal, settings: WorkerSettings) -> None:
        self.id = InputPartition(processor.input, processor.partition)
        self.processor = processor
        self.journal = journal
        self.lock = asyncio.Lock()
        self._settings = settings
        self._closed = False
        self._gaps = GapDetector(self._has_records)
        self._due: tuple[Instant, int] | None = None  # when a timer was first seen due, and where the input ended then

    @classmethod
    async def open(cls, topic: Topic, number: int, settings: WorkerSettings, catalogue: Catalogue) -> Self:
        """Fence off the former owner, then restore all that is committed. In this order: nothing can change after."""
        start = time.monotonic()
        first_offset, partitions = await extent(settings.bootstrap, topic, number)
        journal = await Journal.open(topic, number, partitions, settings.bootstrap)
        try:
            processor = PROCESSORS[topic](number, catalogue, settings.clock, settings.dead_letter_limit, partitions)
            await restore(processor, settings.bootstrap)
            await asyncio.to_thread(release_free_memory)  # meanwhile other partitions fold
            metrics.RESTORE_SECONDS.observe(time.monotonic() - start)
            partition = cls(processor, journal, settings)
            partition._check_loss(first_offset)
            await partition._reevaluate()
        except BaseException:  # revoked before it was open
            await journal.close()
            raise
        return partition

    async def _reevaluate(self) -> None:
        """Evaluate the states by a catalogue that is new to them, before anything is folded by it."""
        edition = self.processor.catalogue.edition
        for changes in self.processor.reevaluate(self._settings.settled_at_once):
            await self._write(changes)
            log.info("%s: %d incidents settled by catalogue %s", self.id, changes.state_count, edition)

    def _check_loss(self, first_offset: int) -> None:
        """Stop where going on would pass over a loss, unless an engineer has looked and allows it."""
        position = self.processor.position
        if position.next < first_offset and position.folded:
            loss = f"{self.id}: records {position.next} to {first_offset - 1} were deleted before they were folded"
            self._allow_or_stop(Exit.HOLE, loss)
        if position.recent.exceeded:
            self._allow_or_stop(Exit.TOO_MANY_REFUSED, f"{self.id}: too many records were refused")
            self.processor.position = replace(position, recent=RejectionCount())

    def _allow_or_stop(self, code: Exit, reason: str) -> None:
        if not self._settings.accept_loss:
            stop_at_once(code, f"{reason}; look at it, then start once with IOC_ACCEPT_LOSS=true")
        log.warning("%s; accepted", reason)

    async def fold(self, batch: RecordBatch) -> None:
        """Fold a slice of Kafka records and return once it is committed. What was folded before is skipped."""
        start = time.monotonic()
        async with self.lock:
            if self._closed:
                stop_at_once(Exit.UNEXPECTED, f"a slice of {self.id} came after it was let go")
            position = self.processor.position
            records = [_record(record) for record in batch if record.offset >= position.next]
            if not records:
                return
            if batch.start > position.next:
                await self._check_hole(records[0].offset)
            changes = self.processor.fold(records)
            await self._write(changes)
        self._count(changes, len(records))
        metrics.SLICE_SECONDS.observe(time.monotonic() - start)
        if self.processor.position.recent.exceeded:
            stop_at_once(Exit.TOO_MANY_REFUSED, f"too many of the latest records of {self.id}")

    async def _write(self, changes: ChangeSet) -> None:
        try:
            await self.journal.write(changes)
        except Exception as error:
            stop_at_once(Exit.NOT_WRITTEN, f"a transaction of {self.id}", error)
        self.processor.apply(changes)

    async def _check_hole(self, first: int) -> None:
        """Stop when records between the position and `first` would be left out. Transaction markers are no records."""
        expected = self.processor.position.next
        if await self._has_records(expected, first):
            stop_at_once(Exit.HOLE, f"{self.id}: records {expected} to {first - 1} were not delivered")

    async def tick(self, now: Instant, end: int) -> None:
        """Announce the deadlines reached, once all input that had come by then is folded. `end` was seen after `now`.

        A "resolved" that waits in the backlog must win over a deadline that passed meanwhile. When the input stays
        behind for too long the deadlines are announced all the same, and marked `late_input`. In a replay the events
        move the clock themselves.
        """
        is_caught_up = await self._gaps.is_caught_up(self.processor.position.next, end)
        async with self.lock:
            if self._closed:
                return
            soonest = self.processor.timers.soonest()
            if self.processor.clock is ClockKind.EVENT or soonest is None or soonest > now:
                self._due = None
                return
            self._due = self._due or (now, end)
            due_at, input_end = self._due
            is_caught_up = is_caught_up or self.processor.position.next >= input_end
            if not is_caught_up and now - due_at <= self._settings.late_after * SECOND:
                return
            self._due = None
            changes = self.processor.tick(due_at, self._settings.fires_a_tick, late_input=not is_caught_up)
            if not changes.empty:
                await self._write(changes)
        self._count(changes, 0)
        if soonest and not changes.empty:  # a timer for the very first moment is not late
            metrics.FIRED_LATE.observe((now - soonest) / SECOND)

    def record_end(self, end: int) -> int:
        """Return where the records end that are still to be folded: at the position, when only a gap follows."""
        return self._gaps.record_end(self.processor.position.next, end)

    async def _has_records(self, first: int, end: int) -> bool:
        return await has_records(self._settings.bootstrap, *self.id, first, end)

    def _count(self, changes: ChangeSet, folded: int) -> None:
        topic, number = map(str, self.id)
        metrics.RECORDS.labels(topic, number).inc(folded)
        for reason, count in Counter(letter.rejection.reason for letter in changes.dead_letters).items():
            metrics.REFUSED.labels(reason).inc(count)
        metrics.SENT.labels(topic, number).inc(len(changes.outbox))
        for kind, count in changes.fact_counts().items():
            metrics.FACTS.labels(kind).inc(count)
        for gauge, count in self.processor.gauges().items():
            metrics.set_gauge(gauge, topic, number, count)

    async def pause(self) -> None:
        """Change nothing until `resume`, once what is being written is written."""
        async with self.lock:
            self._closed = True

    async def resume(self) -> bool:
        """Go on as before; False when another worker has owned the partition meanwhile and may have changed it."""
        async with self.lock:
            self._closed = not await self.journal.is_ours(self.processor.position)
        return not self._closed

    async def close(self) -> None:
        """Let go of the partition, once what is being written is written."""
        async with self.lock:
            self._closed = True
            await self.journal.close()


def _record(record: Any) -> Record:
    return Record(record.offset, record.timestamp, record.key, record.value, record.headers)
