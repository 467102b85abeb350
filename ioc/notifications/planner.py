"""The planner of one partition's notifications: which are due, which wait, and what becomes of them.

No clock, no Kafka, no network. Every change is returned as records of the notification log, which are written first and
only then applied. A message is sent after its members are written as bundled, and its outcome is written after that: a
planner restored from the log sends again, under the same id, what it cannot know to have been sent.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ioc.catalogue.channel import Channel, ChannelKind
from ioc.catalogue.city import Catalogue
from ioc.core.times import HOUR, Instant, Millis
from ioc.incident.facts import Fact
from ioc.incident.summary import Summary
from ioc.notifications.maintenance import MaintenanceWindow, MaintenanceWindows
from ioc.notifications.notification import Notification, NotificationStatus, Occasion, StatusReason, digest
from ioc.notifications.outcomes import bundle, suppress
from ioc.notifications.quiet_hours import quiet_hours_end
from ioc.notifications.rate_limit import QueuePosition, RateLimit
from ioc.notifications.routing import (
    Recipient,
    Trigger,
    maintenance_end,
    new_notifications,
    recipients,
    recipients_after_maintenance,
    trigger_of,
)

# The most notifications that go into one message.
BUNDLE_LIMIT = 20


class NotificationPolicy(Struct, frozen=True):
    """Which facts are acted on: none older than `too_old` (ms), none in a `replay`; `configured` channels can send."""

    configured: Collection[str] = ()
    too_old: Millis = HOUR
    replay: bool = False


class NotificationPlanner:
    """Plans the notifications of one partition. All planners of a process share the `rate_limits` of the channels."""

    def __init__(
        self, partition: int, catalogue: Catalogue, policy: NotificationPolicy, rate_limits: Mapping[str, RateLimit]
    ) -> None:
        self.partition = partition
        self.catalogue = catalogue
        self.policy = policy
        self.rate_limits = rate_limits
        self.zone = ZoneInfo(catalogue.zone)
        self.pending: dict[str, Notification] = {}
        self.summaries: dict[str, Summary] = {}
        self.windows = MaintenanceWindows()
        self._causes: set[str] = set()
        self._ended_windows: set[str] = set()
        self._is_first_pass = True

    def apply(self, records: Iterable[Notification]) -> None:
        """Apply records that are safely written to the notification log, or were read from it."""
        for notification in records:
            self._causes.add(digest(notification.cause))
            if notification.is_final:
                self.pending.pop(notification.id, None)
            else:
                self.pending[notification.id] = notification

    def restore(self, records: Collection[Notification], now: Instant) -> None:
        """Apply all records of the log, and count the messages of the last hour against their channels' rate limits."""
        self.apply(records)
        recent = {record.message: record for record in records if record.message is not None and record.at > now - HOUR}
        for record in recent.values():
            if record.channel in self.rate_limits:
                self.rate_limits[record.channel].record_sent(record.at)

    def plan(self, facts: Iterable[Fact], now: Instant) -> list[Notification]:
        """Return what changes with facts: the notifications of those that are new, and what need wait no longer."""
        fresh: dict[str, list[Notification]] = {}
        for fact in facts:
            if fact.id not in fresh and not self._has_seen(fact.id):
                fresh[fact.id] = list(self._notifications_of(fact, now))
        return self._changes([notification for group in fresh.values() for notification in group], now)

    def tick(self, now: Instant) -> list[Notification]:
        """Return what changes with time: what need wait no longer, and what ended maintenance windows held back."""
        return self._changes(list(self._held_by_ended_windows(now)), now)

    def _has_seen(self, cause: str) -> bool:
        return digest(cause) in self._causes

    def _notifications_of(self, fact: Fact, now: Instant) -> Iterator[Notification]:
        trigger, summary = trigger_of(fact), self.summaries.get(fact.incident)
        if trigger is not None:
            yield from self._created(trigger, recipients(fact, summary, self.catalogue), summary, now)

    def _created(
        self, trigger: Trigger, to: Iterable[Recipient], summary: Summary | None, now: Instant
    ) -> Iterator[Notification]:
        """Yield the notifications of a trigger: waiting, or suppressed at once when it is not acted on."""
        for notification in new_notifications(trigger, to, summary, now):
            reason = self._reason_not_to_act(trigger, notification.channel, now)
            yield notification if reason is None else suppress(notification, reason, now)

    def _reason_not_to_act(self, trigger: Trigger, channel: str, now: Instant) -> StatusReason | None:
        """Return why a trigger is not acted on, whatever the state of its incident; None when it is."""
        if self.policy.replay:
            return None if self._is_screen(channel) else StatusReason.REPLAY
        if trigger.at < now - self.policy.too_old:
            return StatusReason.TOO_OLD
        return StatusReason.SHELVED if trigger.shelved and not trigger.ordered else None

    def _held_by_ended_windows(self, now: Instant) -> Iterator[Notification]:
        """Yield, once for each window that has ended, the notifications of incidents in its scope that are open."""
        for window in self.windows.recently_ended(now):
            if window.id in self._ended_windows:
                continue
            self._ended_windows.add(window.id)
            for summary in self.summaries.values():
                trigger = maintenance_end(window, summary)
                concerns = summary.is_open and summary.open_since < window.actual_end and window.scope.covers(summary)
                if concerns and not self._has_seen(trigger.id):
                    to = recipients_after_maintenance(summary, self.catalogue)
                    yield from self._created(trigger, to, summary, now)

    def _changes(self, fresh: Sequence[Notification], now: Instant) -> list[Notification]:
        """Return what changes among new notifications and those that wait and are in no message yet."""
        changed: list[Notification] = []
        ready: dict[str, list[Notification]] = {}
        waiting = list(self._due_for_review(now))
        windows = self.windows.active(now) if waiting or fresh else []
        for notification in (self._review(candidate, now, windows) for candidate in (*waiting, *fresh)):
            if notification.status is NotificationStatus.WAITING and notification.reason == "":
                ready.setdefault(notification.channel, []).append(notification)
            else:
                changed.append(notification)
        for channel, limit in self.rate_limits.items():
            changed += self._release(limit, ready.get(channel, []), now)
        return [notification for notification in changed if self.pending.get(notification.id) != notification]

    def _due_for_review(self, now: Instant) -> Iterator[Notification]:
        """Yield what may have waited long enough. There can be very many others, and they are not reviewed at all."""
        exhausted = {channel for channel, limit in self.rate_limits.items() if limit.available(now) == 0}
        review_all, self._is_first_pass = self._is_first_pass, False
        for notification in self.pending.values():
            by_rate = notification.reason == StatusReason.RATE
            waits = notification.channel in exhausted if by_rate else (notification.until or 0) > now
            if notification.message is None and (review_all or not waits):
                yield notification

    def _review(self, notification: Notification, now: Instant, windows: Sequence[MaintenanceWindow]) -> Notification:
        """Return a notification with why it waits or is not sent; waiting without a reason when it may be sent."""
        if notification.is_final:
            return notification
        if (suppressed := self._suppressed(notification, now, windows)) is not None:
            return suppressed
        if self._is_screen(notification.channel):
            return replace(notification, status=NotificationStatus.SENT, reason="", until=None, at=now)
        if notification.channel not in self.policy.configured:
            failed, reason = NotificationStatus.FAILED, StatusReason.NOT_CONFIGURED
            return replace(notification, status=failed, reason=reason, until=None, at=now)
        until = None if notification.urgent else quiet_hours_end(self._channel(notification.channel), now, self.zone)
        if until is None:
            return replace(notification, reason="", until=None)
        if notification.until == until:
            return notification
        return replace(notification, reason=StatusReason.QUIET_HOURS, until=until, at=now)

    def _suppressed(
        self, notification: Notification, now: Instant, windows: Sequence[MaintenanceWindow]
    ) -> Notification | None:
        """Return a notification as suppressed when the state of its incident or a window asks for it; else None."""
        summary = self.summaries.get(notification.incident)
        if summary is None:
            return None
        if not summary.is_open:
            return suppress(notification, StatusReason.CLOSED, now)
        if notification.ordered:
            return None
        is_news = notification.occasion in (Occasion.URGENT, Occasion.LOWERED)
        if summary.shelved_until is not None and not is_news:
            return suppress(notification, StatusReason.SHELVED, now)
        window = next((window for window in windows if window.scope.covers(summary)), None)
        if window is None:
            return None
        return replace(suppress(notification, StatusReason.MAINTENANCE, now), window=window.id)

    def _release(self, limit: RateLimit, ready: list[Notification], now: Instant) -> Iterator[Notification]:
        """Yield what may be sent through a channel now, bundled into messages; the rest waits on, oldest first.

        As long as the channel's limit allows, each fact has a message of its own. What has waited is sent together.
        """
        available = limit.available(now)
        all_reviewed = available != 0
        if not ready and not all_reviewed:
            return
        ordered = sorted(ready, key=_urgency)
        if ordered and not limit.is_next(self.partition, _position(ordered)):
            available = 0
        messages = list(self._messages(ordered, available))
        sent = messages if available is None else messages[:available]
        waiting = [member for message in messages[len(sent) :] for member in message]
        limit.set_waiting(self.partition, _position(waiting) if waiting else None, among_others=not all_reviewed)
        for message in sent:
            limit.record_sent(now)
            yield from bundle(message, now)
        for notification in waiting:
            yield self._wait_for_rate(notification, now)

    def _wait_for_rate(self, notification: Notification, now: Instant) -> Notification:
        pending = self.pending.get(notification.id)
        if pending is not None and pending.reason == StatusReason.RATE:
            return pending
        return replace(notification, reason=StatusReason.RATE, at=now)

    def _messages(self, ordered: list[Notification], available: int | None) -> Iterator[list[Notification]]:
        """Yield the members of each message of one channel, the most urgent message first."""
        by_cause = [list(group) for _, group in groupby(ordered, key=lambda notification: notification.cause)]
        alone = [group for group in by_cause if not self._can_be_bundled(group)]
        together = [member for group in by_cause if self._can_be_bundled(group) for member in group]
        if available is not None and len(alone) + -(-len(together) // BUNDLE_LIMIT) > available:
            urgent = [group for group in alone if group[0].urgent][: max(0, available - 1)]
            yield from urgent
            alone, together = [], [member for group in by_cause if group not in urgent for member in group]
        yield from alone
        yield from (together[start : start + BUNDLE_LIMIT] for start in range(0, len(together), BUNDLE_LIMIT))

    def _can_be_bundled(self, group: list[Notification]) -> bool:
        """True of what is not urgent and has waited already, or by its nature comes in numbers."""
        first = group[0]
        return not first.urgent and (first.id in self.pending or first.occasion is Occasion.STILL_OPEN)

    def unsent_messages(self) -> dict[str, list[Notification]]:
        """Return the members of the messages that are not known to be sent, by the message's id."""
        messages: dict[str, list[Notification]] = {}
        members = (notification for notification in self.pending.values() if notification.message is not None)
        for member in sorted(members, key=_urgency):
            messages.setdefault(member.message or "", []).append(member)
        return messages

    def _channel(self, channel_id: str) -> Channel:
        return self.catalogue.channels[channel_id]

    def _is_screen(self, channel_id: str) -> bool:
        channel = self.catalogue.channels.get(channel_id)
        return channel is not None and channel.kind is ChannelKind.SCREEN


def _urgency(notification: Notification) -> tuple[bool, Instant, str, str]:
    return (not notification.urgent, notification.planned_at, notification.cause, notification.id)


def _position(waiting: Sequence[Notification]) -> QueuePosition:
    """Return the place in the queue of a channel that the first of those that wait has."""
    return (not waiting[0].urgent, waiting[0].planned_at)
