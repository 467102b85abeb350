"""Shifts: who is on duty when, every day, in the city's time zone (shifts.yml)."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from ioc.core.times import Instant, to_datetime, to_instant

_DAY = timedelta(days=1)


class Shift(Struct, frozen=True):
    """Hours of each day, from `start` up to `end`; over midnight when `end` is not the later."""

    id: str
    name_vi: str
    name_en: str
    start: time
    end: time

    def on(self, day: date, zone: ZoneInfo) -> "OnDuty":
        """Return the shift that begins on a local day."""
        last = day if self.end > self.start else day + _DAY
        start, end = (datetime.combine(*moment, zone) for moment in ((day, self.start), (last, self.end)))
        return OnDuty(self.id, self.name_vi, self.name_en, to_instant(start), to_instant(end))


class OnDuty(Struct, frozen=True):
    """The shift of one day, from `start` up to `end` (ms)."""

    id: str
    name_vi: str
    name_en: str
    start: Instant
    end: Instant


def shift_at(shifts: Iterable[Shift], zone: str, now: Instant) -> OnDuty | None:
    """Return the shift on duty at an instant; None between shifts."""
    local = ZoneInfo(zone)
    today = to_datetime(now).astimezone(local).date()
    on_duty = (shift.on(day, local) for shift in shifts for day in (today - _DAY, today))
    return next((shift for shift in on_duty if shift.start <= now < shift.end), None)
