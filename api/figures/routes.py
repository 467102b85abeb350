"""GET /figures, /figures/live, /figures/period, /figures/report and /metrics."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from msgspec.structs import replace
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import AwareDatetime
from starlette.responses import HTMLResponse, Response

from api.container import AnyCentre, ReadyCentre
from api.figures.csv_export import as_csv
from api.figures.live import standing_now
from api.figures.periods import By, NobodyOnDuty, Period, Scope, TooOld, View, figures_of, period_of
from api.figures.schemas import FiguresShown, PeriodShown, StandingNowShown
from api.figures.summary import figures
from api.http.problems import Problem, shown
from api.http.responses import json_answer
from api.report.content import content_of
from api.report.language import Lang
from api.report.page import page
from ioc.core.rejections import FieldError
from ioc.core.times import DAY, LAST_MOMENT, MINUTE, OUT_OF_TIME, Instant, parse_duration, to_instant

router = APIRouter(tags=["figures"])
_EXAMPLES = ("2025-10-01T00:00:00+07:00", "2025-11-01T00:00:00+07:00")
LONGEST = 3660 * DAY
FARTHEST = 366 * DAY
_PAGE_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@router.get("/figures", summary="Show the figures", responses={200: {"model": FiguresShown}, **shown(503)})
async def show_figures(centre: ReadyCentre) -> Response:
    """What stands open now; this shift, today, the last hour, and the trend of a day in quarters of an hour."""
    return json_answer(figures(centre.model))


async def part_of(
    service: Annotated[str | None, Query(max_length=128, description="Only this service, by its code")] = None,
    unit: Annotated[str | None, Query(max_length=128, description="Only this unit, by its code")] = None,
    ward: Annotated[str | None, Query(max_length=128, description="Only this ward, by its code")] = None,
    below: Annotated[bool, Query(description="Count with each unit also what the units below it have")] = False,
) -> Scope:
    """Return whose figures are asked for."""
    return Scope(service, unit, ward, below)


AnyPart = Annotated[Scope, Depends(part_of)]


async def scope_of(
    part: AnyPart, by: Annotated[By | None, Query(description="Also tell them apart along this side")] = None
) -> Scope:
    """Return whose figures are asked for, and how they are told apart."""
    return replace(part, by=by)


AnyScope = Annotated[Scope, Depends(scope_of)]


@router.get(
    "/figures/live",
    summary="Show what stands open now",
    responses={200: {"model": StandingNowShown}, **shown(422, 503)},
)
async def show_live(
    centre: ReadyCentre,
    scope: AnyScope,
    within: Annotated[str, Query(max_length=32, description="How far ahead to look, a year at most")] = "24h",
) -> Response:
    """Open, overdue, and due within a time, in all and by service, unit or ward."""
    try:
        ahead = parse_duration(within)
    except ValueError as error:
        raise Problem(422, "The request is not valid", [FieldError("within", str(error))]) from error
    if ahead > FARTHEST:
        raise Problem(422, "The request is not valid", [FieldError("within", "is more than a year")])
    return json_answer(standing_now(centre.model, scope, ahead))


async def period_asked(
    centre: ReadyCentre,
    start: Annotated[
        AwareDatetime | None, Query(alias="from", description="On a whole minute", examples=[_EXAMPLES[0]])
    ] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Not included", examples=[_EXAMPLES[1]])] = None,
    view: Annotated[View | None, Query(description="In place of `from` and `to`: the period that ends now")] = None,
) -> Period:
    """Return the period asked for, or say everything that is wrong with it."""
    faults: list[FieldError] = []
    if view is not None:
        faults += [
            FieldError(name, "is not for a view") for name, at in (("from", start), ("to", end)) if at is not None
        ]
        if not faults:
            return _viewed(centre, view)
    elif start is None or end is None:
        faults += [FieldError(name, "missing") for name, at in (("from", start), ("to", end)) if at is None]
    else:
        period = Period(to_instant(start), to_instant(end))
        faults += _faults(*period)
        if not faults:
            return period
    raise Problem(422, "The request is not valid", faults)


def _viewed(centre: ReadyCentre, view: View) -> Period:
    try:
        return period_of(view, centre.model.catalogue, centre.model.now())
    except NobodyOnDuty as error:
        raise Problem(422, "The request is not valid", [FieldError("view", str(error))]) from error


def _faults(start: Instant, end: Instant) -> list[FieldError]:
    moments = {"from": start, "to": end}
    faults = [FieldError(name, OUT_OF_TIME) for name, at in moments.items() if not 0 <= at <= LAST_MOMENT]
    faults += [FieldError(name, "must be on a whole minute") for name, at in moments.items() if at % MINUTE]
    if end <= start:
        faults.append(FieldError("to", "must come after 'from'"))
    if end - start > LONGEST:
        faults.append(FieldError("to", "is more than ten years after 'from'"))
    return faults


AnyPeriod = Annotated[Period, Depends(period_asked)]
Format = Annotated[Literal["json", "csv"], Query(description="csv is a table with a row for each group")]


@router.get(
    "/figures/period",
    summary="Show the figures of a period",
    responses={
        200: {"model": PeriodShown, "content": {"text/csv": {"schema": {"type": "string"}}}},
        **shown(422, 503),
    },
)
async def show_period(centre: ReadyCentre, period: AnyPeriod, scope: AnyScope, format: Format = "json") -> Response:
    """Counts, on-time and satisfaction rates (QD 766) and handling times; quantiles are within `error` of the truth."""
    try:
        told = await figures_of(centre.model, period, scope)
    except TooOld as error:
        raise Problem(422, "The request is not valid", [FieldError("from", str(error))]) from error
    if format == "json":
        return json_answer(told)
    return Response(as_csv(told), headers={"Cache-Control": "no-store"}, media_type="text/csv; charset=utf-8")


@router.get(
    "/figures/report",
    summary="Show the figures of a period as pages to print",
    response_class=HTMLResponse,
    responses=shown(422, 503),
)
async def show_report(
    request: Request,
    centre: ReadyCentre,
    period: AnyPeriod,
    part: AnyPart,
    lang: Annotated[Lang, Query(description="The language of the report")] = Lang.VI,
) -> Response:
    """One page that needs no other: main results, the course, QD 766, by service, unit and ward, with charts."""
    try:
        content = await content_of(centre.model, period, part)
    except TooOld as error:
        raise Problem(422, "The request is not valid", [FieldError("from", str(error))]) from error
    other = request.url.include_query_params(lang=Lang.EN if lang is Lang.VI else Lang.VI)
    made = page(content, centre.model.catalogue, lang, f"?{other.query}")
    return HTMLResponse(made.html, headers={**_PAGE_HEADERS, "Content-Security-Policy": made.policy})


@router.get("/metrics", summary="Metrics for Prometheus", include_in_schema=False)
async def metrics(centre: AnyCentre) -> Response:
    """The text format of Prometheus."""
    return Response(generate_latest(centre.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
