"""indicators.yml: what sensors measure, from when on it is a matter for the centre, and where they are."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from ioc.catalogue.reading.faults import Tell
from ioc.catalogue.reading.reading import Folder, Listed
from ioc.catalogue.reading.services import Categories, ServiceRow
from ioc.catalogue.reading.texts import duration, some_time
from ioc.catalogue.thresholds import Direction, Indicator, Sensor, Silence, Threshold
from ioc.catalogue.unit import Unit, Ward
from ioc.core.scalars import Code, Latitude, Longitude, Name, Priority
from ioc.core.times import HOUR, Millis

_SENSOR = re.compile(r"[a-z0-9][a-z0-9-]{0,63}:[A-Za-z0-9._-]{1,64}")
Level = Annotated[int, Meta(ge=1, le=9)]
Value = Annotated[float, Meta(ge=-1e15, le=1e15)]


class ThresholdRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A level as its file gives it."""

    level: Level
    at: Value
    clear_at: Value
    title_vi: Name
    title_en: Name
    hold: Name = "0s"
    priority: Priority = Priority.NORMAL
    category: Code | None = None
    unit: Code | None = None


class SilenceRow(Struct, frozen=True, forbid_unknown_fields=True):
    """What a silent sensor is, as its file gives it."""

    priority: Priority = Priority.NORMAL
    category: Code | None = None
    unit: Code | None = None
    title_vi: Name = "Mất tín hiệu"
    title_en: Name = "No signal"


class IndicatorRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of indicator as its file gives it."""

    kind: Code
    name_vi: Name
    name_en: Name
    measure: Annotated[str, Meta(min_length=1, max_length=32)]
    service: Code
    silent_after: Name
    thresholds: tuple[ThresholdRow, ...]
    category: Code | None = None
    unit: Code | None = None
    direction: Direction = Direction.ABOVE
    silence: SilenceRow = SilenceRow()


class OverrideRow(Struct, frozen=True, forbid_unknown_fields=True):
    """What a sensor has otherwise than its kind, at one level."""

    level: Level
    at: Value | None = None
    clear_at: Value | None = None
    hold: Name | None = None
    priority: Priority | None = None


class SensorRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A sensor as its file gives it."""

    id: Code
    kind: Code
    name: Name
    ward: Code | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    silent_after: Name | None = None
    thresholds: tuple[OverrideRow, ...] = ()


class Named(Struct, frozen=True):
    """What indicators and sensors may name."""

    services: Listed[ServiceRow]
    categories: Categories
    units: Listed[Unit]
    wards: Listed[Ward]


def read_indicators(folder: Folder, named: Named) -> tuple[dict[str, Indicator], dict[str, Sensor]]:
    """Return the kinds of indicator and the sensors."""
    document = folder.document("indicators.yml", ["indicators", "sensors"], optional=True)
    rows = document.rows("indicators", IndicatorRow, "kind")
    kinds = {row.kind: _Kind(row, named, document.tell, row.kind not in rows.faulty) for row in rows.rows}
    indicators = {name: kind.indicator() for name, kind in kinds.items()}
    sensors = document.rows("sensors", SensorRow, "id")
    found = {}
    for row in sensors.rows:
        if rows.lacks(row.kind):
            document.tell(row.id, f"unknown kind '{row.kind}'")
        if row.ward is not None and named.wards.lacks(row.ward):
            document.tell(row.id, f"unknown ward '{row.ward}'")
        if _SENSOR.fullmatch(row.id) is None and row.id not in sensors.faulty:
            document.tell(f"{row.id}.id", "must be '<source slug>:<subject>', of letters, digits, hyphens and dots")
        if row.kind in indicators:
            whole = kinds[row.kind].is_whole and row.id not in sensors.faulty
            found[row.id] = _sensor(row, indicators[row.kind], document.tell, whole)
    return indicators, found


class _Kind:
    """Makes a kind of indicator of its row, and tells what is wrong with it."""

    def __init__(self, row: IndicatorRow, named: Named, tell: Tell, is_whole: bool) -> None:
        self.row = row
        self.is_whole = is_whole
        self._named = named
        self._tell = tell

    def indicator(self) -> Indicator:
        row, known = self.row, self._named
        if known.services.lacks(row.service):
            self._tell(row.kind, f"unknown service '{row.service}'")
        self._check(row.kind, row.category, row.unit)
        silent_after = self._tell.read(f"{row.kind}.silent_after", some_time, row.silent_after) or HOUR
        if not row.thresholds and self.is_whole:
            self._tell(f"{row.kind}.thresholds", "a kind needs at least one")
        thresholds = tuple(self._threshold(f"{row.kind}.thresholds.{n}", one) for n, one in enumerate(row.thresholds))
        if self.is_whole:
            _tell_order(row.kind, thresholds, row.direction, self._tell)
        return Indicator(
            kind=row.kind,
            name_vi=row.name_vi,
            name_en=row.name_en,
            measure=row.measure,
            service=row.service,
            direction=row.direction,
            silent_after=silent_after,
            silence=self._silence(row.silence),
            thresholds=thresholds,
        )

    def _check(self, where: str, category: str | None, unit: str | None) -> None:
        wanted = frozenset(() if not category else (category,))
        if self.row.service:
            for code in self._named.categories.lacking(wanted, frozenset((self.row.service,))):
                self._tell(where, f"unknown category '{code}'")
        if unit is not None and self._named.units.lacks(unit):
            self._tell(where, f"unknown unit '{unit}'")

    def _threshold(self, where: str, row: ThresholdRow) -> Threshold:
        self._check(where, row.category, row.unit)
        hold = self._tell.read(f"{where}.hold", duration, row.hold) or 0
        category, unit = row.category or self.row.category, row.unit or self.row.unit
        return Threshold(
            row.level, row.at, row.clear_at, hold, row.priority, category, unit, row.title_vi, row.title_en
        )

    def _silence(self, row: SilenceRow) -> Silence:
        self._check(f"{self.row.kind}.silence", row.category, row.unit)
        category, unit = row.category or self.row.category, row.unit or self.row.unit
        return Silence(row.priority, category, unit, row.title_vi, row.title_en)


def _tell_order(where: str, thresholds: Sequence[Threshold], direction: Direction, tell: Tell) -> None:
    """Tell levels that clear on the wrong side, or are not in the order in which it gets worse."""
    for one in thresholds:
        if not direction.worse(one.at, one.clear_at):
            side = "below" if direction is Direction.ABOVE else "above"
            tell(f"{where}.level {one.level}", f"clear_at must lie {side} at")
    for mild, grave in pairwise(thresholds):
        for fault in _out_of_order(mild, grave, direction):
            tell(f"{where}.level {grave.level}", fault)


def _out_of_order(mild: Threshold, grave: Threshold, direction: Direction) -> Iterator[str]:
    if grave.level <= mild.level:
        yield "the levels must rise"
    if not direction.worse(grave.at, mild.at):
        yield f"at must lie beyond that of level {mild.level}"
    if direction.worse(mild.clear_at, grave.clear_at):
        yield f"would be left after level {mild.level}: clear_at must not lie on its good side"


def _sensor(row: SensorRow, indicator: Indicator, tell: Tell, is_whole: bool) -> Sensor:
    patience: Millis | None = None
    if row.silent_after is not None:
        patience = tell.read(f"{row.id}.silent_after", some_time, row.silent_after)
    thresholds = _overridden(row, indicator, tell)
    if is_whole and thresholds != indicator.thresholds:
        _tell_order(row.id, thresholds, indicator.direction, tell)
    return Sensor(
        id=row.id,
        indicator=indicator,
        name=row.name,
        ward=row.ward,
        lat=row.lat,
        lon=row.lon,
        silent_after=patience or indicator.silent_after,
        thresholds=thresholds,
    )


def _overridden(row: SensorRow, indicator: Indicator, tell: Tell) -> tuple[Threshold, ...]:
    """Return the thresholds of a kind with what the sensor has otherwise."""
    levels = [one.level for one in row.thresholds if one.level]
    for level in dict.fromkeys(level for level in levels if levels.count(level) > 1):
        tell(f"{row.id}.thresholds", f"level {level} is there twice")
    for level in dict.fromkeys(levels):
        if level not in {one.level for one in indicator.thresholds}:
            tell(f"{row.id}.thresholds", f"its kind has no level {level}")
    own = {one.level: one for one in row.thresholds}
    where = f"{row.id}.thresholds"
    return tuple(
        _override(one, own[one.level], where, tell) if one.level in own else one for one in indicator.thresholds
    )


def _override(one: Threshold, own: OverrideRow, where: str, tell: Tell) -> Threshold:
    hold = None if own.hold is None else tell.read(f"{where}.level {own.level}.hold", duration, own.hold)
    return replace(
        one,
        at=one.at if own.at is None else own.at,
        clear_at=one.clear_at if own.clear_at is None else own.clear_at,
        hold=one.hold if hold is None else hold,
        priority=own.priority or one.priority,
    )
