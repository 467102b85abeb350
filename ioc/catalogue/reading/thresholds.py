"""The thresholds of indicators and sensors in indicators.yml: their rows, overrides and order."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.time_texts import duration
from ioc.catalogue.thresholds import Direction, Threshold
from ioc.core.scalars import Code, Name, Priority

ThresholdLevel = Annotated[int, Meta(ge=1, le=9)]
MeasuredValue = Annotated[float, Meta(ge=-1e15, le=1e15)]


class ThresholdRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold in its file."""

    level: ThresholdLevel
    at: MeasuredValue
    clear_at: MeasuredValue
    title_vi: Name
    title_en: Name
    hold: Name = "0s"
    priority: Priority = Priority.NORMAL
    category: Code | None = None
    unit: Code | None = None


class OverrideRow(Struct, frozen=True, forbid_unknown_fields=True):
    """What a sensor overrides of the threshold of one level."""

    level: ThresholdLevel
    at: MeasuredValue | None = None
    clear_at: MeasuredValue | None = None
    hold: Name | None = None
    priority: Priority | None = None


def report_order(path: str, thresholds: Sequence[Threshold], direction: Direction, report: ErrorReport) -> None:
    """Report thresholds that clear on the wrong side, or whose values do not get worse with their levels."""
    for threshold in thresholds:
        if not direction.is_worse(threshold.at, threshold.clear_at):
            side = "below" if direction is Direction.ABOVE else "above"
            report(f"{path}.level {threshold.level}", f"clear_at must lie {side} at")
    for mild, grave in pairwise(thresholds):
        for error in _order_errors(mild, grave, direction):
            report(f"{path}.level {grave.level}", error)


def _order_errors(mild: Threshold, grave: Threshold, direction: Direction) -> Iterator[str]:
    if grave.level <= mild.level:
        yield "the levels must rise"
    if not direction.is_worse(grave.at, mild.at):
        yield f"at must lie beyond that of level {mild.level}"
    if direction.is_worse(mild.clear_at, grave.clear_at):
        yield f"would be left after level {mild.level}: clear_at must not lie on its good side"


def overridden_thresholds(
    path: str, thresholds: Sequence[Threshold], rows: Sequence[OverrideRow], report: ErrorReport
) -> tuple[Threshold, ...]:
    """Return the thresholds of an indicator with what a sensor overrides; unknown or repeated levels are errors."""
    levels = [row.level for row in rows if row.level]
    for level in dict.fromkeys(level for level in levels if levels.count(level) > 1):
        report(path, f"level {level} is there twice")
    for level in dict.fromkeys(levels):
        if level not in {threshold.level for threshold in thresholds}:
            report(path, f"its kind has no level {level}")
    overrides = {row.level: row for row in rows}
    return tuple(_overridden(threshold, overrides.get(threshold.level), path, report) for threshold in thresholds)


def _overridden(threshold: Threshold, override: OverrideRow | None, path: str, report: ErrorReport) -> Threshold:
    if override is None:
        return threshold
    hold = override.hold
    hold_ms = None if hold is None else report.parse(f"{path}.level {override.level}.hold", duration, hold)
    return replace(
        threshold,
        at=threshold.at if override.at is None else override.at,
        clear_at=threshold.clear_at if override.clear_at is None else override.clear_at,
        hold=threshold.hold if hold_ms is None else hold_ms,
        priority=override.priority or threshold.priority,
    )
