"""GET /figures, /figures/live and /figures/period."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.figures.csv_export import as_csv
from api.figures.dependencies import AnyPeriod, AnyScope
from api.figures.live import standing_now
from api.figures.periods import TooOld, period_figures
from api.figures.schemas import FiguresShown, PeriodShown, StandingNowShown
from api.figures.summary import figures
from api.http.problems import Problem, shown
from api.http.responses import json_answer
from api.read_model.dependencies import TheReadModel
from ioc.core.rejections import FieldError
from ioc.core.times import DAY, parse_duration

router = APIRouter(tags=["figures"])
FARTHEST = 366 * DAY
Format = Annotated[Literal["json", "csv"], Query(description="csv is a table with a row for each group")]


@router.get("/figures", summary="Show the figures", responses={200: {"model": FiguresShown}, **shown(503)})
async def show_figures(model: TheReadModel) -> Response:
    """What stands open now; this shift, today, the last hour, and the trend of a day in quarters of an hour."""
    return json_answer(figures(model))


@router.get(
    "/figures/live",
    summary="Show what stands open now",
    responses={200: {"model": StandingNowShown}, **shown(422, 503)},
)
async def show_live(
    model: TheReadModel,
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
    return json_answer(standing_now(model, scope, ahead))


@router.get(
    "/figures/period",
    summary="Show the figures of a period",
    responses={
        200: {"model": PeriodShown, "content": {"text/csv": {"schema": {"type": "string"}}}},
        **shown(422, 503),
    },
)
async def show_period(model: TheReadModel, period: AnyPeriod, scope: AnyScope, format: Format = "json") -> Response:
    """Counts, on-time and satisfaction rates (QD 766) and handling times; quantiles are within `error` of the truth."""
    try:
        told = await period_figures(model, period, scope)
    except TooOld as error:
        raise Problem(422, "The request is not valid", [FieldError("from", str(error))]) from error
    if format == "json":
        return json_answer(told)
    return Response(as_csv(told), headers={"Cache-Control": "no-store"}, media_type="text/csv; charset=utf-8")
