"""Day after day of the simulated city, in the order in which its records are sent."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from heapq import heapify, heappop
from random import Random
from zoneinfo import ZoneInfo

from console.simulate.counters import SERVICE, Counters
from console.simulate.gauges import Gauges
from console.simulate.letters import letters
from console.simulate.life import Life
from console.simulate.mishaps import delivered
from console.simulate.planned import Planned
from console.simulate.reports import Reports
from console.simulate.scene import scene
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import Priority
from ioc.core.times import Instant, to_instant
from ioc.signing.signer import Signer


def days(catalogue: Catalogue, first: date, seed: int, leaders: Signer | None = None) -> Iterator[Planned]:
    """Yield the records of a calm eve and then of one stormy day after another, for ever.

    The same seed gives the same days. What a day has begun goes on through those that follow. `leaders` sign
    directives; without them there are none.
    """
    pending: list[Planned] = []
    day = first - timedelta(days=1)
    while True:
        pending += _day(catalogue, day, stormy=day >= first, chance=Random(f"{seed} {day}"), leaders=leaders)
        heapify(pending)
        day += timedelta(days=1)
        yield from _before(pending, _midnight(day, catalogue.zone))


def _before(pending: list[Planned], until: Instant) -> Iterator[Planned]:
    while pending and pending[0].at < until:
        yield heappop(pending)


def _day(catalogue: Catalogue, day: date, stormy: bool, chance: Random, leaders: Signer | None) -> Iterator[Planned]:
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
            for planned in Life(report, rule, catalogue, chance, leaders).events():
                yield from delivered(planned, chance)
    yield from _booked(catalogue, midnight, f"{day:%y%m%d}", Random(chance.random()))
    for observed in Gauges(city, catalogue, midnight, stormy, chance).observations():
        yield from delivered(observed, chance)


def _booked(catalogue: Catalogue, midnight: Instant, day: str, chance: Random) -> Iterator[Planned]:
    """Yield what the offices book besides, in the hours of the one-stop shop."""
    rule = catalogue.rules.rule_for(SERVICE, None, Priority.NORMAL, SERVICE, None)
    if rule is None:
        raise ValueError(f"no rule of the catalogue is for {SERVICE}, so nobody knows its hours")
    city, hours = scene(), catalogue.calendars[rule.calendar]
    for visit in Counters(city, hours, midnight, chance).visits(day):
        yield from delivered(visit, chance)
    for letter in letters(city, hours, midnight, day, chance):
        yield from delivered(letter, chance)


def _midnight(day: date, zone: str) -> Instant:
    return to_instant(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))
