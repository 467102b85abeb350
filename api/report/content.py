"""What a report is made of: the figures of its period, of the one before, of each step, service, unit and ward."""

from typing import Any, NamedTuple

from msgspec.structs import replace

from api.figures.periods import By, Period, Scope, TooOld, sums_of
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from api.report.steps import Steps, before, steps_of
from ioc.core.times import MINUTE, Instant
from ioc.figures.formulas import figures_of
from ioc.figures.sums import Sums

Figures = dict[str, Any]


class Row(NamedTuple):
    """The figures of a service, unit or ward."""

    code: str
    figures: Figures


class Content(NamedTuple):
    """All figures of a report; `empty` when nothing came, went or stood in the period.

    `previous` is None where too little is known of the time before, or the period has not ended.
    """

    period: Period
    scope: Scope
    now: Instant
    as_of: Instant
    stale: bool
    empty: bool
    total: Figures
    previous: Figures | None
    steps: Steps
    course: list[Figures]
    by: dict[By, list[Row]]


async def content_of(model: ReadModel, period: Period, scope: Scope) -> Content:
    """Return the figures of a report. Raises TooOld."""
    zone = model.catalogue.zone
    steps = steps_of(period, zone, model.now())
    by = {by: await _rows(model, period, replace(scope, by=by)) for by in By}
    total = (await sums_of(model, period, scope)).total
    course = [await _total(model, step, scope) for step in steps.periods]
    fresh = freshness(model)
    return Content(
        period,
        scope,
        model.now(),
        fresh.shown_as_of,
        fresh.stale,
        not _is_something(total),
        figures_of(total),
        None if period.end > model.now() + MINUTE else await _previous(model, before(period, zone), scope),
        steps,
        course,
        by,
    )


async def _total(model: ReadModel, period: Period, scope: Scope) -> Figures:
    return figures_of((await sums_of(model, period, scope)).total)


async def _rows(model: ReadModel, period: Period, scope: Scope) -> list[Row]:
    """Return the groups of a side, those that need most attention first; those of nothing left out."""
    groups = (await sums_of(model, period, scope)).groups
    rows = [Row(code, figures_of(sums)) for code, sums in groups.items() if _is_something(sums)]
    return sorted(rows, key=_attention)


def _is_something(sums: Sums) -> bool:
    return bool(sums.flow.counts or any(sums.standing.values()))


def _attention(row: Row) -> tuple[int, int, int, str]:
    standing = row.figures["standing"]
    return -standing["overdue"], -standing["open"], -row.figures["received"], row.code


async def _previous(model: ReadModel, period: Period, scope: Scope) -> Figures | None:
    if period.start < 0:
        return None
    try:
        figures = await _total(model, period, scope)
    except TooOld:
        return None
    return figures if figures["received"] or figures["closed"] else None
