"""calendars.yml: when work is done."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from ioc.catalogue.calendar import Calendar, CalendarError, Frame
from ioc.catalogue.reading.faults import Tell
from ioc.catalogue.reading.reading import Document, Folder, Listed
from ioc.catalogue.reading.texts import day, hours
from ioc.core.scalars import Code, Name

_DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = re.compile(rf"({'|'.join(_WEEKDAYS)})(?:-({'|'.join(_WEEKDAYS)}))?")
_LONGEST = timedelta(days=366)


class HolidayRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A day off, or several in a row when `to` is given."""

    date: Name
    name: Name
    to: Name | None = None


class WorkdayRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A make-up working day, and the weekday (1 is Monday) whose hours it keeps."""

    date: Name
    like: Annotated[int, Meta(ge=1, le=7)] = 1


class CalendarRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar as its file gives it; hours are texts such as 07:30-11:30."""

    id: Code
    always: bool = False
    week: dict[str, tuple[Name, ...]] = {}
    holidays: tuple[HolidayRow, ...] = ()
    workdays: tuple[WorkdayRow, ...] = ()


def read_calendars(folder: Folder) -> tuple[str, Listed[CalendarRow], dict[str, Calendar]]:
    """Return the city's zone and its calendars, as they are in their file and as they are used."""
    document = folder.document("calendars.yml", ["calendars"], ["zone"])
    zone = _zone(document)
    calendars = document.rows("calendars", CalendarRow, "id")
    made = (_Maker(row, document.tell, row.id not in calendars.faulty).calendar(zone) for row in calendars.rows)
    return zone, calendars, {one.name: one for one in made if one is not None}


def _zone(document: Document) -> str:
    """Return the zone; the default one when it is left out, or a fault."""
    zone = (document.found or {}).get("zone", _DEFAULT_ZONE)
    if not isinstance(zone, str):
        document.tell("zone", "must be text such as Asia/Ho_Chi_Minh")
        return _DEFAULT_ZONE
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        document.tell("zone", f"'{zone}' is not a time zone such as Asia/Ho_Chi_Minh")
        return _DEFAULT_ZONE
    return zone


class _Maker:
    """Makes a calendar of its row, and tells what is wrong with it."""

    def __init__(self, row: CalendarRow, tell: Tell, whole: bool) -> None:
        self.row = row
        self._tell_file = tell
        self._week_is_whole = whole or bool(row.week)

    def calendar(self, zone: str) -> Calendar | None:
        row = self.row
        if row.always:
            for name in ("week", "holidays", "workdays"):
                if getattr(row, name):
                    self._tell(name, "a calendar that is always open has none")
            return Calendar.always(row.id, zone)
        week, holidays = self._week(), self._holidays()
        workdays = self._workdays(week, holidays)
        if not self._week_is_whole and not any(week.values()):
            return None
        try:
            return Calendar(row.id, zone, week, holidays, workdays)
        except CalendarError as error:
            for fault in dict.fromkeys(str(error).split("; ")):
                self._tell_file(row.id, fault)
            return None

    def _tell(self, where: str, what: str) -> None:
        self._tell_file(f"{self.row.id}.{where}", what)

    def _week(self) -> dict[int, list[Frame]]:
        week: dict[int, list[Frame]] = {}
        for days, texts in self.row.week.items():
            frames = [frame for text in texts if (frame := self._frame(days, text)) is not None]
            for weekday in self._weekdays(days):
                if weekday in week:
                    self._tell(f"week.{days}", f"'{_WEEKDAYS[weekday]}' is there twice")
                week[weekday] = frames
        return week

    def _weekdays(self, text: str) -> range:
        """Return the weekdays of `mon` or `mon-fri`."""
        match = _DAYS.fullmatch(text)
        first, last = (_WEEKDAYS.index(name) for name in (match[1], match[2] or match[1])) if match else (0, -1)
        if first > last:
            self._tell(f"week.{text}", "not days such as mon or mon-fri, in the order from mon to sun")
            self._week_is_whole = False
        return range(first, last + 1)

    def _frame(self, days: str, text: str) -> Frame | None:
        ends = self._tell_file.read(f"{self.row.id}.week.{days}", hours, text)
        self._week_is_whole &= ends is not None
        return None if ends is None else Frame(*ends)

    def _day(self, where: str, text: str) -> date | None:
        return self._tell_file.read(f"{self.row.id}.{where}", day, text)

    def _holidays(self) -> dict[date, str]:
        off: dict[date, str] = {}
        for index, holiday in enumerate(self.row.holidays):
            where = f"holidays.{index}"
            first = self._day(f"{where}.date", holiday.date)
            last = first if holiday.to is None else self._day(f"{where}.to", holiday.to)
            if first is None or last is None:
                continue
            if last < first:
                self._tell(where, f"ends on {last}, before it begins on {first}")
            elif last - first > _LONGEST:
                self._tell(where, "longer than a year")
            else:
                self._add(off, where, holiday.name, _days(first, last))
        return off

    def _add(self, off: dict[date, str], where: str, name: str, days: Iterator[date]) -> None:
        for one in days:
            if one in off:
                self._tell(where, f"{one} is off twice")
            off[one] = name

    def _workdays(self, week: dict[int, list[Frame]], off: dict[date, str]) -> dict[date, int]:
        worked: dict[date, int] = {}
        for index, workday in enumerate(self.row.workdays):
            where = f"workdays.{index}"
            one = self._day(f"{where}.date", workday.date)
            if one is None:
                continue
            if one in worked:
                self._tell(where, f"{one} is worked twice")
            if one in off:
                self._tell(where, f"{one} is off and worked")
            worked[one] = workday.like - 1
            if self._week_is_whole and not week.get(worked[one]):
                self._tell(where, f"is like {_WEEKDAYS[worked[one]]}, which has no hours")
        return worked


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1))
