"""The newest notifications and what became of them: which recipient was sent what, through which channel."""

from collections.abc import Sequence
from heapq import nlargest
from typing import NamedTuple

from msgspec import Struct

from ioc.core.times import Instant
from ioc.notifications.notification import Notification

# At least this many notifications are kept; the rest lies in the topic.
MIN_KEPT = 10_000


class NotificationPosition(NamedTuple):
    """Where a page of notifications begins: behind the one of this instant and id."""

    at: Instant
    id: str


class NotificationFilter(Struct, frozen=True):
    """Which notifications are asked for. An empty field lets all pass."""

    incident: str | None = None
    status: Sequence[str] = ()
    unit: Sequence[str] = ()
    channel: Sequence[str] = ()

    def matches(self, notification: Notification) -> bool:
        """True when a notification is asked for."""
        return (
            (self.incident is None or notification.incident == self.incident)
            and (not self.status or notification.status in self.status)
            and (not self.unit or notification.unit in self.unit)
            and (not self.channel or notification.channel in self.channel)
        )


class NotificationPage(Struct, frozen=True):
    """A page of notifications, the newest first: where the next page begins, and how many match in all."""

    notifications: list[Notification]
    next: NotificationPosition | None
    total: int


class NotificationIndex:
    """The newest notifications by the instant of their status."""

    def __init__(self, min_kept: int = MIN_KEPT) -> None:
        self._min_kept = min_kept
        self._by_id: dict[str, Notification] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def put(self, notification_id: str, notification: Notification | None) -> None:
        """Take over a notification's record in place of its earlier ones; None removes it."""
        if notification is None:
            self._by_id.pop(notification_id, None)
            return
        self._by_id[notification_id] = notification
        if len(self._by_id) > 2 * self._min_kept:
            newest = nlargest(self._min_kept, self._by_id.values(), key=_position_of)
            self._by_id = {notification.id: notification for notification in newest}

    def page(
        self, criteria: NotificationFilter, limit: int, after: NotificationPosition | None = None
    ) -> NotificationPage:
        """Return the first `limit` notifications that match, the newest first, from behind `after`."""
        matches = list(filter(criteria.matches, self._by_id.values()))
        rest = (match for match in matches if after is None or _position_of(match) < after)
        page = nlargest(limit + 1, rest, key=_position_of)
        following = _position_of(page[limit - 1]) if len(page) > limit else None
        return NotificationPage(page[:limit], following, len(matches))


def _position_of(notification: Notification) -> NotificationPosition:
    return NotificationPosition(notification.at, notification.id)
