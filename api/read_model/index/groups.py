"""Open incidents grouped by what brings many about at once, and by ward: a storm is a few lines, not a thousand.

Kept as incidents come and go, so that telling the groups looks at none of them.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from api.http.json import Json
from api.read_model.index.counters import none
from api.read_model.index.entry import IndexEntry, order_of
from api.read_model.index.sorted_index import moments, works
from ioc.catalogue.cause import Cause
from ioc.core.times import to_rfc3339
from ioc.incident.state import SEVERITIES

# Of a group so many incidents are named, those to be dealt with first.
NAMED = 10


class Key(NamedTuple):
    """What a group has in common; `ward` is empty where none is known."""

    cause: str
    ward: str


class Group:
    """The open incidents of one cause in one ward. Its `counts` follow the clock with all others."""

    def __init__(self) -> None:
        self.counts = none()
        self.reports = 0
        self._by_work = works()
        self._by_age = moments()

    def add(self, number: int, card: IndexEntry) -> None:
        """Take in an open incident, and the reports that were merged into it."""
        self.reports += 1 + card.children
        self._by_work.add(card.key, number)
        self._by_age.add(card.incident.reported_at, number)

    def remove(self, number: int, card: IndexEntry) -> None:
        """Take out an incident that was in it."""
        self.reports -= 1 + card.children
        self._by_work.remove(card.key, number)
        self._by_age.remove(card.incident.reported_at, number)

    def settle(self) -> None:
        """Put what came in its place."""
        self._by_work.settle()
        self._by_age.settle()

    def told(self, key: Key) -> Json:
        """Return the group as it is shown; it must not be empty."""
        first = [order_of(key) for key in islice(self._by_work.keys(), NAMED)]
        return {
            "cause": key.cause,
            "ward": key.ward or None,
            "open": self.counts["open"],
            "reports": self.reports,
            "overdue": self.counts["overdue"],
            "gravest": SEVERITIES[-first[0].gravity],
            "oldest": to_rfc3339(self._by_age.first()),
            "ids": [order.id for order in first],
        }

    @property
    def weight(self) -> tuple[int, int, int]:
        """What groups are sorted by: the gravest first, then the most overdue, then the largest."""
        return (order_of(self._by_work.first()).gravity, -self.counts["overdue"], -self.counts["open"])


class Groups:
    """All groups there have been; those that hold something are told."""

    def __init__(self, causes: Mapping[str, Cause]) -> None:
        self._causes = causes
        self._groups: dict[Key, Group] = {}

    def of(self, card: IndexEntry) -> list[Group]:
        """Return the groups of an open incident."""
        one = card.incident
        causes = (id for id, cause in self._causes.items() if cause.brings(one.service, one.category))
        return [self._groups.setdefault(Key(cause, one.ward or ""), Group()) for cause in causes]

    def steps(self) -> Iterator[Callable[[], None]]:
        """Yield what puts in its place what came, step by step."""
        return (group.settle for group in self._groups.values())

    def told(self, least: int, cause: str | None = None, ward: str | None = None) -> list[Json]:
        """Return the groups of `least` incidents or more, the gravest first."""
        found = sorted(self._wanted(max(least, 1), cause, ward), key=lambda one: (one[1].weight, one[0]))
        return [group.told(key) for key, group in found]

    def _wanted(self, least: int, cause: str | None, ward: str | None) -> Iterator[tuple[Key, Group]]:
        for key, group in self._groups.items():
            if group.counts["open"] >= least and cause in (None, key.cause) and ward in (None, key.ward):
                yield key, group
