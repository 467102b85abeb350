"""GET /live, GET /ready and GET /metrics: the state of the process itself."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from api.app.process_schemas import Alive, Ready
from api.feed.dependencies import TheFeed
from api.http.dependencies import TheMetrics
from api.http.problems import problem_responses
from api.http.responses import json_response
from api.read_model.dependencies import TheReadModel

router = APIRouter(tags=["health"])


@router.get("/live", summary="Is the process alive?", responses={200: {"model": Alive}})
async def live() -> Response:
    """Always true when it answers at all."""
    return json_response({"live": True})


@router.get("/ready", summary="Has the picture been read?", responses={200: {"model": Ready}, **problem_responses(503)})
async def ready(model: TheReadModel, feed: TheFeed) -> Response:
    """True once the log has been read to the end it had at the start."""
    return json_response({"ready": True, "incidents": len(model), "build": feed.build})


@router.get("/metrics", summary="Metrics for Prometheus", include_in_schema=False)
async def metrics(metrics: TheMetrics) -> Response:
    """The text format of Prometheus."""
    return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
