"""The city's catalogue: services, units, wards, calendars and rules, read from YAML and checked as a whole.

Every fault of every file is named at once; a catalogue with one fault is not used at all.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml
from msgspec import Struct

from ioc.calendar import Calendar, CalendarError, Frame
from ioc.payloads import Priority, TargetName
from ioc.rules import Match, OnPriority, OnReopen, Rule, RuleBook, Rung, ties
from ioc.schema import faults_of
from ioc.times import HOUR, Millis, parse_duration

FILES = ("services.yml", "units.yml", "wards.yml", "calendars.yml", "rules.yml")


class CatalogueError(ValueError):
    """The catalogue cannot be used; `faults` lists everything wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Category(Struct, frozen=True):
    """A kind of matter within a service."""

    code: str
    name_vi: str
    name_en: str


class ServiceRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A service as its file gives it."""

    code: str
    name_vi: str
    name_en: str
    unit: str | None = None
    cadence: str = "1d"
    external: bool = False
    categories: tuple[Category, ...] = ()


class Service(Struct, frozen=True):
    """A source of incidents. `cadence` (ms) is how often it normally speaks; an `external` one brings its own names."""

    code: str
    name_vi: str
    name_en: str
    unit: str | None
    cadence: Millis
    external: bool
    categories: tuple[Category, ...]


class Unit(Struct, frozen=True, forbid_unknown_fields=True):
    """A body that handles matters, under its parent."""

    code: str
    name: str
    parent: str | None = None
    kind: str = "department"


class Ward(Struct, frozen=True, forbid_unknown_fields=True):
    """A ward or commune by its five-digit code; centre in degrees WGS 84."""

    code: str
    name: str
    short_name: str
    lat: float
    lon: float
    area_km2: float


class HolidayRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A day off, or several in a row when `to` is given."""

    date: dt.date
    name: str
    to: dt.date | None = None


class WorkdayRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A make-up working day, and the weekday (1 is Monday) whose hours it keeps."""

    date: dt.date
    like: int = 1


class CalendarRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar as its file gives it; frames are texts such as 07:30-11:30."""

    id: str
    always: bool = False
    week: dict[str, list[str]] = {}
    holidays: tuple[HolidayRow, ...] = ()
    workdays: tuple[WorkdayRow, ...] = ()


class RungRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A rung as its file gives it."""

    level: int
    whom: str
    after: str = "0m"
    channel: str = "screen"


class RuleRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as its file gives it; a side of `match` is one value or several."""

    id: str
    calendar: str
    targets: dict[TargetName, str]
    match: dict[str, str | list[str]] = {}
    warn: float | None = None
    ladder: tuple[RungRow, ...] = ()
    on_reopen: OnReopen = OnReopen.CONTINUE
    on_priority: OnPriority = OnPriority.KEEP_ELAPSED


class Catalogue(Struct, frozen=True):
    """Everything the fold needs to know of the city."""

    zone: str
    services: Mapping[str, Service]
    units: Mapping[str, Unit]
    wards: Mapping[str, Ward]
    calendars: Mapping[str, Calendar]
    rules: RuleBook

    def is_external(self, service: str) -> bool:
        """True when a service brings its own names. One that is no longer in the catalogue does not."""
        known = self.services.get(service)
        return known is not None and known.external


def hue_folder() -> Path:
    """Return the folder of the catalogue that comes with the product."""
    return Path(str(files("ioc") / "data" / "hue"))


def load_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue in a folder; CatalogueError with every fault when there is one."""
    return _Loader(folder).catalogue()


Row = TypeVar("Row")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader:
    """Reads the files one by one and gathers what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []

    def catalogue(self) -> Catalogue:
        services = {row.code: self._service(row) for row in self._rows("services.yml", ServiceRow, "code")}
        units = {row.code: row for row in self._rows("units.yml", Unit, "code")}
        wards = {row.code: row for row in self._rows("wards.yml", Ward, "code")}
        zone = str(self._document("calendars.yml").get("zone", "Asia/Ho_Chi_Minh"))
        rows = self._rows("calendars.yml", CalendarRow, "id")
        calendars = {row.id: calendar for row in rows if (calendar := self._calendar(row, zone)) is not None}
        known = {row.id for row in rows}
        rules = tuple(self._rule(row) for row in self._rows("rules.yml", RuleRow, "id"))
        self._check_units(units, services)
        self._check_rules(rules, services, units, known)
        if self.faults:
            raise CatalogueError(self.faults)
        return Catalogue(zone, services, units, wards, calendars, RuleBook(rules))

    def fault(self, file: str, where: str, what: str) -> None:
        self.faults.append(f"{file}: {where}: {what}")

    def _document(self, file: str) -> dict[str, Any]:
        try:
            with (self.folder / file).open("rb") as stream:
                document = yaml.load(stream, _YAML)  # a safe loader, in C where there is one
        except FileNotFoundError:
            self.fault(file, "-", "the file is missing")
            return {}
        except yaml.YAMLError as error:
            self.fault(file, "-", f"not YAML: {str(error).splitlines()[0]}")
            return {}
        return document if isinstance(document, dict) else {}

    def _rows(self, file: str, kind: type[Row], key: str) -> list[Row]:
        """Return the good rows of the list named like the file."""
        name = file.removesuffix(".yml")
        rows, seen = [], set()
        for index, document in enumerate(self._document(file).get(name) or ()):
            where = f"{name}[{index}]"
            try:
                row = msgspec.convert(document, kind)
            except msgspec.ValidationError as error:
                self._explain(file, where, kind, document, error)
                continue
            if getattr(row, key) in seen:
                self.fault(file, where, f"'{getattr(row, key)}' is there twice")
            seen.add(getattr(row, key))
            rows.append(row)
        return rows

    def _explain(self, file: str, where: str, kind: type, document: Any, error: Exception) -> None:
        plain = msgspec.to_builtins(document, str_keys=True)
        faults = list(faults_of(kind, plain))
        for fault in faults:
            self.fault(file, f"{where}.{fault.field}".rstrip("."), fault.reason)
        if not faults:
            self.fault(file, where, str(error))

    def _duration(self, file: str, where: str, text: str) -> Millis:
        try:
            return parse_duration(text)
        except ValueError as error:
            self.fault(file, where, str(error))
            return HOUR

    def _service(self, row: ServiceRow) -> Service:
        cadence = self._duration("services.yml", row.code, row.cadence)
        return Service(row.code, row.name_vi, row.name_en, row.unit, cadence, row.external, row.categories)

    def _calendar(self, row: CalendarRow, zone: str) -> Calendar | None:
        if row.always:
            return Calendar.always(row.id, zone)
        try:
            week = {_weekdays(days): _frames(texts) for days, texts in row.week.items()}
            flat = {day: frames for days, frames in week.items() for day in days}
            holidays = {day: holiday.name for holiday in row.holidays for day in _days(holiday)}
            workdays = {workday.date: workday.like - 1 for workday in row.workdays}
            return Calendar(row.id, zone, flat, holidays, workdays)
        except (CalendarError, ValueError) as error:
            self.fault("calendars.yml", row.id, str(error))
            return None

    def _rule(self, row: RuleRow) -> Rule:
        targets = {name: self._duration("rules.yml", f"{row.id}.{name}", text) for name, text in row.targets.items()}
        for name, within in targets.items():
            if within <= 0:
                self.fault("rules.yml", f"{row.id}.{name}", "a target must be more than nothing")
        ladder = tuple(
            Rung(
                rung.level,
                self._duration("rules.yml", f"{row.id}.ladder", rung.after),
                rung.whom,
                rung.channel,
            )
            for rung in row.ladder
        )
        match = self._match(row)
        return Rule(row.id, match, row.calendar, targets, row.warn, ladder, row.on_reopen, row.on_priority)

    def _match(self, row: RuleRow) -> Match:
        sides = {side: frozenset([some] if isinstance(some, str) else some) for side, some in row.match.items()}
        for side in sides.keys() - set(Match.__struct_fields__):
            self.fault("rules.yml", f"{row.id}.match.{side}", "not a side of a match")
            del sides[side]
        for name in sides.get("priority", frozenset()) - set(Priority):
            self.fault("rules.yml", f"{row.id}.match.priority", f"'{name}' is not a priority")
        return Match(**sides)  # type: ignore[arg-type]  # a StrEnum member equals its text

    def _check_units(self, units: Mapping[str, Unit], services: Mapping[str, Service]) -> None:
        for unit in units.values():
            if unit.parent is not None and unit.parent not in units:
                self.fault("units.yml", unit.code, f"unknown parent '{unit.parent}'")
            if _in_a_cycle(unit, units):
                self.fault("units.yml", unit.code, "is above itself")
        for service in services.values():
            if service.unit is not None and service.unit not in units:
                self.fault("services.yml", service.code, f"unknown unit '{service.unit}'")

    def _check_rules(
        self,
        rules: tuple[Rule, ...],
        services: Mapping[str, Service],
        units: Mapping[str, Unit],
        calendars: set[str],
    ) -> None:
        for rule in rules:
            if rule.calendar not in calendars:
                self.fault("rules.yml", rule.id, f"unknown calendar '{rule.calendar}'")
            for code in sorted(rule.match.service - services.keys()):
                self.fault("rules.yml", rule.id, f"unknown service '{code}'")
            for code in sorted((rule.match.unit | {rung.whom for rung in rule.ladder}) - units.keys()):
                self.fault("rules.yml", rule.id, f"unknown unit '{code}'")
            if rule.warn is not None and not 0 < rule.warn < 1:
                self.fault("rules.yml", rule.id, "the warning must be a share between 0 and 1")
            levels = [rung.level for rung in rule.ladder]
            if levels != sorted(set(levels)) or any(level < 1 for level in levels):
                self.fault("rules.yml", rule.id, "the levels of a ladder must rise from 1")
        for one, other in ties(rules):
            self.fault("rules.yml", one, f"ties with '{other}': an incident can fit both equally well")


def _in_a_cycle(unit: Unit, units: Mapping[str, Unit]) -> bool:
    seen = {unit.code}
    parent = unit.parent
    while parent is not None and parent in units:
        if parent == unit.code:
            return True
        if parent in seen:
            return False
        seen.add(parent)
        parent = units[parent].parent
    return False


def _weekdays(text: str) -> tuple[int, ...]:
    """Return the weekdays of `mon` or `mon-fri`."""
    first, _, last = text.partition("-")
    return tuple(range(_WEEKDAYS.index(first), _WEEKDAYS.index(last or first) + 1))


def _frames(texts: list[str]) -> list[Frame]:
    return [Frame(*(dt.time.fromisoformat(end) for end in text.split("-"))) for text in texts]


def _days(holiday: HolidayRow) -> Iterator[dt.date]:
    last = holiday.to or holiday.date
    return (dt.date.fromordinal(day) for day in range(holiday.date.toordinal(), last.toordinal() + 1))
