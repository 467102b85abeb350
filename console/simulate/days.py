"""Day after day of the simulated city, in the order in which its records are sent."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from heapq import heapify, heappop
from random import Random
from zoneinfo import ZoneInfo

from console.simulate.counters import SERVICE, CounterVisits
from console.simulate.documents import document_records
from console.simulate.life import IncidentLife
from console.simulate.mishaps import deliveries
from console.simulate.planned_records import PlannedRecord
from console.simulate.reports import Reports
from console.simulate.scene import scene
from console.simulate.sensors import SensorReadings
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import Priority
from ioc.core.times import Instant, to_instant
from ioc.signing.signer import Signer


def days(catalogue: Catalogue, first: date, seed: int, leaders: Signer | None = None) -> Iterator[PlannedRecord]:
    """Yield the records of a calm eve and then of one stormy day after another, for ever.

    The same seed gives the same days. What begins on a day goes on through the following days. `leaders` sign
    directives; without them there are none.
    """
    pending: list[PlannedRecord] = []
    day = first - timedelta(days=1)
    while True:
        pending += _day(catalogue, day, stormy=day >= first, chance=Random(f"{seed} {day}"), leaders=leaders)
        heapify(pending)
        day += timedelta(days=1)
        yield from _pop_before(pending, _midnight(day, catalogue.zone))


def _pop_before(pending: list[PlannedRecord], end: Instant) -> Iterator[PlannedRecord]:
    while pending and pending[0].at < end:
        yield heappop(pending)


def _day(
    catalogue: Catalogue, day: date, stormy: bool, chance: Random, leaders: Signer | None
) -> Iterator[PlannedRecord]:
    city, midnight = scene(), _midnight(day, catalogue.zone)
    reports = Reports(city, catalogue, midnight, stormy, chance)
    for source in city.services:
        for report in reports.of(source, f"{day:%y%m%d}"):
            data = report.data
            rule = catalogue.rules.rule_for(
                source.code, data["category"], Priority(data["priority"]), source.code, data["unit"]
            )
            if rule is None:
                raise ValueError(f"no rule of the catalogue is for {source.code}, so nobody would handle it")
            for planned in IncidentLife(report, rule, catalogue, chance, leaders).events():
                yield from deliveries(planned, chance)
    yield from _office_records(catalogue, midnight, f"{day:%y%m%d}", Random(chance.random()))
    for observed in SensorReadings(city, catalogue, midnight, stormy, chance).observations():
        yield from deliveries(observed, chance)


def _office_records(catalogue: Catalogue, midnight: Instant, day: str, chance: Random) -> Iterator[PlannedRecord]:
    """Yield the records of the offices' registers, in the hours of the one-stop shop."""
    rule = catalogue.rules.rule_for(SERVICE, None, Priority.NORMAL, SERVICE, None)
    if rule is None:
        raise ValueError(f"no rule of the catalogue is for {SERVICE}, so nobody knows its hours")
    city, hours = scene(), catalogue.calendars[rule.calendar]
    for visit in CounterVisits(city, hours, midnight, chance).visits(day):
        yield from deliveries(visit, chance)
    for letter in document_records(city, hours, midnight, day, chance):
        yield from deliveries(letter, chance)


def _midnight(day: date, zone: str) -> Instant:
    return to_instant(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))
