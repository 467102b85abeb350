"""What becomes of notifications: bundled into a message, sent, to be tried again, given up or suppressed."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ioc.core.times import Instant
from ioc.notifications.notification import Notification, NotificationStatus, StatusReason, message_id


def bundle(members: Sequence[Notification], now: Instant) -> Iterator[Notification]:
    """Yield notifications as members of the one message that is about to be sent."""
    message = message_id(members)
    return (
        replace(member, status=NotificationStatus.PLANNED, reason="", until=None, message=message, at=now)
        for member in members
    )


def mark_sent(members: Sequence[Notification], now: Instant) -> list[Notification]:
    """Return the members of a message that was sent: as bundled when they have more than one cause."""
    one_cause = len({member.cause for member in members}) == 1
    status = NotificationStatus.SENT if one_cause else NotificationStatus.BUNDLED
    return [_attempted(member, status, "", None, now) for member in members]


def schedule_retry(members: Sequence[Notification], reason: str, until: Instant, now: Instant) -> list[Notification]:
    """Return the members of a message that was not accepted and is to be sent again at `until` (ms)."""
    return [_attempted(member, NotificationStatus.WAITING, reason, until, now) for member in members]


def give_up(members: Sequence[Notification], reason: str, now: Instant) -> list[Notification]:
    """Return the members of a message that was not accepted at the last attempt."""
    return [_attempted(member, NotificationStatus.FAILED, reason, None, now) for member in members]


def suppress(notification: Notification, reason: StatusReason, now: Instant) -> Notification:
    """Return a notification that is not sent, and why."""
    return replace(notification, status=NotificationStatus.SUPPRESSED, reason=reason, until=None, at=now)


def _attempted(
    member: Notification, status: NotificationStatus, reason: str, until: Instant | None, now: Instant
) -> Notification:
    return replace(member, status=status, reason=reason, until=until, attempts=member.attempts + 1, at=now)
