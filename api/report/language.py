"""Words, numbers, durations and instants as each language writes them, in the city's own time."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from api.figures.periods import Period
from api.report.steps import StepWidth, whole_months
from api.report.words import EN, VI
from ioc.core.exhaustive import total
from ioc.core.times import Instant, to_datetime
from ioc.figures.formulas import Formula

NOTHING = "—"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
# Durations from here on are written in days.
_MIN_IN_DAYS = 2 * _DAY


class ReportLanguage(StrEnum):
    """A language of the report."""

    VI = "vi"
    EN = "en"


_WORDS = total({ReportLanguage.VI: VI, ReportLanguage.EN: EN}, ReportLanguage)
_UNITS = total(
    {ReportLanguage.VI: ("giây", "phút", "giờ", "ngày"), ReportLanguage.EN: ("s", "min", "h", "days")}, ReportLanguage
)


class ReportLocale:
    """The words of a language, and how it writes values."""

    def __init__(self, language: ReportLanguage, zone: str) -> None:
        self.language = language
        self.zone = zone
        self.words = _WORDS[language]
        self._local = ZoneInfo(zone)

    def __call__(self, word: str, **values: str) -> str:
        """Return the text of that name with its values filled in."""
        return self.words[word].format(**values)

    def name(self, formula: Formula) -> str:
        """Return the name of a figure."""
        return formula.vi if self.language is ReportLanguage.VI else formula.en

    def number(self, value: float | None, digits: int = 0) -> str:
        """Return a number with separated thousands; a dash for None."""
        if value is None:
            return NOTHING
        text = f"{value:,.{digits}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.language is ReportLanguage.VI else text

    def percent(self, share: float | None) -> str:
        """Return a share of 1 in percent with one digit. Only a share of exactly 1 is written as 100."""
        if share is None:
            return NOTHING
        rounded = min(share, 0.999) if 0.9995 <= share < 1 else share
        return f"{self.number(100 * rounded, 0 if share == 1 else 1)}%"

    def duration(self, seconds: float | None) -> str:
        """Return a duration in seconds, minutes, hours or days, the longer ones with one digit."""
        if seconds is None:
            return NOTHING
        second, minute, hour, day = _UNITS[self.language]
        if round(seconds) >= _MIN_IN_DAYS:
            return f"{self.number(seconds / _DAY, 1)} {day}"
        if round(seconds / _MINUTE) >= _HOUR // _MINUTE:
            return f"{self.number(seconds / _HOUR, 1)} {hour}"
        if round(seconds) >= _MINUTE:
            return f"{self.number(seconds / _MINUTE)} {minute}"
        return f"{self.number(seconds)} {second}"

    def moment(self, at: Instant) -> str:
        """Return a local time to the minute."""
        return f"{self._at(at):%H:%M %d/%m/%Y}"

    def period(self, period: Period) -> str:
        """Return a period in words: a month, a year, a day, days, or from one time to another."""
        start, end = (self._at(at) for at in period)
        months = whole_months(period, self.zone)
        if months == 12 and start.month == 1:
            return f"Năm {start:%Y}" if self.language is ReportLanguage.VI else f"{start:%Y}"
        if months == 1:
            return f"Tháng {start:%m/%Y}" if self.language is ReportLanguage.VI else f"{start:%m/%Y}"
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
            case StepWidth.DAY | StepWidth.WEEK:
                return f"{local:%d/%m}"
            case _ as never:
                assert_never(never)

    def _at(self, at: Instant) -> datetime:
        return to_datetime(at).astimezone(self._local)
