"""The steps of a period for its charts, and the period it is compared with."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, assert_never
from zoneinfo import ZoneInfo

from api.figures.periods import Period
from ioc.core.times import DAY, HOUR, Instant, to_datetime, to_instant
from ioc.figures.aggregates import MINUTE_RETENTION

# Longer periods would have more steps than can be distinguished on a page.
_MAX_BY_HOUR = 2 * DAY
_HOUR_RETENTION = MINUTE_RETENTION - HOUR  # a margin: to answer takes a while
_MAX_BY_DAY = 45 * DAY
_MAX_BY_WEEK = 60 * 7 * DAY


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


def split_period(period: Period, zone: str, now: Instant) -> PeriodSteps:
    """Split a period into hours, local days, weeks from Monday, or months. One far back is not split into hours."""
    width = _width(period.end - period.start)
    if width is StepWidth.HOUR and period.start < now - _HOUR_RETENTION:
        width = StepWidth.DAY
    return PeriodSteps(width, [Period(*ends) for ends in pairwise(_edges(period, width, ZoneInfo(zone)))])


def _width(length: int) -> StepWidth:
    if length <= _MAX_BY_HOUR:
        return StepWidth.HOUR
    return StepWidth.DAY if length <= _MAX_BY_DAY else StepWidth.WEEK if length <= _MAX_BY_WEEK else StepWidth.MONTH


def _edges(period: Period, width: StepWidth, zone: ZoneInfo) -> Iterator[Instant]:
    at = period.start
    while at < period.end:
        yield at
        at = _next_edge(at, width, zone)
    yield period.end


def _next_edge(at: Instant, width: StepWidth, zone: ZoneInfo) -> Instant:
    day = _local(at, zone).date()
    match width:
        case StepWidth.HOUR:
            return at - at % HOUR + HOUR
        case StepWidth.DAY:
            return _midnight(day + timedelta(days=1), zone)
        case StepWidth.WEEK:
            return _midnight(day + timedelta(days=7 - day.weekday()), zone)
        case StepWidth.MONTH:
            return _midnight(_month(day, 1), zone)
        case _ as never:
            assert_never(never)


def previous_period(period: Period, zone: str) -> Period:
    """Return the period before: as many months before when it is whole months, else as many local days before.

    A part of a day is compared with the same hours of the day before.
    """
    local = ZoneInfo(zone)
    months = whole_months(period, zone)
    if months:
        return Period(_midnight(_month(_local(period.start, local).date(), -months), local), period.start)
    start, end = (_local(at, local) for at in period)
    days = timedelta(days=-(-(period.end - period.start) // DAY))
    if start.time() == end.time() == time(0):
        days = end.date() - start.date()
    return Period(to_instant(start - days), to_instant(end - days))


def whole_months(period: Period, zone: str) -> int:
    """Return how many whole calendar months a period is; 0 when it is not whole months."""
    start, end = (_local(at, ZoneInfo(zone)) for at in period)
    is_whole = all(at.time() == time(0) and at.day == 1 for at in (start, end))
    return 12 * (end.year - start.year) + end.month - start.month if is_whole else 0


def _month(day: date, by: int) -> date:
    """Return the first day of the month `by` months on."""
    month = 12 * day.year + day.month - 1 + by
    return date(month // 12, month % 12 + 1, 1)


def _local(at: Instant, zone: ZoneInfo) -> datetime:
    return to_datetime(at).astimezone(zone)


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return to_instant(datetime.combine(day, time(0), zone))
