"""The figures a report is made of: of its period, of the one before, of each step, service, unit and ward."""

from typing import Any, NamedTuple

from msgspec.structs import replace

from api.figures.period_sums import period_sums
from api.figures.periods import Period, TooOld
from api.figures.scope import Dimension, FigureScope
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from api.report.steps import PeriodSteps, previous_period, split_period
from ioc.core.times import MINUTE, Instant
from ioc.figures.formulas import figures_of
from ioc.figures.sums import Sums

FigureValues = dict[str, Any]


class ReportRow(NamedTuple):
    """The figures of a service, unit or ward."""

    code: str
    figures: FigureValues


class ReportContent(NamedTuple):
    """All figures of a report; it is `empty` when nothing came, went or stood open in the period.

    `course` holds the figures of each step. `previous` is None when too little is known of the period before, or the
    period has not ended.
    """

    period: Period
    scope: FigureScope
    now: Instant
    as_of: Instant
    stale: bool
    empty: bool
    total: FigureValues
    previous: FigureValues | None
    steps: PeriodSteps
    course: list[FigureValues]
    by: dict[Dimension, list[ReportRow]]


async def report_content(model: ReadModel, period: Period, scope: FigureScope) -> ReportContent:
    """Return the figures of a report. Raises TooOld."""
    zone = model.catalogue.zone
    steps = split_period(period, zone, model.now())
    by = {dimension: await _rows(model, period, replace(scope, by=dimension)) for dimension in Dimension}
    total = (await period_sums(model, period, scope)).total
    course = [await _total(model, step, scope) for step in steps.periods]
    fresh = freshness(model)
    return ReportContent(
        period,
        scope,
        model.now(),
        fresh.shown_as_of,
        fresh.stale,
        not _has_figures(total),
        figures_of(total),
        None if period.end > model.now() + MINUTE else await _previous(model, previous_period(period, zone), scope),
        steps,
        course,
        by,
    )


async def _total(model: ReadModel, period: Period, scope: FigureScope) -> FigureValues:
    return figures_of((await period_sums(model, period, scope)).total)


async def _rows(model: ReadModel, period: Period, scope: FigureScope) -> list[ReportRow]:
    """Return the rows of a dimension that have figures, those that need most attention first."""
    groups = (await period_sums(model, period, scope)).groups
    rows = [ReportRow(code, figures_of(sums)) for code, sums in groups.items() if _has_figures(sums)]
    return sorted(rows, key=_attention)


def _has_figures(sums: Sums) -> bool:
    return bool(sums.flow.counts or any(sums.standing.values()))


def _attention(row: ReportRow) -> tuple[int, int, int, str]:
    standing = row.figures["standing"]
    return -standing["overdue"], -standing["open"], -row.figures["received"], row.code


async def _previous(model: ReadModel, period: Period, scope: FigureScope) -> FigureValues | None:
    if period.start < 0:
        return None
    try:
        figures = await _total(model, period, scope)
    except TooOld:
        return None
    return figures if figures["received"] or figures["closed"] else None
