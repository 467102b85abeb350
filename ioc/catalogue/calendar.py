"""Working time: when it is, how much of it lies between two instants, and when a given amount has passed.

The open intervals of each year are laid out once, in UTC, with running sums, like a meter that runs only in working
time. The time between two instants is the difference of two readings, and an amount has passed when the meter shows
that much more. Both are bisections, however long the time is and however many pauses there are.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ioc.core.times import Instant, Millis, to_datetime, to_instant


class CalendarError(ValueError):
    """Weekly frames that are no calendar: without working time, or contradictory."""


class Frame(NamedTuple):
    """Working hours within one local day, from `start` up to `end`; an end of 00:00 is midnight."""

    start: time
    end: time


class Pause(NamedTuple):
    """Time that does not count: from `start` up to `end`."""

    start: Instant
    end: Instant


class SkippedHoliday(NamedTuple):
    """A holiday on what would have been a working day, and its name."""

    date: date
    name: str


Week = Mapping[int, Sequence[Frame]]  # weekday (Monday is 0) to its frames


class Calendar:
    """Weekly frames in a time zone, less holidays, plus make-up working days.

    `workdays` maps a date to the weekday whose frames apply to it. Raises CalendarError for frames that overlap, end
    before they begin, or do not exist at all.
    """

    def __init__(
        self,
        name: str,
        zone: str,
        week: Week,
        holidays: Mapping[date, str] | None = None,
        workdays: Mapping[date, int] | None = None,
    ) -> None:
        self.name = name
        self.zone = ZoneInfo(zone)
        self.week = {day: sorted(frames) for day, frames in week.items()}
        self.holidays = dict(holidays or {})
        self.workdays = dict(workdays or {})
        self._always = False
        errors = list(_errors(self.week))
        if errors:
            raise CalendarError("; ".join(errors))
        self._starts: list[Instant] = []
        self._ends: list[Instant] = []
        self._readings: list[Millis] = [0]  # at the start of each interval, and at the end of the last
        self._from, self._to = 0, -1  # the instants laid out, both included
        self._first = self._last = 0  # years laid out: first <= year < last

    @classmethod
    def always(cls, name: str, zone: str) -> "Calendar":
        """Return a calendar that is always open."""
        whole_day = [Frame(time(0), time(0))]
        calendar = cls(name, zone, dict.fromkeys(range(7), whole_day))
        calendar._always = True
        return calendar

    def add(self, start: Instant, working: Millis, pauses: Iterable[Pause] = ()) -> Instant:
        """Return when `working` ms of working time have passed since `start`, without the pauses.

        The end of a frame still belongs to it: work that fills a day ends that evening, not the next morning.
        """
        return self.add_each(start, (working,), pauses)[0]

    def add_each(self, start: Instant, amounts: Iterable[Millis], pauses: Iterable[Pause] = ()) -> list[Instant]:
        """Return when each of several amounts (ms) has passed since `start`, as `add` does for one."""
        first = self._reading(start)
        if not pauses:
            return [self._instant_of(first + working) if working > 0 else start for working in amounts]
        stops = [(self._reading(pause.start), self._reading(pause.end)) for pause in _union(pauses, start)]
        return [self._instant_of(_target(first + working, stops)) if working > 0 else start for working in amounts]

    def between(self, start: Instant, end: Instant, pauses: Iterable[Pause] = ()) -> Millis:
        """Return the working time from `start` to `end` in ms, without the pauses; 0 when `end` is before `start`."""
        if end <= start:
            return 0
        passed = self._reading(end) - self._reading(start)
        for pause in _union(pauses, start) if pauses else ():
            if pause.start < end:
                passed -= self._reading(min(pause.end, end)) - self._reading(pause.start)
        return passed

    def is_open(self, at: Instant) -> bool:
        """True during working time."""
        return self._reading(at) < self._reading(at + 1)

    def skipped(self, start: Instant, end: Instant) -> list[SkippedHoliday]:
        """Return the holidays from `start` to `end` that would have been working days."""
        first, last = self._day(start), self._day(end)
        days = sorted(day for day in self.holidays if first <= day <= last)
        return [SkippedHoliday(day, self.holidays[day]) for day in days if self.week.get(day.weekday())]

    def _day(self, at: Instant) -> date:
        return to_datetime(at).astimezone(self.zone).date()

    def _reading(self, at: Instant) -> Millis:
        """Return what the meter shows at an instant. Laying out further years changes no reading."""
        if self._always:
            return at
        if not self._from <= at <= self._to:
            self._reach(at)
        index = bisect_right(self._starts, at) - 1
        if index < 0 or at >= self._ends[index]:
            return self._readings[index + 1]
        return self._readings[index] + at - self._starts[index]

    def _instant_of(self, reading: Millis) -> Instant:
        """Return the first instant at which the meter shows `reading`."""
        if self._always:
            return reading
        while self._readings[-1] < reading:  # ends: the week is not empty and holidays are finite
            self._lay_out(self._last)
        index = bisect_left(self._readings, reading) - 1
        return self._starts[index] + reading - self._readings[index]

    def _reach(self, at: Instant) -> None:
        """Lay out the years up to the one that `at` lies in, and one more on either side."""
        year = to_datetime(at).year
        if self._first == self._last:
            self._first = self._last = year
        while self._last <= year + 1:
            self._lay_out(self._last)
        while self._first >= year:
            self._lay_out(self._first - 1)

    def _lay_out(self, year: int) -> None:
        """Lay out the year after the last, or the one before the first."""
        spans = list(self._spans(year))
        starts, ends = [start for start, _ in spans], [end for _, end in spans]
        lengths = [end - start for start, end in spans]
        if year >= self._last:
            self._last = year + 1
            self._starts += starts
            self._ends += ends
            self._readings += [*accumulate(lengths, initial=self._readings[-1])][1:]
        else:
            self._first = year
            self._starts[:0] = starts
            self._ends[:0] = ends
            self._readings[:0] = [*accumulate(lengths, initial=self._readings[0] - sum(lengths))][:-1]
        if self._starts:
            self._from, self._to = self._starts[0], self._ends[-1]

    def _spans(self, year: int) -> Iterator[tuple[Instant, Instant]]:
        """Yield the open intervals of a year in order. The change to summer time can shorten or remove frames."""
        day, closed = date(year, 1, 1), self._instant(date(year, 1, 1), time(0))
        while day.year == year:
            for frame in self._frames(day):
                start, end = max(closed, self._instant(day, frame.start)), self._end(day, frame)
                if end > start:
                    yield start, end
                    closed = end
            day += timedelta(days=1)

    def _frames(self, day: date) -> Sequence[Frame]:
        if day in self.workdays:
            return self.week.get(self.workdays[day], ())
        return () if day in self.holidays else self.week.get(day.weekday(), ())

    def _end(self, day: date, frame: Frame) -> Instant:
        if frame.end == time(0):
            return self._instant(day + timedelta(days=1), frame.end)
        return self._instant(day, frame.end)

    def _instant(self, day: date, at: time) -> Instant:
        return to_instant(datetime.combine(day, at, self.zone))


def _target(target: Millis, stops: Iterable[tuple[Millis, Millis]]) -> Millis:
    """Return the reading to reach when the meter does not count from the first to the second reading of each stop."""
    for stopped, resumed in stops:
        if stopped >= target:
            break
        target += resumed - stopped
    return target


def _errors(week: Week) -> Iterator[str]:
    """Yield what is wrong with weekly frames: none at all, one that ends before it begins, two that overlap."""
    if not any(week.values()):
        yield "no working time"
    for frames in week.values():
        for frame in frames:
            if frame.end != time(0) and frame.end <= frame.start:
                yield f"{_text(frame)} ends before it begins"
        for frame, following in pairwise(frames):
            if frame.end == time(0) or following.start < frame.end:
                yield f"{_text(frame)} and {_text(following)} overlap"


def _text(frame: Frame) -> str:
    return f"{frame.start:%H:%M}-{frame.end:%H:%M}"


def _union(pauses: Iterable[Pause], start: Instant) -> Iterator[Pause]:
    """Yield the pauses after `start` in order; overlapping ones are joined."""
    last: Pause | None = None
    for pause in sorted(pauses):
        if pause.end <= start or pause.end <= pause.start:
            continue
        pause = Pause(max(pause.start, start), pause.end)
        if last is not None and pause.start <= last.end:
            last = Pause(last.start, max(last.end, pause.end))
            continue
        if last is not None:
            yield last
        last = pause
    if last is not None:
        yield last
