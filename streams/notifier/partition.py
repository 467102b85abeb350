"""One partition of the facts at work: its planner, its notification log, and the messages under way."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from typing import Self

from aiokafka import ConsumerRecord
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, wait_exponential

from ioc.core.times import SECOND, Instant
from ioc.notifications.messages import ChannelMessage, MessageComposer
from ioc.notifications.notification import Notification
from ioc.notifications.outcomes import give_up, mark_sent, schedule_retry
from ioc.notifications.planner import NotificationPlanner
from ioc.notifications.rate_limit import QueuePosition
from ioc.processors.serde import decode_fact
from streams import metrics
from streams.clock import now_ms
from streams.fail_fast import Exit, stop_at_once
from streams.notifier.incident_view import IncidentView
from streams.notifier.notification_log import NotificationLog
from streams.notifier.senders.pool import SenderPool
from streams.notifier.senders.sender import NotSent
from streams.notifier.settings import NotifierSettings

log = logging.getLogger("ioc.notifier")

# Seconds that messages under way are given when a partition is closed. One that is cut off is sent again under its id.
CLOSING_TIMEOUT = 2.0


class NotifierPartition:
    """A partition of the facts this notifier owns. Everything that changes its planner happens under its lock."""

    def __init__(
        self,
        planner: NotificationPlanner,
        notification_log: NotificationLog,
        view: IncidentView,
        senders: SenderPool,
        composer: MessageComposer,
        settings: NotifierSettings,
    ) -> None:
        self.planner = planner
        self._notification_log = notification_log
        self._view = view
        self._senders = senders
        self._composer = composer
        self._settings = settings
        self._lock = asyncio.Lock()
        self._closed = False
        self._next_offset = 0
        self._event_clock: Instant = max((pending.at for pending in planner.pending.values()), default=0)
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def start(self, offset: int) -> Self:
        """Go on from an offset of the facts, with the messages that were under way when the partition was closed."""
        self._next_offset = offset
        self._dispatch()
        return self

    @property
    def queue_position(self) -> QueuePosition:
        """The position of the most pressing notification that waits, behind all others when there is none."""
        positions = ((not waiting.urgent, waiting.planned_at) for waiting in self._waiting())
        return min(positions, default=(True, 1 << 60))

    def _waiting(self) -> Iterator[Notification]:
        return (pending for pending in self.planner.pending.values() if pending.message is None)

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Plan the notifications that facts call for, and begin to send them."""
        async with self._lock:
            new_records = [record for record in records if record.offset >= self._next_offset]
            if self._closed or not new_records:
                return
            await self._view.catch_up()
            facts = [decode_fact(record.value) for record in new_records]
            self._event_clock = max(self._event_clock, *(fact.at for fact in facts))
            changed = self.planner.plan(facts, self._now())
            next_offset = new_records[-1].offset + 1
            await self._write(changed, next_offset)
            self._next_offset = next_offset
            self._dispatch()

    async def tick(self) -> None:
        """Send what need wait no longer, and notify of what is open when a maintenance window has ended."""
        async with self._lock:
            if self._closed:
                return
            await self._view.follow()
            changed = self.planner.tick(self._now())
            if changed:
                await self._write(changed)
                self._dispatch()
        metrics.NOTIFIER_WAITING.labels(str(self.planner.partition)).set(sum(1 for _ in self._waiting()))

    def _now(self) -> Instant:
        """Return the wall's time; in a replay, in which nothing is sent, the events' own."""
        return self._event_clock if self.planner.policy.replay else now_ms()

    async def _write(self, records: Sequence[Notification], next_offset: int | None = None) -> None:
        try:
            await self._notification_log.write(records, next_offset)
        except Exception as error:
            stop_at_once(Exit.NOT_WRITTEN, f"the ledger of partition {self.planner.partition}", error)
        self.planner.apply(records)
        for record in records:
            metrics.NOTIFIER_NOTIFICATIONS.labels(record.channel, record.status).inc()

    def _dispatch(self) -> None:
        if self.planner.policy.replay:
            return
        for message_id, members in self.planner.unsent_messages().items():
            if message_id not in self._under_way:
                self._under_way[message_id] = asyncio.create_task(self._deliver(message_id, members))

    async def _deliver(self, message_id: str, members: list[Notification]) -> None:
        """Send a message until it is taken or given up, and log the outcome."""
        try:
            await asyncio.sleep(max(0, (members[0].until or 0) - now_ms()) / SECOND)
            await self._send_with_retries(self._composer.compose(message_id, members), members)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            stop_at_once(Exit.UNEXPECTED, "a message could not be followed", error)
        finally:
            self._under_way.pop(message_id, None)

    async def _send_with_retries(self, message: ChannelMessage, members: list[Notification]) -> None:
        before = members[0].attempts

        async def log_retry(state: RetryCallState) -> None:
            nonlocal members
            wait = state.next_action.sleep if state.next_action is not None else 0
            members = schedule_retry(members, _reason(state), now_ms() + round(wait * SECOND), now_ms())
            await self._record(members)

        async def attempt() -> None:
            async with self._senders.gate(message.channel):
                await self._senders.send(message)
                await self._record(mark_sent(members, now_ms()))

        retrying = AsyncRetrying(
            retry=retry_if_exception_type(NotSent),
            stop=stop_after_attempt(max(1, self._settings.notify_attempts - before)),
            wait=wait_exponential(
                multiplier=self._settings.notify_first_wait * 2 ** min(before, 30),
                max=self._settings.notify_longest_wait,
            ),
            before_sleep=log_retry,
            reraise=True,
        )
        try:
            await retrying(attempt)
        except NotSent as error:
            log.error("a message through %s was given up: %s", message.channel, error.reason)
            await self._record(give_up(members, error.reason, now_ms()))
        else:
            metrics.NOTIFIER_SECONDS.observe((now_ms() - members[0].planned_at) / SECOND)

    async def _record(self, records: Sequence[Notification]) -> None:
        async with self._lock:
            if not self._closed:
                await self._write(records)

    async def close(self) -> None:
        """Close the partition. A message that is cut off is sent again, under its id, by the next owner."""
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=CLOSING_TIMEOUT)
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        async with self._lock:
            self._closed = True
            for rate_limit in self.planner.rate_limits.values():
                rate_limit.set_waiting(self.planner.partition, None)
            await self._view.close()
            await self._notification_log.close()


def _reason(state: RetryCallState) -> str:
    error = state.outcome.exception() if state.outcome is not None else None
    return error.reason if isinstance(error, NotSent) else ""
