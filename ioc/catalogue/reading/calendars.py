"""Reader of calendars.yml: when the city works."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from ioc.catalogue.calendar import Calendar, CalendarError, Frame
from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import Document, NamedRows
from ioc.catalogue.reading.documents.time_texts import day, hours
from ioc.core.scalars import Code, Name

_DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = re.compile(rf"({'|'.join(_WEEKDAYS)})(?:-({'|'.join(_WEEKDAYS)}))?")
_LONGEST = timedelta(days=366)


class HolidayRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A day off, or several in a row up to `to`."""

    date: Name
    name: Name
    to: Name | None = None


class WorkdayRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A make-up working day, and the weekday (1 is Monday) whose hours apply to it."""

    date: Name
    like: Annotated[int, Meta(ge=1, le=7)] = 1


class CalendarRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar in its file; hours are texts such as 07:30-11:30."""

    id: Code
    always: bool = False
    week: dict[str, tuple[Name, ...]] = {}
    holidays: tuple[HolidayRow, ...] = ()
    workdays: tuple[WorkdayRow, ...] = ()


def read_calendars(folder: CatalogueFolder) -> tuple[str, NamedRows[CalendarRow], dict[str, Calendar]]:
    """Return the city's time zone, the rows of its calendars, and the calendars by their ids."""
    document = folder.document("calendars.yml", ["calendars"], ["zone"])
    zone = _zone(document)
    rows = document.rows("calendars", CalendarRow, "id")
    builders = (_CalendarBuilder(row, document.report, row.id not in rows.faulty) for row in rows.rows)
    calendars = (builder.calendar(zone) for builder in builders)
    return zone, rows, {calendar.name: calendar for calendar in calendars if calendar is not None}


def _zone(document: Document) -> str:
    """Return the zone; the default one when it is left out or wrong."""
    zone = document.option("zone", _DEFAULT_ZONE)
    if not isinstance(zone, str):
        document.report("zone", "must be text such as Asia/Ho_Chi_Minh")
        return _DEFAULT_ZONE
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        document.report("zone", f"'{zone}' is not a time zone such as Asia/Ho_Chi_Minh")
        return _DEFAULT_ZONE
    return zone


class _CalendarBuilder:
    """Builds a calendar from its row, and reports what is wrong with it."""

    def __init__(self, row: CalendarRow, report: ErrorReport, is_whole: bool) -> None:
        self.row = row
        self._file_report = report
        self._week_is_whole = is_whole or bool(row.week)

    def calendar(self, zone: str) -> Calendar | None:
        row = self.row
        if row.always:
            for name in ("week", "holidays", "workdays"):
                if getattr(row, name):
                    self._report(name, "a calendar that is always open has none")
            return Calendar.always(row.id, zone)
        week, holidays = self._week(), self._holidays()
        workdays = self._workdays(week, holidays)
        if not self._week_is_whole and not any(week.values()):
            return None
        try:
            return Calendar(row.id, zone, week, holidays, workdays)
        except CalendarError as error:
            for reason in dict.fromkeys(str(error).split("; ")):
                self._file_report(row.id, reason)
            return None

    def _report(self, path: str, message: str) -> None:
        self._file_report(f"{self.row.id}.{path}", message)

    def _week(self) -> dict[int, list[Frame]]:
        week: dict[int, list[Frame]] = {}
        for days, texts in self.row.week.items():
            frames = [frame for text in texts if (frame := self._frame(days, text)) is not None]
            for weekday in self._weekdays(days):
                if weekday in week:
                    self._report(f"week.{days}", f"'{_WEEKDAYS[weekday]}' is there twice")
                week[weekday] = frames
        return week

    def _weekdays(self, text: str) -> range:
        """Return the weekdays of `mon` or `mon-fri`."""
        match = _DAYS.fullmatch(text)
        first, last = (_WEEKDAYS.index(name) for name in (match[1], match[2] or match[1])) if match else (0, -1)
        if first > last:
            self._report(f"week.{text}", "not days such as mon or mon-fri, in the order from mon to sun")
            self._week_is_whole = False
        return range(first, last + 1)

    def _frame(self, days: str, text: str) -> Frame | None:
        ends = self._file_report.parse(f"{self.row.id}.week.{days}", hours, text)
        self._week_is_whole &= ends is not None
        return None if ends is None else Frame(*ends)

    def _day(self, path: str, text: str) -> date | None:
        return self._file_report.parse(f"{self.row.id}.{path}", day, text)

    def _holidays(self) -> dict[date, str]:
        holidays: dict[date, str] = {}
        for index, holiday in enumerate(self.row.holidays):
            path = f"holidays.{index}"
            first = self._day(f"{path}.date", holiday.date)
            last = first if holiday.to is None else self._day(f"{path}.to", holiday.to)
            if first is None or last is None:
                continue
            if last < first:
                self._report(path, f"ends on {last}, before it begins on {first}")
            elif last - first > _LONGEST:
                self._report(path, "longer than a year")
            else:
                self._add(holidays, path, holiday.name, _days(first, last))
        return holidays

    def _add(self, holidays: dict[date, str], path: str, name: str, days: Iterator[date]) -> None:
        for holiday in days:
            if holiday in holidays:
                self._report(path, f"{holiday} is off twice")
            holidays[holiday] = name

    def _workdays(self, week: dict[int, list[Frame]], holidays: dict[date, str]) -> dict[date, int]:
        workdays: dict[date, int] = {}
        for index, row in enumerate(self.row.workdays):
            path = f"workdays.{index}"
            workday = self._day(f"{path}.date", row.date)
            if workday is None:
                continue
            if workday in workdays:
                self._report(path, f"{workday} is worked twice")
            if workday in holidays:
                self._report(path, f"{workday} is off and worked")
            weekday = workdays[workday] = row.like - 1
            if self._week_is_whole and not week.get(weekday):
                self._report(path, f"is like {_WEEKDAYS[weekday]}, which has no hours")
        return workdays


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1))
