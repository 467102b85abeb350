"""Working time: when it is, how much of it lies between two moments, and when a given amount has passed.

The open intervals of each year are laid out once, in UTC, with running sums; every question is then a bisection.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ioc.times import Instant, Millis, to_datetime, to_instant


class CalendarError(ValueError):
    """A calendar nobody could work by."""


class Frame(NamedTuple):
    """Working hours within one local day, from `start` up to `end`; an end of 00:00 is midnight."""

    start: time
    end: time


class Pause(NamedTuple):
    """A stretch that does not count: from `start` up to `end`."""

    start: Instant
    end: Instant


class Skipped(NamedTuple):
    """A holiday that would have been a working day, and its name."""

    date: date
    name: str


Week = Mapping[int, Sequence[Frame]]  # weekday (Monday is 0) to its frames


class Calendar:
    """Weekly frames in a time zone, less holidays, plus make-up working days.

    `workdays` maps a date to the weekday whose frames it works. Raises CalendarError when no time is ever worked.
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
        faults = list(_faults(self.week))
        if faults:
            raise CalendarError("; ".join(faults))
        self._starts: list[Instant] = []
        self._ends: list[Instant] = []
        self._sums: list[Millis] = [0]  # working time before interval i
        self._first = self._last = 0  # years laid out: first <= year < last

    @classmethod
    def always(cls, name: str, zone: str) -> "Calendar":
        """Return the calendar of a desk that never closes."""
        whole_day = [Frame(time(0), time(0))]
        calendar = cls(name, zone, dict.fromkeys(range(7), whole_day))
        calendar._always = True
        return calendar

    def add(self, start: Instant, working: Millis, pauses: Iterable[Pause] = ()) -> Instant:
        """Return when `working` ms of working time have passed since `start`, pauses left out.

        A frame's closing moment still belongs to it: work that fills the day ends that evening.
        """
        if working <= 0:
            return start
        at = start
        for pause in _union(pauses, start) if pauses else ():
            before = self._between(at, pause.start)
            if before >= working:
                break
            working -= before
            at = pause.end
        return self._add(at, working)

    def between(self, start: Instant, end: Instant, pauses: Iterable[Pause] = ()) -> Millis:
        """Return the working time from `start` to `end` in ms, pauses left out; 0 when the end is before the start."""
        if end <= start:
            return 0
        out = sum(self._between(p.start, min(p.end, end)) for p in _union(pauses, start) if p.start < end)
        return self._between(start, end) - out

    def is_open(self, at: Instant) -> bool:
        """True during working time."""
        return self._between(at, at + 1) > 0

    def skipped(self, start: Instant, end: Instant) -> list[Skipped]:
        """Return the holidays from `start` to `end` that would have been working days."""
        first, last = self._day(start), self._day(end)
        days = sorted(day for day in self.holidays if first <= day <= last)
        return [Skipped(day, self.holidays[day]) for day in days if self.week.get(day.weekday())]

    def _day(self, at: Instant) -> date:
        return to_datetime(at).astimezone(self.zone).date()

    def _between(self, start: Instant, end: Instant) -> Millis:
        if end <= start:
            return 0
        if self._always:
            return end - start
        self._reach(start)
        self._reach(end)
        return self._sum_until(end) - self._sum_until(start)

    def _sum_until(self, at: Instant) -> Millis:
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        return self._sums[index] + min(at, self._ends[index]) - self._starts[index]

    def _add(self, start: Instant, working: Millis) -> Instant:
        if self._always:
            return start + working
        self._reach(start)
        target = self._sum_until(start) + working
        while self._sums[-1] < target:  # ends: the week is not empty, and no list of holidays is for ever
            self._lay_out(self._last)
        index = bisect_left(self._sums, target) - 1
        return self._starts[index] + target - self._sums[index]

    def _reach(self, at: Instant) -> None:
        """Lay out the years up to the one `at` lies in, with one to spare on either side."""
        year = to_datetime(at).year if not self._starts or not self._starts[0] <= at <= self._ends[-1] else None
        if year is None:
            return
        if self._first == self._last:
            self._first = self._last = year
        while self._last <= year + 1:
            self._lay_out(self._last)
        while self._first >= year:
            self._lay_out(self._first - 1)

    def _lay_out(self, year: int) -> None:
        spans = list(self._spans(year))
        if year >= self._last:
            self._last = year + 1
            self._starts += [start for start, _ in spans]
            self._ends += [end for _, end in spans]
        else:
            self._first = year
            self._starts = [start for start, _ in spans] + self._starts
            self._ends = [end for _, end in spans] + self._ends
            self._sums = [0]
        for index in range(len(self._sums) - 1, len(self._starts)):
            self._sums.append(self._sums[-1] + self._ends[index] - self._starts[index])

    def _spans(self, year: int) -> Iterator[tuple[Instant, Instant]]:
        day = date(year, 1, 1)
        while day.year == year:
            for frame in self._frames(day):
                start, end = self._instant(day, frame.start), self._end(day, frame)
                if end > start:  # a frame that the change to summer time swallows is no frame
                    yield start, end
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


def _faults(week: Week) -> Iterator[str]:
    """Yield what is wrong with weekly frames: none at all, one that ends before it begins, two that overlap."""
    if not any(week.values()):
        yield "no working time"
    for frames in week.values():
        for frame in frames:
            if frame.end != time(0) and frame.end <= frame.start:
                yield f"{_told(frame)} ends before it begins"
        for one, other in pairwise(frames):
            if one.end == time(0) or other.start < one.end:
                yield f"{_told(one)} and {_told(other)} overlap"


def _told(frame: Frame) -> str:
    return f"{frame.start:%H:%M}-{frame.end:%H:%M}"


def _union(pauses: Iterable[Pause], start: Instant) -> Iterator[Pause]:
    """Yield the pauses after `start` in order, overlapping ones joined."""
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
