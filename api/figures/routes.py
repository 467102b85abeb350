"""GET /figures, /figures/live and /figures/period."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.figures.csv_export import to_csv
from api.figures.dependencies import GroupedScope, RequestedPeriod
from api.figures.live import open_now
from api.figures.period_sums import period_figures
from api.figures.periods import TooOld
from api.figures.schemas import FiguresShown, PeriodShown, StandingNowShown
from api.figures.summary import figures
from api.http.problems import Problem, problem_responses
from api.http.responses import json_response
from api.read_model.dependencies import TheReadModel
from ioc.core.rejections import FieldError
from ioc.core.times import DAY, parse_duration

router = APIRouter(tags=["figures"])
MAX_AHEAD = 366 * DAY
FigureFormat = Annotated[
    Literal["json", "csv"], Query(alias="format", description="csv is a table with a row for each group")
]


@router.get("/figures", summary="Show the figures", responses={200: {"model": FiguresShown}, **problem_responses(503)})
async def show_figures(model: TheReadModel) -> Response:
    """What stands open now; this shift, today, the last hour, and the trend of a day in quarters of an hour."""
    return json_response(figures(model))


@router.get(
    "/figures/live",
    summary="Show what stands open now",
    responses={200: {"model": StandingNowShown}, **problem_responses(422, 503)},
)
async def show_live(
    model: TheReadModel,
    scope: GroupedScope,
    within: Annotated[str, Query(max_length=32, description="How far ahead to look, a year at most")] = "24h",
) -> Response:
    """Open, overdue, and due within a time, in all and by service, unit or ward."""
    try:
        ahead = parse_duration(within)
    except ValueError as error:
        raise Problem(422, "The request is not valid", [FieldError("within", str(error))]) from error
    if ahead > MAX_AHEAD:
        raise Problem(422, "The request is not valid", [FieldError("within", "is more than a year")])
    return json_response(open_now(model, scope, ahead))


@router.get(
    "/figures/period",
    summary="Show the figures of a period",
    responses={
        200: {"model": PeriodShown, "content": {"text/csv": {"schema": {"type": "string"}}}},
        **problem_responses(422, 503),
    },
)
async def show_period(
    model: TheReadModel, period: RequestedPeriod, scope: GroupedScope, file_format: FigureFormat = "json"
) -> Response:
    """Counts, on-time and satisfaction rates (QD 766) and handling times; quantiles are within `error` of the truth."""
    try:
        document = await period_figures(model, period, scope)
    except TooOld as error:
        raise Problem(422, "The request is not valid", [FieldError("from", str(error))]) from error
    if file_format == "json":
        return json_response(document)
    return Response(to_csv(document), headers={"Cache-Control": "no-store"}, media_type="text/csv; charset=utf-8")
