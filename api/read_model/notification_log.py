"""The ledger of who was told what, as far back as it is kept in memory: the newest notifications, for looking at."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from heapq import nlargest
from typing import NamedTuple

import msgspec
from msgspec import Struct

from ioc.core.times import Instant
from ioc.notifications.notification import Notification

# So many notifications are kept at least; the rest lies in the topic.
KEPT = 10_000


class Place(NamedTuple):
    """Where a page of the ledger goes on: behind the notification of that moment and id."""

    at: Instant
    id: str


class Sought(Struct, frozen=True):
    """Which notifications are wanted. An empty side lets all pass."""

    incident: str | None = None
    status: Sequence[str] = ()
    unit: Sequence[str] = ()
    channel: Sequence[str] = ()

    def fits(self, one: Notification) -> bool:
        """True when a notification is wanted."""
        return (
            (self.incident is None or one.incident == self.incident)
            and (not self.status or one.status in self.status)
            and (not self.unit or one.unit in self.unit)
            and (not self.channel or one.channel in self.channel)
        )


class Told(Struct, frozen=True):
    """Part of the ledger, the newest first: where the next part begins, and how many fit in all."""

    notifications: list[Notification]
    next: Place | None
    total: int


class NotificationIndex:
    """The newest notifications by the moment of their status."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._by_id: dict[str, Notification] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def put(self, id: str, one: Notification | None) -> None:
        """Take over a record of the ledger; those before it by one notification's id are forgotten."""
        if one is None:
            self._by_id.pop(id, None)
            return
        self._by_id[id] = one
        if len(self._by_id) > 2 * self._kept:
            self._by_id = {one.id: one for one in nlargest(self._kept, self._by_id.values(), key=_place)}

    def page(self, sought: Sought, limit: int, after: Place | None = None) -> Told:
        """Return the first `limit` notifications that fit, the newest first, from behind `after`."""
        fitting = [one for one in self._by_id.values() if sought.fits(one)]
        rest = (one for one in fitting if after is None or _place(one) < after)
        found = nlargest(limit + 1, rest, key=_place)
        more = len(found) > limit
        return Told(found[:limit], _place(found[limit - 1]) if more else None, len(fitting))


def _place(one: Notification) -> Place:
    return Place(one.at, one.id)


_decode = msgspec.json.Decoder(tuple[int, str]).decode


def cursor(place: Place) -> str:
    """Return a place as an opaque text."""
    return urlsafe_b64encode(msgspec.json.encode(tuple(place))).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Return the place a cursor names; ValueError when it is none of ours."""
    try:
        return Place(*_decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))))
    except (msgspec.DecodeError, ValueError) as error:
        raise ValueError("not a cursor of this list") from error
