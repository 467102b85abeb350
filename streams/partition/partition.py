"""One owned partition at work: its shard, its journal, and the rule that one folds at a time."""

import asyncio
import logging
import time
from collections import Counter
from typing import Any, Generic, NamedTuple, Self, cast

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.dead_letter_limit import RejectionCount
from ioc.core.editions import in_force
from ioc.core.records import ClockKind, Record
from ioc.core.times import SECOND, Instant
from ioc.core.topics import Topic
from ioc.processors import incidents
from ioc.processors.change_set import IncidentChangeSet as CityChanges
from ioc.processors.processor import Changes, Shard
from ioc.processors.registry import PROCESSORS
from streams import metrics
from streams.fail_fast import Exit, stop_at_once
from streams.memory import give_back
from streams.partition.journal import Journal
from streams.partition.record_batch import Stretch
from streams.partition.restore import extent, has_records, restore
from streams.settings import WorkerSettings

log = logging.getLogger("ioc.partition")

# Seconds; a record that can be folded is folded long before.
STANDING_STILL = 1.0


class TopicPartitionId(NamedTuple):
    """A partition of a lane's input topic."""

    topic: Topic
    number: int


class Partition(Generic[Changes]):
    """A partition of a lane this worker owns. Everything that changes it happens under its lock."""

    def __init__(self, shard: Shard[Changes], journal: Journal, settings: WorkerSettings) -> None:
        self.shard = shard
        self.journal = journal
        self.lock = asyncio.Lock()
        self._settings = settings
        self._closed = False
        self._seen: tuple[Instant, int] | None = None
        self._standing, self._since = (0, 0), 0.0
        self._gap = (0, 0)  # from a position up to an end: offsets that no record holds
        self.place = TopicPartitionId(shard.input, shard.partition)
        self._labels = (str(shard.input), str(shard.partition))
        self._name = f"partition {shard.partition} of {shard.input}"

    @classmethod
    async def open(cls, topic: Topic, number: int, settings: WorkerSettings, catalogue: Catalogue) -> Self:
        """Fence off the former owner, then rebuild all that is committed. In this order: nothing can change after."""
        began = time.monotonic()
        first, partitions = await extent(settings.bootstrap, topic, number)
        journal = await Journal.open(topic, number, partitions, settings.bootstrap)
        try:
            shard = PROCESSORS[topic](number, catalogue, settings.clock, settings.refusal_policy, partitions)
            await restore(shard, settings.bootstrap)
            shard.index()
            await asyncio.to_thread(give_back)  # meanwhile other partitions fold
            metrics.RESTORE_SECONDS.observe(time.monotonic() - began)
            opened = cls(shard, journal, settings)
            opened._check_loss(first)
            await opened._settle_anew(catalogue.edition)
        except BaseException:  # revoked before it was open
            await journal.close()
            raise
        return opened

    async def _settle_anew(self, edition: str) -> None:
        """Settle the open incidents by a catalogue that is new to them, before anything is folded by it."""
        position = self.shard.position
        if isinstance(self.shard, incidents.IncidentProcessor):
            for changes in self.shard.settle_anew(self._settings.settled_at_once):
                await self._write(cast(Changes, changes))
                log.info("%s: %d incidents settled by catalogue %s", self._name, len(changes.incidents), edition)
        else:  # nothing in it is worked out by the catalogue before the next record
            self.shard.position = replace(position, editions=in_force(position.editions, edition, position.next))

    def _check_loss(self, first: int) -> None:
        """Stop where going on would pass over a loss, unless an engineer has looked and allows it."""
        position = self.shard.position
        if position.next < first and position.folded:
            lost = f"{self._name}: records {position.next} to {first - 1} were deleted before they were folded"
            self._allow_or_stop(Exit.HOLE, lost)
        if position.recent.exceeded:
            self._allow_or_stop(Exit.TOO_MANY_REFUSED, f"{self._name}: too many records were refused")
            self.shard.position = replace(position, recent=RejectionCount())

    def _allow_or_stop(self, code: Exit, why: str) -> None:
        if not self._settings.accept_loss:
            stop_at_once(code, f"{why}; look at it, then start once with IOC_ACCEPT_LOSS=true")
        log.warning("%s; accepted", why)

    async def fold(self, records: Stretch) -> None:
        """Fold a slice of Kafka records and return once it is committed. What was folded before is skipped."""
        began = time.monotonic()
        async with self.lock:
            if self._closed:
                stop_at_once(Exit.UNEXPECTED, f"a slice of {self._name} came after it was let go")
            todo = [_record(record) for record in records if record.offset >= self.shard.position.next]
            if not todo:
                return
            if records.start > self.shard.position.next:
                await self._check_hole(todo[0].offset)
            changes = self.shard.fold(todo)
            await self._write(changes)
        self._count(changes, len(todo))
        metrics.SLICE_SECONDS.observe(time.monotonic() - began)
        if self.shard.position.recent.exceeded:
            stop_at_once(Exit.TOO_MANY_REFUSED, f"too many of the latest records of {self._name}")

    async def _write(self, changes: Changes) -> None:
        try:
            await self.journal.write(changes)
        except Exception as error:
            stop_at_once(Exit.NOT_WRITTEN, f"a transaction of {self._name}", error)
        self.shard.apply(changes)

    async def _check_hole(self, first: int) -> None:
        """Stop when records between the position and `first` would be left out. Transaction marks are no records."""
        expected = self.shard.position.next
        if await self._has_records(first):
            stop_at_once(Exit.HOLE, f"{self._name}: records {expected} to {first - 1} were not delivered")

    async def tick(self, now: Instant, end: int) -> None:
        """Announce the deadlines reached, once all input that had come by then is folded. `end` was seen after `now`.

        A "resolved" that waits in the backlog must win over a deadline that passed meanwhile. When the input stays
        behind for too long the deadlines are announced all the same, and marked `late_input`. In a replay the events
        move the clock themselves.
        """
        caught_up = await self._has_caught_up(end)
        async with self.lock:
            if self._closed:
                return
            soonest = self.shard.timers.soonest()
            if self.shard.clock is ClockKind.EVENT or soonest is None or soonest > now:
                self._seen = None
                return
            self._seen = self._seen or (now, end)
            seen, ends = self._seen
            caught_up = caught_up or self.shard.position.next >= ends
            if not caught_up and now - seen <= self._settings.late_after * SECOND:
                return
            self._seen = None
            changes = self.shard.tick(seen, self._settings.fires_a_tick, late_input=not caught_up)
            if not changes.empty:
                await self._write(changes)
        self._count(changes, 0)
        if soonest and not changes.empty:  # what is for the very first moment is not late
            metrics.FIRED_LATE.observe((now - soonest) / SECOND)

    async def _has_caught_up(self, end: int) -> bool:
        """True when no record up to `end` is still to be folded.

        The marks and the aborted records of a producer's transactions are no records, though they take up offsets. The
        log is asked for such only when for a while the fold has stood still before an end that stood still, too.
        """
        at = self.shard.position.next
        if at >= end or self._gap == (at, end):
            return True
        if (at, end) != self._standing:
            self._standing, self._since = (at, end), time.monotonic()
        if time.monotonic() - self._since < STANDING_STILL:
            return False
        self._since = time.monotonic()
        if await self._has_records(end):
            return False
        self._gap = (at, end)
        return True

    def waiting_until(self, end: int) -> int:
        """Return where the records end that are still to be folded: at the position, when what follows are none."""
        at = self.shard.position.next
        return at if self._gap == (at, end) else end

    async def _has_records(self, end: int) -> bool:
        position = self.shard.position.next
        return await has_records(self._settings.bootstrap, self.shard.input, self.shard.partition, position, end)

    def _count(self, changes: Changes, folded: int) -> None:
        metrics.RECORDS.labels(*self._labels).inc(folded)
        for reason, count in Counter(letter.rejection.reason for letter in changes.dead_letters).items():
            metrics.REFUSED.labels(reason).inc(count)
        metrics.SENT.labels(*self._labels).inc(len(changes.outbox))
        metrics.HELD.labels(*self._labels).set(self.shard.held)
        if isinstance(changes, CityChanges):
            for kind, count in Counter(fact.kind for fact in changes.facts).items():
                metrics.FACTS.labels(kind).inc(count)
        if isinstance(self.shard, incidents.IncidentProcessor):
            metrics.PENDING.labels(self._labels[1]).set(self.shard.pending)

    async def pause(self) -> None:
        """Change nothing until told to go on, once what is being written is written."""
        async with self.lock:
            self._closed = True

    async def go_on(self) -> bool:
        """Go on as before; False when that cannot be, as another has owned it meanwhile and may have changed it."""
        async with self.lock:
            self._closed = not await self.journal.is_ours(self.shard.position)
        return not self._closed

    async def close(self) -> None:
        """Let go of the partition, once what is being written is written."""
        async with self.lock:
            self._closed = True
            await self.journal.close()


def _record(record: Any) -> Record:
    return Record(record.offset, record.timestamp, record.key, record.value, record.headers)
