"""Open incidents grouped by what brings many about at once, and by ward: a storm is a few lines, not a thousand.

Kept as incidents come and go, so that telling the groups looks at none of them.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from api.card import Card, Order
from api.rows import Json
from api.tally import Tally
from ioc.causes import Cause
from ioc.incident import SEVERITIES
from ioc.lifecycle import OPEN
from ioc.times import Instant, to_rfc3339

# Of a group so many incidents are named, those to be dealt with first.
NAMED = 10


class Key(NamedTuple):
    """What a group has in common; `ward` is empty where none is known."""

    cause: str
    ward: str


class Group:
    """The open incidents of one cause in one ward."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.reports = 0
        self._by_work: list[Order] = []
        self._by_age: list[tuple[Instant, str]] = []

    def add(self, card: Card) -> None:
        """Count an open incident, and the reports that were merged into it."""
        self.tally.add(card)
        self.reports += 1 + card.children
        insort(self._by_work, card.order)
        insort(self._by_age, (card.incident.reported_at, card.incident.id))

    def remove(self, card: Card) -> None:
        """Take out an incident that was counted."""
        self.tally.remove(card)
        self.reports -= 1 + card.children
        del self._by_work[bisect_left(self._by_work, card.order)]
        del self._by_age[bisect_left(self._by_age, (card.incident.reported_at, card.incident.id))]

    def told(self, key: Key, now: Instant) -> Json:
        """Return the group as it is shown; it must not be empty."""
        return {
            "cause": key.cause,
            "ward": key.ward or None,
            "open": self.tally.open,
            "reports": self.reports,
            "overdue": self.tally.overdue(now),
            "gravest": SEVERITIES[-self._by_work[0].gravity],
            "oldest": to_rfc3339(self._by_age[0][0]),
            "ids": [order.id for order in self._by_work[:NAMED]],
        }

    def weight(self, now: Instant) -> tuple[int, int, int]:
        """Return what groups are sorted by: the gravest first, then the most overdue, then the largest."""
        return (self._by_work[0].gravity, -self.tally.overdue(now), -self.tally.open)


class Groups:
    """All groups that hold something."""

    def __init__(self, causes: Mapping[str, Cause]) -> None:
        self._causes = causes
        self._groups: dict[Key, Group] = {}

    def change(self, gone: Card | None, come: Card | None) -> None:
        """Take over that one card was replaced by another."""
        for card, key in self._of(gone):
            group = self._groups[key]
            group.remove(card)
            if not group.tally.open:
                del self._groups[key]
        for card, key in self._of(come):
            self._groups.setdefault(key, Group()).add(card)

    def _of(self, card: Card | None) -> Iterable[tuple[Card, Key]]:
        if card is None or card.incident.state not in OPEN:
            return ()
        one = card.incident
        causes = (id for id, cause in self._causes.items() if cause.brings(one.service, one.category))
        return [(card, Key(cause, one.ward or "")) for cause in causes]

    def told(self, now: Instant, least: int, cause: str | None = None, ward: str | None = None) -> list[Json]:
        """Return the groups of `least` incidents or more, the gravest first."""
        found = sorted(self._wanted(least, cause, ward), key=lambda one: (one[1].weight(now), one[0]))
        return [group.told(key, now) for key, group in found]

    def _wanted(self, least: int, cause: str | None, ward: str | None) -> Iterator[tuple[Key, Group]]:
        for key, group in self._groups.items():
            if group.tally.open >= least and cause in (None, key.cause) and ward in (None, key.ward):
                yield key, group
