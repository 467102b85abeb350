"""The figures of any stretch of time, of the whole city or by service, unit or ward.

A period is a sum of base windows: whole local days, and minutes for what is left of a day at its ends. Minutes are kept
for three days, so what lies further back begins and ends at midnight.
"""

import csv
import io
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from api.figures import period
from api.freshness import freshness
from api.read_model import ReadModel
from api.rows import Json
from ioc.aggregates import MINUTES_KEPT, Aggregate, Cell, Span, next_day
from ioc.aggregates import Windows as Cut
from ioc.times import MINUTE, Instant, to_rfc3339


class By(StrEnum):
    """Along which side figures are told apart."""

    SERVICE = "service"
    UNIT = "unit"
    WARD = "ward"


class Period(Struct, frozen=True):
    """From `start` up to `end` (ms), both on a whole minute; only the named service, unit and ward when given."""

    start: Instant
    end: Instant
    service: str | None = None
    unit: str | None = None
    ward: str | None = None

    def holds(self, cell: Cell) -> bool:
        """True when a window's incidents are among those asked for."""
        wanted = ((self.service, cell.service), (self.unit, cell.unit), (self.ward, cell.ward))
        return all(name is None or name == found for name, found in wanted)


class Window(NamedTuple):
    """One base window by its first instant."""

    span: Span
    start: Instant


class TooOld(ValueError):
    """A period that begins or ends within a day whose minutes are no longer kept."""


def windows_of(start: Instant, end: Instant, zone: str, now: Instant) -> Iterator[Window]:
    """Yield the base windows that make up a stretch of time. Raises TooOld."""
    cut = Cut(zone)
    at = start
    while at < end:
        after = next_day(zone, cut.day_start(at))
        if at == cut.day_start(at) and after <= end:
            yield Window(Span.DAY, at)
        elif at < now - MINUTES_KEPT:
            raise TooOld("minutes are kept for three days: further back a period begins and ends at midnight")
        else:
            yield from (Window(Span.MINUTE, minute) for minute in range(at, min(after, end), MINUTE))
        at = after


def figures_of(model: ReadModel, wanted: Period, by: By | None) -> Json:
    """Return the figures of a period, and when asked those of each service, unit or ward in it. Raises TooOld."""
    total, groups = Aggregate(), dict[str, Aggregate]()
    for window in windows_of(wanted.start, wanted.end, model.catalogue.zone, model.now()):
        for cell, part in model.windows.parts_of(window.span, window.start):
            if wanted.holds(cell):
                total.merge(part)
                if by is not None:
                    groups.setdefault(getattr(cell, by), Aggregate()).merge(part)
    fresh = freshness(model)
    return {
        "from": to_rfc3339(wanted.start),
        "to": to_rfc3339(wanted.end),
        "as_of": to_rfc3339(fresh.shown_as_of),
        "stale": fresh.stale,
        "by": by,
        "total": period(total),
        "groups": {code: period(groups[code]) for code in sorted(groups)},
    }


def as_csv(told: Json) -> str:
    """Return the figures as a table: a row for each group and one, named `*`, for all; times in seconds."""
    rows = {**told["groups"], "*": told["total"]}
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([told["by"] or "all", *(name for name, _ in _flat(told["total"]))])
    for code, figures in rows.items():
        table.writerow([code, *("" if value is None else value for _, value in _flat(figures))])
    return out.getvalue()


def _flat(figures: Json) -> Iterator[tuple[str, object]]:
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from ((f"{name}_{part}", inner) for part, inner in value.items())
        else:
            yield name, value
