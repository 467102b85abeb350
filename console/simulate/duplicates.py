"""Duplicates: reports of what somebody else has reported already. They are merged, and handled once."""

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

# The share of reports at a storm's height that many people repeat, how many do, and for how long.
_REPEATED_SHARE = 0.12
_REPEATS = (6, 45)
_REPEATED_FOR: Millis = 25 * MINUTE
_DEGREE_M = 111_195.0

TimedReport = tuple[Instant, dict[str, Any]]
"""When something is reported (ms), and the data of the report."""


class DuplicateReports:
    """The reports of a day so far, and their duplicates."""

    def __init__(self, catalogue: Catalogue, chance: Random) -> None:
        self._catalogue = catalogue
        self._chance = chance
        self._reports: defaultdict[tuple[str, str], list[TimedReport]] = defaultdict(list)

    def is_duplicate(self, at: Instant, data: dict[str, Any]) -> bool:
        """True when a report repeats an earlier one; else it is kept for those that follow."""
        rule = self._rule(data)
        if rule is None:
            return False
        earlier = self._reports[data["service"], data["category"]]
        if any(_is_same(rule, at, data, report) for report in earlier):
            return True
        earlier.append((at, data))
        return False

    def of(self, at: Instant, data: dict[str, Any], storm: float) -> Iterator[TimedReport]:
        """Yield the duplicates that follow a report, when it is of something everybody sees."""
        rule = self._rule(data)
        if rule is None or self._chance.random() >= _REPEATED_SHARE * storm:
            return
        for _ in range(self._chance.randint(*_REPEATS)):
            later = at + round(self._chance.random() * min(_REPEATED_FOR, rule.within))
            yield later, {**data, "priority": Priority.NORMAL, **self._nearby(data, 0.7 * rule.radius_m)}

    def _rule(self, data: dict[str, Any]) -> DuplicateRule | None:
        """Return the rule by which reports with this data are merged; None when they are not merged."""
        rule = self._catalogue.duplicates.rule_for(data["service"], data["category"])
        return rule if rule is not None and rule.action is DuplicateAction.MERGE and "lat" in data else None

    def _nearby(self, data: dict[str, Any], reach: float) -> dict[str, float]:
        north, east = (self._chance.uniform(-reach, reach) / 2**0.5 / _DEGREE_M for _ in range(2))
        lat, lon = data["lat"] + north, data["lon"] + east / cos(radians(data["lat"]))
        return {"lat": round(lat, 5), "lon": round(lon, 5)}


def _is_same(rule: DuplicateRule, at: Instant, data: dict[str, Any], earlier: TimedReport) -> bool:
    reported_at, before = earlier
    if data["priority"] is Priority.URGENT and before["priority"] is not Priority.URGENT:
        return False
    near = distance_m(data["lat"], data["lon"], before["lat"], before["lon"]) <= rule.radius_m
    return near and 0 <= at - reported_at <= rule.within
