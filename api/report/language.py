"""Numbers, durations and moments as each language writes them, in the city's own time."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from api.figures.periods import Period
from api.report.steps import StepWidth, months_of
from api.report.words import EN, VI
from ioc.core.times import Instant, to_datetime
from ioc.figures.formulas import Formula

NOTHING = "—"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
# Longer durations are told in days.
_IN_DAYS = 2 * _DAY
_UNITS = {"vi": ("giây", "phút", "giờ", "ngày"), "en": ("s", "min", "h", "days")}


class ReportLanguage(StrEnum):
    """A language of the report."""

    VI = "vi"
    EN = "en"


class ReportLocale:
    """Words and ways of writing."""

    def __init__(self, lang: ReportLanguage, zone: str) -> None:
        self.lang = lang
        self.zone = zone
        self.words: Mapping[str, str] = VI if lang is ReportLanguage.VI else EN
        self._local = ZoneInfo(zone)

    def __call__(self, word: str, **values: str) -> str:
        """Return the words of that name, filled in."""
        return self.words[word].format(**values)

    def name(self, formula: Formula) -> str:
        """Return what a figure is called."""
        return formula.vi if self.lang is ReportLanguage.VI else formula.en

    def number(self, value: float | None, digits: int = 0) -> str:
        """Return a number with its thousands apart; a dash for None."""
        if value is None:
            return NOTHING
        told = f"{value:,.{digits}f}"
        return told.translate(str.maketrans(",.", ".,")) if self.lang is ReportLanguage.VI else told

    def percent(self, share: float | None) -> str:
        """Return a share of 1 in percent with one digit. Only what is all is told as 100."""
        if share is None:
            return NOTHING
        shown = min(share, 0.999) if 0.9995 <= share < 1 else share
        return f"{self.number(100 * shown, 0 if share == 1 else 1)}%"

    def duration(self, seconds: float | None) -> str:
        """Return a duration in seconds, minutes, hours or days, the longer ones with one digit."""
        if seconds is None:
            return NOTHING
        second, minute, hour, day = _UNITS[self.lang]
        if round(seconds) >= _IN_DAYS:
            return f"{self.number(seconds / _DAY, 1)} {day}"
        if round(seconds / _MINUTE) >= _HOUR // _MINUTE:
            return f"{self.number(seconds / _HOUR, 1)} {hour}"
        if round(seconds) >= _MINUTE:
            return f"{self.number(seconds / _MINUTE)} {minute}"
        return f"{self.number(seconds)} {second}"

    def moment(self, at: Instant) -> str:
        """Return a local moment to the minute."""
        return f"{self._at(at):%H:%M %d/%m/%Y}"

    def period(self, period: Period) -> str:
        """Return a period in words: a month, a year, a day, days, or from moment to moment."""
        start, end = (self._at(at) for at in period)
        months = months_of(period, self.zone)
        if months == 12 and start.month == 1:
            return f"Năm {start:%Y}" if self.lang is ReportLanguage.VI else f"{start:%Y}"
        if months == 1:
            return f"Tháng {start:%m/%Y}" if self.lang is ReportLanguage.VI else f"{start:%m/%Y}"
        if start.time() == end.time() == time(0):
            last = end - timedelta(days=1)
            return f"{start:%d/%m/%Y}" + (f" - {last:%d/%m/%Y}" if last.date() != start.date() else "")
        if start.date() == end.date():
            return f"{start:%H:%M} - {end:%H:%M} {start:%d/%m/%Y}"
        return f"{self.moment(period.start)} - {self.moment(period.end)}"

    def step(self, at: Instant, width: StepWidth) -> str:
        """Return the label of a step of a chart."""
        local = self._at(at)
        match width:
            case StepWidth.HOUR:
                return f"{local:%H}h"
            case StepWidth.MONTH:
                return f"{local:%m/%Y}"
            case _:
                return f"{local:%d/%m}"

    def _at(self, at: Instant) -> datetime:
        return to_datetime(at).astimezone(self._local)
