"""GET /figures, GET /figures/period and GET /metrics."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import AwareDatetime
from starlette.responses import Response

from api.answers import json_answer
from api.centre import AnyCentre, ReadyCentre
from api.figures import figures
from api.periods import By, Period, TooOld, as_csv, figures_of
from api.problems import Problem, shown
from api.shapes import FiguresShown, PeriodShown
from ioc.errors import Fault
from ioc.times import DAY, LAST_MOMENT, MINUTE, OUT_OF_TIME, Instant, to_instant

router = APIRouter(tags=["figures"])
_EXAMPLES = ("2025-10-01T00:00:00+07:00", "2025-11-01T00:00:00+07:00")


@router.get("/figures", summary="Show the figures", responses={200: {"model": FiguresShown}, **shown(503)})
async def show_figures(centre: ReadyCentre) -> Response:
    """What stands open now; today, the last hour, and the trend of a day in quarters of an hour."""
    return json_answer(figures(centre.model))


LONGEST = 3660 * DAY
Service = Annotated[str | None, Query(max_length=128, description="Only this service, by its code")]
Unit = Annotated[str | None, Query(max_length=128, description="Only this unit, by its code")]
Ward = Annotated[str | None, Query(max_length=128, description="Only this ward, by its code")]
Format = Annotated[Literal["json", "csv"], Query(description="csv is a table with a row for each group")]


@router.get(
    "/figures/period",
    summary="Show the figures of a period",
    responses={
        200: {"model": PeriodShown, "content": {"text/csv": {"schema": {"type": "string"}}}},
        **shown(422, 503),
    },
)
async def show_period(
    centre: ReadyCentre,
    start: Annotated[AwareDatetime, Query(alias="from", description="On a whole minute", examples=[_EXAMPLES[0]])],
    end: Annotated[AwareDatetime, Query(alias="to", description="Not included", examples=[_EXAMPLES[1]])],
    by: Annotated[By | None, Query(description="Also tell them apart along this side")] = None,
    service: Service = None,
    unit: Unit = None,
    ward: Ward = None,
    format: Format = "json",
) -> Response:
    """Counts, on-time and satisfaction rates (QD 766) and handling times; quantiles are within `error` of the truth."""
    wanted = Period(to_instant(start), to_instant(end), service, unit, ward)
    faults = _faults(wanted.start, wanted.end)
    if faults:
        raise Problem(422, "The request is not valid", faults)
    try:
        told = figures_of(centre.model, wanted, by)
    except TooOld as error:
        raise Problem(422, "The request is not valid", [Fault("from", str(error))]) from error
    if format == "json":
        return json_answer(told)
    return Response(as_csv(told), headers={"Cache-Control": "no-store"}, media_type="text/csv; charset=utf-8")


def _faults(start: Instant, end: Instant) -> list[Fault]:
    moments = {"from": start, "to": end}
    faults = [Fault(name, OUT_OF_TIME) for name, at in moments.items() if not 0 <= at <= LAST_MOMENT]
    faults += [Fault(name, "must be on a whole minute") for name, at in moments.items() if at % MINUTE]
    if end <= start:
        faults.append(Fault("to", "must come after 'from'"))
    if end - start > LONGEST:
        faults.append(Fault("to", "is more than ten years after 'from'"))
    return faults


@router.get("/metrics", summary="Metrics for Prometheus", include_in_schema=False)
async def metrics(centre: AnyCentre) -> Response:
    """The text format of Prometheus."""
    return Response(generate_latest(centre.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
