"""Open incidents grouped by their cause and ward: a storm is a few groups, not a thousand incidents.

The groups are kept as incidents come and go, so that to summarise them looks at no incident.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from api.http.json import Json
from api.read_model.index.counters import zero_counts
from api.read_model.index.entry import IndexEntry
from api.read_model.index.sorted_index import by_instant, by_work_order
from api.read_model.index.work_order import order_of
from ioc.catalogue.cause import Cause
from ioc.core.times import to_rfc3339
from ioc.incident.severity import SEVERITIES

# A group's summary holds the ids of at most this many incidents, the first in the order of work.
MOST_IDS = 10


class GroupKey(NamedTuple):
    """What the incidents of a group have in common; `ward` is empty where there is none."""

    cause: str
    ward: str


class IncidentGroup:
    """The open incidents of one cause in one ward. Its `counts` are among the targets of the live counters."""

    def __init__(self) -> None:
        self.counts = zero_counts()
        self.reports = 0
        self._by_work = by_work_order()
        self._by_age = by_instant()

    def add(self, number: int, entry: IndexEntry) -> None:
        """Add an open incident, and the reports that were merged into it."""
        self.reports += 1 + entry.children
        self._by_work.add(entry.key, number)
        self._by_age.add(entry.incident.reported_at, number)

    def remove(self, number: int, entry: IndexEntry) -> None:
        """Remove an incident that was added."""
        self.reports -= 1 + entry.children
        self._by_work.remove(entry.key, number)
        self._by_age.remove(entry.incident.reported_at, number)

    def flush(self) -> None:
        """Carry out the pending additions and removals."""
        self._by_work.flush()
        self._by_age.flush()

    def summary(self, key: GroupKey) -> Json:
        """Return the group as the API shows it; it must not be empty."""
        orders = [order_of(work_key) for work_key in islice(self._by_work.keys(), MOST_IDS)]
        return {
            "cause": key.cause,
            "ward": key.ward or None,
            "open": self.counts["open"],
            "reports": self.reports,
            "overdue": self.counts["overdue"],
            "gravest": SEVERITIES[-orders[0].gravity],
            "oldest": to_rfc3339(self._by_age.first()),
            "ids": [order.id for order in orders],
        }

    @property
    def weight(self) -> tuple[int, int, int]:
        """The sort key of groups: the gravest first, then the most overdue, then the largest."""
        return (order_of(self._by_work.first()).gravity, -self.counts["overdue"], -self.counts["open"])


class IncidentGroups:
    """All groups there have been, with those that are empty by now."""

    def __init__(self, causes: Mapping[str, Cause]) -> None:
        self._causes = causes
        self._groups: dict[GroupKey, IncidentGroup] = {}

    def of(self, entry: IndexEntry) -> list[IncidentGroup]:
        """Return the groups of an open incident."""
        incident = entry.incident
        causes = (code for code, cause in self._causes.items() if cause.brings(incident.service, incident.category))
        return [self._groups.setdefault(GroupKey(cause, incident.ward or ""), IncidentGroup()) for cause in causes]

    def flush_steps(self) -> Iterator[Callable[[], None]]:
        """Yield the calls that carry out what is pending, each of them short. New groups may come in between."""
        yield from (group.flush for group in tuple(self._groups.values()))

    def summaries(self, least: int, cause: str | None = None, ward: str | None = None) -> list[Json]:
        """Return the groups of `least` incidents or more, the gravest first."""
        groups = sorted(self._matching(max(least, 1), cause, ward), key=lambda pair: (pair[1].weight, pair[0]))
        return [group.summary(key) for key, group in groups]

    def _matching(self, least: int, cause: str | None, ward: str | None) -> Iterator[tuple[GroupKey, IncidentGroup]]:
        for key, group in self._groups.items():
            if group.counts["open"] >= least and cause in (None, key.cause) and ward in (None, key.ward):
                yield key, group
