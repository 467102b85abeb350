"""One owned partition at work: its shard, its journal, and the rule that one folds at a time."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from ioc.catalogue import Catalogue
from ioc.shard import Changes, Record, Shard
from ioc.times import Instant
from ioc.topics import Topic
from streams import metrics
from streams.doubt import Exit, stop_at_once
from streams.journal import Journal
from streams.refusals import RefusalLimit
from streams.restore import reader, restore
from streams.settings import WorkerSettings


class Partition:
    """A partition of the events this worker owns. Everything that changes it happens under its lock."""

    def __init__(self, shard: Shard, journal: Journal, settings: WorkerSettings) -> None:
        self.shard = shard
        self.journal = journal
        self.lock = asyncio.Lock()
        self.end = shard.position.next
        self._settings = settings
        self._limit = RefusalLimit(settings.refused_share, settings.refused_window)
        self._seen: tuple[Instant, int] | None = None
        self._labels = str(shard.partition)

    @classmethod
    async def open(cls, number: int, settings: WorkerSettings, catalogue: Catalogue) -> Self:
        """Fence off the former owner, then rebuild all that is committed. In this order: nothing can change after."""
        began = time.monotonic()
        journal = await Journal.open(number, settings.bootstrap, settings.group)
        shard = Shard(number, catalogue, settings.clock)
        await restore(shard, settings.bootstrap)
        shard.index()
        metrics.RESTORE_SECONDS.observe(time.monotonic() - began)
        return cls(shard, journal, settings)

    async def fold(self, records: Sequence[Any]) -> None:
        """Fold a slice of Kafka records and return once it is committed. What was folded before is skipped."""
        began = time.monotonic()
        async with self.lock:
            todo = [_record(record) for record in records if record.offset >= self.shard.position.next]
            if not todo:
                return
            if todo[0].offset > self.shard.position.next:
                await self._check_hole(todo[0].offset)
            changes = self.shard.fold(todo)
            await self._write(changes)
        self._limit.check(len(todo), len(changes.dead_letters))
        self._count(changes, len(todo))
        metrics.SLICE_SECONDS.observe(time.monotonic() - began)

    async def _write(self, changes: Changes) -> None:
        await self.journal.write(changes)
        self.shard.apply(changes)

    async def _check_hole(self, first: int) -> None:
        """Stop when records between the position and `first` would be left out. Transaction marks are no records."""
        expected = self.shard.position.next
        if await has_records(self._settings.bootstrap, self.shard.partition, expected, first):
            stop_at_once(Exit.HOLE, f"partition {self._labels}: records {expected} to {first - 1} were not delivered")

    async def tick(self, now: Instant, end: int) -> None:
        """Announce the deadlines reached, once all input that had come by then is folded.

        A "resolved" that waits in the backlog must win over a deadline that passed meanwhile. When the input stays
        behind for too long the deadlines are announced all the same, and marked `late_input`.
        """
        if self._seen is None:
            self._seen = (now, end)
        async with self.lock:
            seen, ends = self._seen
            caught_up = self.shard.position.next >= ends
            if not caught_up and now - seen <= self._settings.late_after * 1000:
                return
            self._seen = None
            soonest = self.shard.timers.soonest()
            if soonest is None or soonest > seen:
                return
            changes = self.shard.tick(seen, self._settings.fires_a_tick, late_input=not caught_up)
            if not changes.empty:
                await self._write(changes)
        self._count(changes, 0)
        metrics.FIRED_LATE.observe((now - soonest) / 1000)

    def _count(self, changes: Changes, folded: int) -> None:
        metrics.RECORDS.labels(self._labels).inc(folded)
        for letter in changes.dead_letters:
            metrics.REFUSED.labels(letter.refusal.reason).inc()
        for fact in changes.facts:
            metrics.FACTS.labels(fact.kind).inc()
            if fact.kind == "duplicate":
                metrics.DUPLICATES.labels(self._labels).inc()
        metrics.INCIDENTS.labels(self._labels).set(len(self.shard.incidents))

    async def close(self) -> None:
        """Let go of the partition."""
        await self.journal.close()


def _record(record: Any) -> Record:
    return Record(record.offset, record.timestamp, record.key, record.value, record.headers)


async def has_records(bootstrap: str, partition: int, first: int, end: int) -> bool:
    """True when the log holds a record with an offset from `first` up to `end`."""
    tp = TopicPartition(Topic.EVENTS, partition)
    async with reader(bootstrap) as consumer:
        consumer.assign([tp])
        consumer.seek(tp, first)
        return await _next_offset(consumer, tp) < end


async def _next_offset(consumer: AIOKafkaConsumer, tp: TopicPartition) -> int:
    """Return the offset of the next record there is, or the end of the log when there is none."""
    end = (await consumer.end_offsets([tp]))[tp]
    while await consumer.position(tp) < end:
        for records in (await consumer.getmany(tp, timeout_ms=200, max_records=1)).values():
            return int(records[0].offset)
    return int(end)
