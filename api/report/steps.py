"""How a period is cut for its charts, and which period it is compared with."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from api.figures.periods import Period
from ioc.core.times import DAY, HOUR, Instant, to_datetime, to_instant
from ioc.figures.aggregates import MINUTE_RETENTION

# More steps than these cannot be told apart on a page.
_MOST_HOURS = 2 * DAY
_HOURS_KEPT = MINUTE_RETENTION - HOUR  # the answer takes a while
_MOST_DAYS = 45 * DAY
_MOST_WEEKS = 60 * 7 * DAY


class StepWidth(StrEnum):
    """How long a step is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class PeriodSteps(NamedTuple):
    """The steps of a period, one after another; the first and the last may be shorter."""

    width: StepWidth
    periods: list[Period]


def steps_of(period: Period, zone: str, now: Instant) -> PeriodSteps:
    """Cut a period into hours, local days, weeks from Monday, or months. What lies far back has no hours any more."""
    width = _width(period.end - period.start)
    if width is StepWidth.HOUR and period.start < now - _HOURS_KEPT:
        width = StepWidth.DAY
    return PeriodSteps(width, [Period(*ends) for ends in pairwise(_edges(period, width, ZoneInfo(zone)))])


def _width(length: int) -> StepWidth:
    if length <= _MOST_HOURS:
        return StepWidth.HOUR
    return StepWidth.DAY if length <= _MOST_DAYS else StepWidth.WEEK if length <= _MOST_WEEKS else StepWidth.MONTH


def _edges(period: Period, width: StepWidth, zone: ZoneInfo) -> Iterator[Instant]:
    at = period.start
    while at < period.end:
        yield at
        at = (
            at - at % HOUR + HOUR if width is StepWidth.HOUR else _midnight(_NEXT[width](_local(at, zone).date()), zone)
        )
    yield period.end


_NEXT: dict[StepWidth, Callable[[date], date]] = {
    StepWidth.DAY: lambda day: day + timedelta(days=1),
    StepWidth.WEEK: lambda day: day + timedelta(days=7 - day.weekday()),
    StepWidth.MONTH: lambda day: _month(day, 1),
}


def previous_period(period: Period, zone: str) -> Period:
    """Return the period before: as many months when it is whole months, else as many local days before.

    Parts of a day are compared with the same hours of the day before.
    """
    local = ZoneInfo(zone)
    months = months_of(period, zone)
    if months:
        return Period(_midnight(_month(_local(period.start, local).date(), -months), local), period.start)
    start, end = (_local(at, local) for at in period)
    days = timedelta(days=-(-(period.end - period.start) // DAY))
    if start.time() == end.time() == time(0):
        days = end.date() - start.date()
    return Period(to_instant(start - days), to_instant(end - days))


def months_of(period: Period, zone: str) -> int:
    """Return how many whole calendar months a period is; 0 when it is none."""
    start, end = (_local(at, ZoneInfo(zone)) for at in period)
    whole = all(at.time() == time(0) and at.day == 1 for at in (start, end))
    return 12 * (end.year - start.year) + end.month - start.month if whole else 0


def _month(day: date, by: int) -> date:
    """Return the first day of the month so many months on."""
    month = 12 * day.year + day.month - 1 + by
    return date(month // 12, month % 12 + 1, 1)


def _local(at: Instant, zone: ZoneInfo) -> datetime:
    return to_datetime(at).astimezone(zone)


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return to_instant(datetime.combine(day, time(0), zone))
