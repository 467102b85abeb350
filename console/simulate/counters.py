"""A day at the counters: people draw tickets, are called, are served or give up, and some answer a survey."""

from collections.abc import Iterator
from heapq import heapify, heapreplace
from random import Random

from console.simulate.planned_records import PlannedRecord, Subject, office_record
from console.simulate.scene import Scene, ServiceCounter
from ioc.catalogue.calendar import Calendar
from ioc.core.times import DAY, HOUR, MINUTE, SECOND, Instant, Millis
from ioc.office_records.records import Act

SERVICE = "one-stop-shop"
# How long people wait before they give up, on average; the share of those served who answer the survey.
_PATIENCE: Millis = 3 * HOUR
_ANSWERING_SHARE = 0.25
_SCORES, _ODDS = (1, 2, 3, 4, 5), (1, 2, 8, 38, 51)


class CounterVisits:
    """The counters of a day that begins at `midnight` (ms), open in the hours of a calendar."""

    def __init__(self, scene: Scene, hours: Calendar, midnight: Instant, chance: Random) -> None:
        self.scene = scene
        self.hours = hours
        self.midnight = midnight
        self.chance = chance

    def visits(self, day: str) -> Iterator[PlannedRecord]:
        """Yield every record of the counters."""
        for number, counter in enumerate(self.scene.counters, 1):
            yield from self._queue(counter, f"Q{number}-{day}")

    def _queue(self, counter: ServiceCounter, prefix: str) -> Iterator[PlannedRecord]:
        """First come, first served: each desk takes the next in line as soon as it is free."""
        free, closing = [self.midnight] * counter.desks, self._closing()
        heapify(free)
        for number, arrival in enumerate(self._arrivals(counter), 1):
            ticket = Subject(SERVICE, f"{prefix}-{number:04d}")
            yield office_record(ticket, Act.ISSUED, arrival, service=SERVICE, unit=counter.unit, ward=counter.ward)
            called = self._in_hours(max(arrival + self.chance.randint(10, 60) * SECOND, free[0]))
            gives_up = min(closing, arrival + round(self.chance.expovariate(1 / _PATIENCE)))
            if gives_up < called:
                yield office_record(ticket, Act.LEFT, gives_up)
                continue
            served = called + round(self.chance.lognormvariate(0, 0.5) * counter.minutes * MINUTE)
            heapreplace(free, served)
            yield office_record(ticket, Act.CALLED, called)
            yield office_record(ticket, Act.SERVED, served)
            yield from self._survey(counter, ticket, served)

    def _arrivals(self, counter: ServiceCounter) -> Iterator[Instant]:
        """Yield when people come: a Poisson process over the hours of the day, while the doors are open."""
        curve = self.scene.curves["office"]
        peak = max(curve) * counter.a_day / sum(curve)
        hour = self.chance.expovariate(peak)
        while hour < 24:
            at = self.midnight + round(hour * HOUR)
            if self.chance.random() * max(curve) < curve[int(hour)] and self.hours.is_open(at):
                yield at
            hour += self.chance.expovariate(peak)

    def _closing(self) -> Instant:
        """Return when the counters close: people who are being served then are served to the end, all others leave."""
        return self.hours.add(self.midnight, self.hours.between(self.midnight, self.midnight + DAY))

    def _in_hours(self, at: Instant) -> Instant:
        """Return an instant itself, or when the counters open next."""
        return at if self.hours.is_open(at) else self.hours.add(at, SECOND) - SECOND

    def _survey(self, counter: ServiceCounter, ticket: Subject, served: Instant) -> Iterator[PlannedRecord]:
        if self.chance.random() < _ANSWERING_SHARE:
            at = served + self.chance.randint(1, 20) * MINUTE
            place = {"service": SERVICE, "unit": counter.unit, "ward": counter.ward}
            yield office_record(ticket, Act.ANSWERED, at, **place, score=self.chance.choices(_SCORES, _ODDS)[0])
