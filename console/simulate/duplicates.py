"""Echoes: reports of a matter that somebody else has reported already. What is done about it is done once."""

from collections import defaultdict
from collections.abc import Iterator
from math import cos, radians
from random import Random
from typing import Any

from ioc.catalogue.city import Catalogue
from ioc.catalogue.duplicate_policy import DuplicateAction, DuplicateRule
from ioc.core.scalars import Priority
from ioc.core.times import MINUTE, Instant, Millis
from ioc.duplicates.spatial_index import distance_m

# In a storm so many matters are the talk of the street, and are reported so often again.
_NOTORIOUS = 0.12
_AGAIN = (6, 45)
_FOR_SO_LONG: Millis = 25 * MINUTE
_DEGREE_M = 111_195.0

PastReport = tuple[Instant, dict[str, Any]]


class DuplicateReports:
    """Knows the matters reported on a day, and who would report them again."""

    def __init__(self, catalogue: Catalogue, chance: Random) -> None:
        self._catalogue = catalogue
        self._chance = chance
        self._known: defaultdict[tuple[str, str], list[PastReport]] = defaultdict(list)

    def is_one(self, at: Instant, data: dict[str, Any]) -> bool:
        """True when a report is of a matter known already; else it is known from now on."""
        rule = self._rule(data)
        if rule is None:
            return False
        known = self._known[data["service"], data["category"]]
        if any(_is_same(rule, at, data, other) for other in known):
            return True
        known.append((at, data))
        return False

    def of(self, at: Instant, data: dict[str, Any], storm: float) -> Iterator[PastReport]:
        """Yield the reports that follow one, when it is what everybody sees."""
        rule = self._rule(data)
        if rule is None or self._chance.random() >= _NOTORIOUS * storm:
            return
        for _ in range(self._chance.randint(*_AGAIN)):
            later = at + round(self._chance.random() * min(_FOR_SO_LONG, rule.within))
            yield later, {**data, "priority": Priority.NORMAL, **self._nearby(data, 0.7 * rule.radius_m)}

    def _rule(self, data: dict[str, Any]) -> DuplicateRule | None:
        """Return the rule by which reports like this one are merged; None when they are not."""
        rule = self._catalogue.duplicates.rule_for(data["service"], data["category"])
        return rule if rule is not None and rule.action is DuplicateAction.MERGE and "lat" in data else None

    def _nearby(self, data: dict[str, Any], reach: float) -> dict[str, float]:
        north, east = (self._chance.uniform(-reach, reach) / 2**0.5 / _DEGREE_M for _ in range(2))
        lat, lon = data["lat"] + north, data["lon"] + east / cos(radians(data["lat"]))
        return {"lat": round(lat, 5), "lon": round(lon, 5)}


def _is_same(rule: DuplicateRule, at: Instant, data: dict[str, Any], known: PastReport) -> bool:
    since, other = known
    if data["priority"] is Priority.URGENT and other["priority"] is not Priority.URGENT:
        return False
    near = distance_m(data["lat"], data["lon"], other["lat"], other["lon"]) <= rule.radius_m
    return near and 0 <= at - since <= rule.within
