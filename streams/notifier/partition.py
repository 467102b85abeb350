"""One partition of the facts at work: its desk, its ledger, what it knows, and the messages under way."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Self

from aiokafka import ConsumerRecord
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential

from ioc.core.times import SECOND, Instant
from ioc.notifications.messages import Message, Wording
from ioc.notifications.notification import Because, Notification
from ioc.notifications.planner import NotificationPlanner, given_up, told, tried
from ioc.notifications.rate_limit import Since
from ioc.processors.serde import decode_fact
from streams import metrics
from streams.clock import now_ms
from streams.fail_fast import Exit, stop_at_once
from streams.notifier.incident_view import View
from streams.notifier.notification_log import NotificationLog
from streams.notifier.senders.senders import NotSent, Sender
from streams.notifier.settings import NotifierSettings

log = logging.getLogger("ioc.notifier")

# Seconds that messages under way are given when a partition is let go. One cut off is sent again under its id.
LAST_CALL = 2.0


class SenderPool:
    """The ways out, shared by all partitions of a process: so many messages at a time through each."""

    AT_A_TIME = 4

    def __init__(self, senders: Mapping[str, Sender]) -> None:
        self._senders = senders
        self._gates = {id: asyncio.Semaphore(self.AT_A_TIME) for id in senders}
        self._shut = asyncio.Semaphore(self.AT_A_TIME)

    def gate(self, channel: str) -> asyncio.Semaphore:
        """Return what is held from the sending of a message until its outcome is written.

        So no more than a few can be sent that nobody knows of, when the process is killed or shut out.
        """
        return self._gates.get(channel, self._shut)

    async def send(self, message: Message) -> None:
        """Send one message; NotSent when it was not taken, or its channel can no longer send."""
        if message.channel not in self._senders:
            raise NotSent("not_configured")
        try:
            await self._senders[message.channel].send(message)
        except NotSent:
            metrics.NOTIFIER_ATTEMPTS.labels(message.channel, "not_taken").inc()
            raise
        except Exception as error:  # a library's fault in one channel must not silence all the others
            log.error("a message through %s could not be sent: %s", message.channel, type(error).__name__)
            metrics.NOTIFIER_ATTEMPTS.labels(message.channel, "not_taken").inc()
            raise NotSent(Because.NOT_TAKEN) from None
        metrics.NOTIFIER_ATTEMPTS.labels(message.channel, "taken").inc()


class NotifierPartition:
    """A partition of the facts this notifier owns. Everything that changes its desk happens under its lock."""

    def __init__(
        self,
        desk: NotificationPlanner,
        ledger: NotificationLog,
        view: View,
        ways: SenderPool,
        wording: Wording,
        settings: NotifierSettings,
    ) -> None:
        self.desk = desk
        self._ledger = ledger
        self._view = view
        self._ways = ways
        self._wording = wording
        self._settings = settings
        self._lock = asyncio.Lock()
        self._closed = False
        self._next = 0
        self._event_clock: Instant = max((one.at for one in desk.open.values()), default=0)
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def begin(self, next: int) -> Self:
        """Go on from an offset of the facts, with what was under way when the partition was let go."""
        self._next = next
        self._dispatch()
        return self

    @property
    def most_pressing(self) -> Since:
        """Since when the first of those that wait does, as it sorts."""
        waiting = ((not one.urgent, one.planned_at) for one in self.desk.open.values() if one.message is None)
        return min(waiting, default=(True, 1 << 60))

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Plan what facts bring about, and begin to send it."""
        async with self._lock:
            todo = [record for record in records if record.offset >= self._next]
            if self._closed or not todo:
                return
            await self._view.catch_up()
            facts = [decode_fact(record.value) for record in todo]
            self._event_clock = max(self._event_clock, *(fact.at for fact in facts))
            changed = self.desk.take(facts, self._now())
            await self._write(changed, todo[-1].offset + 1)
            self._next = todo[-1].offset + 1
            self._dispatch()

    async def tick(self) -> None:
        """Let go what need wait no longer, and tell what is open when a maintenance window has ended."""
        async with self._lock:
            if self._closed:
                return
            await self._view.follow()
            changed = self.desk.tick(self._now())
            if changed:
                await self._write(changed)
                self._dispatch()
        waiting = sum(one.message is None for one in self.desk.open.values())
        metrics.NOTIFIER_WAITING.labels(str(self.desk.partition)).set(waiting)

    def _now(self) -> Instant:
        """Return the wall's time; in a replay, in which nothing is sent, the events' own."""
        return self._event_clock if self.desk.policy.replay else now_ms()

    async def _write(self, records: Sequence[Notification], next: int | None = None) -> None:
        try:
            await self._ledger.write(records, next)
        except Exception as error:
            stop_at_once(Exit.NOT_WRITTEN, f"the ledger of partition {self.desk.partition}", error)
        self.desk.apply(records)
        for one in records:
            metrics.NOTIFIER_NOTIFICATIONS.labels(one.channel, one.status).inc()

    def _dispatch(self) -> None:
        if self.desk.policy.replay:
            return
        for id, members in self.desk.messages().items():
            if id not in self._under_way:
                self._under_way[id] = asyncio.create_task(self._deliver(id, members))

    async def _deliver(self, id: str, members: list[Notification]) -> None:
        """Send a message until it is taken or given up, and write down what became of it."""
        try:
            await asyncio.sleep(max(0, (members[0].until or 0) - now_ms()) / SECOND)
            await self._until_taken(self._wording.message(id, members), members)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "a message could not be followed", error)
        finally:
            self._under_way.pop(id, None)

    async def _until_taken(self, message: Message, members: list[Notification]) -> None:
        before = members[0].attempts

        async def note(state: RetryCallState) -> None:
            nonlocal members
            wait = state.next_action.sleep if state.next_action is not None else 0
            members = tried(members, _reason(state), now_ms() + round(wait * SECOND), now_ms())
            await self._record(members)

        async def attempt() -> None:
            async with self._ways.gate(message.channel):
                await self._ways.send(message)
                await self._record(told(members, now_ms()))

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(NotSent),
            stop=stop_after_attempt(max(1, self._settings.notify_attempts - before)),
            wait=wait_exponential(
                multiplier=self._settings.notify_first_wait * 2 ** min(before, 30),
                max=self._settings.notify_longest_wait,
            ),
            before_sleep=note,
            reraise=True,
        )
        try:
            await retrying(attempt)
        except NotSent as error:
            log.error("a message through %s was given up: %s", message.channel, error.reason)
            await self._record(given_up(members, error.reason, now_ms()))
        else:
            metrics.NOTIFIER_SECONDS.observe((now_ms() - members[0].planned_at) / SECOND)

    async def _record(self, records: Sequence[Notification]) -> None:
        async with self._lock:
            if not self._closed:
                await self._write(records)

    async def close(self) -> None:
        """Let go of the partition. A message that is cut off is sent again, under its id, by the next owner."""
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=LAST_CALL)
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        async with self._lock:
            self._closed = True
            for pace in self.desk.paces.values():
                pace.wait(self.desk.partition, None)
            await self._view.close()
            await self._ledger.close()


def _reason(state: RetryCallState) -> str:
    error = state.outcome.exception() if state.outcome is not None else None
    return error.reason if isinstance(error, NotSent) else ""
