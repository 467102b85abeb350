"""Periods, and the base windows they are made of: whole local days, and minutes for the rest of a day at either end.

Minutes are kept for three days, so a period that lies further back begins and ends at midnight.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, assert_never

from ioc.catalogue.city import Catalogue
from ioc.core.times import HOUR, MINUTE, Instant
from ioc.figures.aggregates import MINUTE_RETENTION, LocalDays, WindowSize, next_day


class CurrentPeriod(StrEnum):
    """A period that ends now."""

    LAST_HOUR = "last_hour"
    TODAY = "today"
    SHIFT = "shift"


class Period(NamedTuple):
    """From `start` up to `end` (ms), both on a whole minute."""

    start: Instant
    end: Instant


class BaseWindow(NamedTuple):
    """A base window by its size and first instant."""

    size: WindowSize
    start: Instant


class TooOld(ValueError):
    """The period begins or ends within a day whose minutes are no longer kept."""


class NobodyOnDuty(ValueError):
    """The present shift is asked for between shifts."""


def current_period(view: CurrentPeriod, catalogue: Catalogue, now: Instant) -> Period:
    """Return the period that a view shows, up to the end of the running minute. Raises NobodyOnDuty."""
    end = now - now % MINUTE + MINUTE
    match view:
        case CurrentPeriod.LAST_HOUR:
            return Period(end - HOUR, end)
        case CurrentPeriod.TODAY:
            return Period(LocalDays(catalogue.zone).day_start(now), end)
        case CurrentPeriod.SHIFT:
            shift = catalogue.shift_at(now)
            if shift is None:
                raise NobodyOnDuty("no shift is on duty")
            return Period(shift.start, end)
        case _ as never:
            assert_never(never)


def base_windows(start: Instant, end: Instant, zone: str, now: Instant) -> Iterator[BaseWindow]:
    """Yield the base windows from `start` up to `end`. Raises TooOld."""
    days = LocalDays(zone)
    at = start
    while at < end:
        after = next_day(zone, days.day_start(at))
        if at == days.day_start(at) and after <= end:
            yield BaseWindow(WindowSize.DAY, at)
        elif at < now - MINUTE_RETENTION:
            raise TooOld("minutes are kept for three days: further back a period begins and ends at midnight")
        else:
            yield from (BaseWindow(WindowSize.MINUTE, minute) for minute in range(at, min(after, end), MINUTE))
        at = after
