"""Search: the incidents that match a filter, all of them as a set or the first in the order of work."""

from collections.abc import Callable, Iterator
from heapq import merge, nsmallest
from itertools import islice

from pyroaring import BitMap

from api.read_model.index.coverage import MaintenanceCoverage
from api.read_model.index.facets import FILTER_FACETS
from api.read_model.index.filter import Filter, key_ranges
from api.read_model.index.folding import fold_text
from api.read_model.index.incident_index import IncidentIndex
from ioc.catalogue.city import Catalogue
from ioc.core.times import Instant

# Up to this many matches of a severity are sorted; with more, a walk along the order of work soon meets the first.
_MAX_SORTED = 4_000


class IncidentSearch:
    """Answers filters from the indexes. `now` is the pipeline's present instant: it decides what is overdue."""

    def __init__(self, catalogue: Catalogue, index: IncidentIndex, coverage: MaintenanceCoverage) -> None:
        self._catalogue = catalogue
        self._index = index
        self._coverage = coverage

    def matches(self, criteria: Filter, now: Instant) -> BitMap:
        """Return all incidents that match."""
        facets = self._index.facets
        matches = facets.all
        for facet in (*FILTER_FACETS, "severity"):
            values = getattr(criteria, facet)
            matches = matches & facets.any_of(facet, values) if values else matches
        for name, members in self._properties(now).items():
            if (asked_for := getattr(criteria, name)) is not None:
                matches = matches & members() if asked_for else matches - members()
        # The longest word is the rarest, mostly.
        for word in sorted(fold_text(criteria.text).split(), key=len, reverse=True):
            matches = facets.matching(word, self._catalogue, matches)
        return matches

    def _properties(self, now: Instant) -> dict[str, Callable[[], BitMap]]:
        """Return what makes the set of incidents that have a property, by the filter's field for it."""
        facets = self._index.facets
        return {
            "open": lambda: facets.open,
            "overdue": lambda: self._index.counters.advance(now).overdue,
            "shelved": lambda: facets.any_of("shelved", [""]),
            "maintenance": self._coverage.covered,
        }

    def first(self, criteria: Filter, now: Instant, limit: int, after: bytes) -> tuple[list[int], int]:
        """Return the first `limit` matches after a key of the order of work, and how many match in all."""
        matches = self.matches(criteria, now)
        return list(islice(self._in_order(matches, criteria, now, limit, after), limit)), len(matches)

    def _in_order(self, matches: BitMap, criteria: Filter, now: Instant, limit: int, after: bytes) -> Iterator[int]:
        """Yield the first `limit` matches after a key in the order of work, or somewhat more."""
        keys = self._index.store.keys
        for severity, low, high in key_ranges(criteria, now):
            if high <= after:
                continue
            of_severity = matches & self._index.facets.any_of("severity", [severity])
            if len(of_severity) <= _MAX_SORTED:
                numbers = (number for number in of_severity if keys[number] > after)
                yield from nsmallest(limit, numbers, key=keys.__getitem__)
            else:
                sides = (self._index.open, self._index.closed)
                walks = (side.matching(of_severity, max(low, after), high) for side in sides)
                yield from (number for number in merge(*walks, key=keys.__getitem__) if keys[number] > after)
