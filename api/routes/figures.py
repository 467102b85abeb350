"""GET /figures and GET /metrics."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from api.answers import json_answer
from api.centre import AnyCentre, ReadyCentre
from api.figures import figures
from api.problems import shown

router = APIRouter(tags=["figures"])


@router.get("/figures", summary="Show the figures", responses=shown(503))
async def show_figures(centre: ReadyCentre) -> Response:
    """What stands open now; today, the last hour, and the trend of a day in quarters of an hour."""
    return json_answer(figures(centre.model))


@router.get("/metrics", summary="Metrics for Prometheus", include_in_schema=False)
async def metrics(centre: AnyCentre) -> Response:
    """The text format of Prometheus."""
    return Response(generate_latest(centre.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
