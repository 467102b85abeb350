"""The reports of a day: when a service reports what, where it is, how urgent, and who is to handle it."""

import re
from collections.abc import Iterator, Mapping
from math import cos, radians, sqrt
from random import Random
from typing import Any, NamedTuple

from api.read_model.index.folding import fold_text
from console.simulate.duplicates import DuplicateReports
from console.simulate.planned_records import Subject
from console.simulate.scene import CaseKind, ReportingService, Scene
from console.simulate.weather import storm
from ioc.catalogue.city import Catalogue
from ioc.catalogue.unit import Ward
from ioc.core.scalars import Priority
from ioc.core.times import HOUR, Instant

_PRIORITIES = tuple(Priority)
# The chance of each priority: of what can wait, of what is pressing, and of that at a storm's height.
_PATIENT = (0.25, 0.70, 0.05, 0.0)
_CALM = (0.20, 0.65, 0.13, 0.02)
_STORMY = (0.05, 0.52, 0.33, 0.10)
_KM_A_DEGREE = 111.2
_WITHOUT_PLACE = {
    "one-stop-shop",
    "information-security",
    "press-monitoring",
    "electronic-card",
    "public-service-monitoring",
}
# Whose reports come from people; what machines and editors report has no reporter.
_CITIZENS = {"field-reports", "one-stop-shop"}


class SimulatedReport(NamedTuple):
    """A report as it comes to the centre; `storm` is the strength of the storm at that moment, from 0 to 1.

    A duplicate repeats an earlier report: nothing else is done about it.
    """

    subject: Subject
    at: Instant
    storm: float
    data: dict[str, Any]
    is_duplicate: bool = False


class Reports:
    """Draws the reports of one day, which begins at `midnight` (ms), by chance."""

    def __init__(self, scene: Scene, catalogue: Catalogue, midnight: Instant, stormy: bool, chance: Random) -> None:
        self.scene = scene
        self.catalogue = catalogue
        self.midnight = midnight
        self.stormy = stormy
        self.chance = chance
        self._wards = list(catalogue.wards.values())
        self._busy = [scene.busy.get(ward.code, 1.0) for ward in self._wards]
        self._committees = committees(catalogue)
        self._duplicates = DuplicateReports(catalogue, Random(chance.random()))

    def of(self, source: ReportingService, day: str) -> Iterator[SimulatedReport]:
        """Yield what a service reports on this day, each report followed by its duplicates."""
        for number, (offset, strength) in enumerate(self._moments(source), 1):
            name, at = f"{source.prefix}-{day}-{number:04d}", self.midnight + offset
            data = self._data(source, strength)
            report = SimulatedReport(
                Subject(source.code, name), at, strength, data, self._duplicates.is_duplicate(at, data)
            )
            yield report._replace(data={**data, **_reporter(source, number)})
            if not report.is_duplicate:
                yield from self._repeats(report, source, number)

    def _repeats(self, report: SimulatedReport, source: ReportingService, number: int) -> Iterator[SimulatedReport]:
        """Yield the duplicates of a report, each from another person."""
        service, name = report.subject
        for repeat, (at, data) in enumerate(self._duplicates.of(report.at, report.data, report.storm), 1):
            subject = Subject(service, f"{name}-{repeat}")
            yield SimulatedReport(
                subject, at, report.storm, {**data, **_reporter(source, number + repeat)}, is_duplicate=True
            )

    def _moments(self, source: ReportingService) -> Iterator[tuple[int, float]]:
        """Yield when reports come (ms from midnight), and the storm's strength then: a Poisson process by the hour."""
        curve = self.scene.curves[source.curve]
        scale = source.a_day / sum(curve)
        peak = max(curve) * scale * max(1.0, source.storm if self.stormy else 1.0)
        hour = self.chance.expovariate(peak)
        while hour < 24:
            strength = storm(round(hour * HOUR)) if self.stormy else 0.0
            rate = max(curve[int(hour)], 3 * strength) * scale * (1 + strength * (source.storm - 1))
            if self.chance.random() * peak < rate:
                yield round(hour * HOUR), strength
            hour += self.chance.expovariate(peak)

    def _data(self, source: ReportingService, strength: float) -> dict[str, Any]:
        chance = self.chance
        kind = self._kind(source, strength)
        ward = self._ward(source)
        return {
            "service": source.code,
            "category": kind.category,
            "title": chance.choice(kind.titles),
            "priority": self._priority(source, strength),
            "channel": chance.choice(source.channels),
            "unit": self._committees[ward.code] if kind.unit == "ward" else kind.unit,
            "ward": ward.code,
            **({} if source.code in _WITHOUT_PLACE else self._place(ward)),
        }

    def _priority(self, source: ReportingService, strength: float) -> Priority:
        odds = [calm + strength * (stormy - calm) for calm, stormy in zip(_CALM, _STORMY, strict=True)]
        return self.chance.choices(_PRIORITIES, odds if source.pressing else _PATIENT)[0]

    def _kind(self, source: ReportingService, strength: float) -> CaseKind:
        odds = [kind.weight + strength * (kind.storm - kind.weight) for kind in source.kinds]
        return self.chance.choices(source.kinds, odds)[0]

    def _ward(self, source: ReportingService) -> Ward:
        if source.coast:
            return self.catalogue.wards[self.chance.choice(source.coast)]
        return self.chance.choices(self._wards, self._busy)[0]

    def _place(self, ward: Ward) -> dict[str, Any]:
        """Return a point not far from the ward's centre, and a street."""
        reach = min(4.0, 0.35 * sqrt(ward.area_km2)) / _KM_A_DEGREE
        north, east = self.chance.gauss(0, reach / 2), self.chance.gauss(0, reach / 2)
        return {
            "lat": round(ward.lat + north, 5),
            "lon": round(ward.lon + east / cos(radians(ward.lat)), 5),
            "address": f"{self.chance.randint(1, 240)} {self.chance.choice(self.scene.streets)}",
        }


def _reporter(source: ReportingService, number: int) -> dict[str, Any]:
    """Return an invented reporter, with a phone number that nobody has."""
    if source.code not in _CITIZENS:
        return {}
    return {"reporter": {"name": f"Người dân mẫu {number}", "phone": f"+84 000 000 {number:03d}"}}


def committees(catalogue: Catalogue) -> Mapping[str, str]:
    """Return the people's committee of each ward, by the ward's code; its unit is derived from the ward's name."""
    return {code: f"ubnd-{_slug(ward.short_name)}" for code, ward in catalogue.wards.items()}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold_text(name))
