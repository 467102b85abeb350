"""Reader of indicators.yml: what sensors measure, when it becomes an incident, and where the sensors are."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from ioc.catalogue.reading.categories import Categories
from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import Document, NamedRows
from ioc.catalogue.reading.documents.time_texts import duration, some_time
from ioc.catalogue.reading.services import ServiceRow
from ioc.catalogue.reading.thresholds import OverrideRow, ThresholdRow, overridden_thresholds, report_order
from ioc.catalogue.thresholds import Direction, Indicator, Sensor, Silence, Threshold
from ioc.catalogue.unit import Unit, Ward
from ioc.core.scalars import Code, Latitude, Longitude, Name, Priority
from ioc.core.times import HOUR, Millis

_SENSOR_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}:[A-Za-z0-9._-]{1,64}")


class SilenceRow(Struct, frozen=True, forbid_unknown_fields=True):
    """The incident of a silent sensor, in its file."""

    priority: Priority = Priority.NORMAL
    category: Code | None = None
    unit: Code | None = None
    title_vi: Name = "Mất tín hiệu"
    title_en: Name = "No signal"


class IndicatorRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of indicator in its file."""

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


class SensorRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A sensor in its file."""

    id: Code
    kind: Code
    name: Name
    ward: Code | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    silent_after: Name | None = None
    thresholds: tuple[OverrideRow, ...] = ()


class IndicatorReferences(Struct, frozen=True):
    """What indicators and sensors may refer to."""

    services: NamedRows[ServiceRow]
    categories: Categories
    units: NamedRows[Unit]
    wards: NamedRows[Ward]


def read_indicators(
    folder: CatalogueFolder, references: IndicatorReferences
) -> tuple[dict[str, Indicator], dict[str, Sensor]]:
    """Return the indicators by their kinds and the sensors by their ids."""
    document = folder.document("indicators.yml", ["indicators", "sensors"], is_optional=True)
    rows = document.rows("indicators", IndicatorRow, "kind")
    builders = {
        row.kind: _IndicatorBuilder(row, references, document.report, row.kind not in rows.faulty) for row in rows.rows
    }
    indicators = {kind: builder.indicator() for kind, builder in builders.items()}
    whole_kinds = {kind for kind, builder in builders.items() if builder.is_whole}
    sensor_rows = document.rows("sensors", SensorRow, "id")
    sensors = {}
    for row in sensor_rows.rows:
        is_whole = row.id not in sensor_rows.faulty
        if rows.lacks(row.kind):
            document.report(row.id, f"unknown kind '{row.kind}'")
        _check_sensor(row, references.wards, document, is_whole)
        if row.kind in indicators:
            is_comparable = is_whole and row.kind in whole_kinds
            sensors[row.id] = _sensor(row, indicators[row.kind], document.report, is_comparable)
    return indicators, sensors


def _check_sensor(row: SensorRow, wards: NamedRows[Ward], document: Document, is_whole: bool) -> None:
    if row.ward is not None and wards.lacks(row.ward):
        document.report(row.id, f"unknown ward '{row.ward}'")
    if _SENSOR_ID.fullmatch(row.id) is None and is_whole:
        document.report(f"{row.id}.id", "must be '<source slug>:<subject>', of letters, digits, hyphens and dots")


class _IndicatorBuilder:
    """Builds an indicator from its row, and reports what is wrong with it."""

    def __init__(self, row: IndicatorRow, references: IndicatorReferences, report: ErrorReport, is_whole: bool) -> None:
        self.row = row
        self.is_whole = is_whole
        self._references = references
        self._report = report

    def indicator(self) -> Indicator:
        row = self.row
        if self._references.services.lacks(row.service):
            self._report(row.kind, f"unknown service '{row.service}'")
        self._check(row.kind, row.category, row.unit)
        silent_after = self._report.parse(f"{row.kind}.silent_after", some_time, row.silent_after) or HOUR
        return Indicator(
            kind=row.kind,
            name_vi=row.name_vi,
            name_en=row.name_en,
            measure=row.measure,
            service=row.service,
            direction=row.direction,
            silent_after=silent_after,
            thresholds=self._thresholds(),
            silence=self._silence(row.silence),
        )

    def _check(self, path: str, category: str | None, unit: str | None) -> None:
        categories = frozenset((category,) if category else ())
        if self.row.service:
            for code in self._references.categories.unknown_in(categories, frozenset((self.row.service,))):
                self._report(path, f"unknown category '{code}'")
        if unit is not None and self._references.units.lacks(unit):
            self._report(path, f"unknown unit '{unit}'")

    def _thresholds(self) -> tuple[Threshold, ...]:
        row, path = self.row, f"{self.row.kind}.thresholds"
        if not row.thresholds and self.is_whole:
            self._report(path, "a kind needs at least one")
        thresholds = tuple(self._threshold(f"{path}.{index}", each) for index, each in enumerate(row.thresholds))
        if self.is_whole:
            report_order(row.kind, thresholds, row.direction, self._report)
        return thresholds

    def _threshold(self, path: str, row: ThresholdRow) -> Threshold:
        self._check(path, row.category, row.unit)
        hold = self._report.parse(f"{path}.hold", duration, row.hold) or 0
        category, unit = row.category or self.row.category, row.unit or self.row.unit
        return Threshold(
            row.level, row.at, row.clear_at, hold, row.priority, category, unit, row.title_vi, row.title_en
        )

    def _silence(self, row: SilenceRow) -> Silence:
        self._check(f"{self.row.kind}.silence", row.category, row.unit)
        category, unit = row.category or self.row.category, row.unit or self.row.unit
        return Silence(row.priority, category, unit, row.title_vi, row.title_en)


def _sensor(row: SensorRow, indicator: Indicator, report: ErrorReport, is_comparable: bool) -> Sensor:
    """Return a sensor; the order of its thresholds is checked when it and its indicator have no errors."""
    silent_after: Millis | None = None
    if row.silent_after is not None:
        silent_after = report.parse(f"{row.id}.silent_after", some_time, row.silent_after)
    thresholds = overridden_thresholds(f"{row.id}.thresholds", indicator.thresholds, row.thresholds, report)
    if is_comparable and thresholds != indicator.thresholds:
        report_order(row.id, thresholds, indicator.direction, report)
    return Sensor(
        id=row.id,
        indicator=indicator,
        name=row.name,
        ward=row.ward,
        lat=row.lat,
        lon=row.lon,
        silent_after=silent_after or indicator.silent_after,
        thresholds=thresholds,
    )
