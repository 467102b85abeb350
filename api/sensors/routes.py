"""GET /indicators: what the sensors measure."""

from fastapi import APIRouter
from starlette.responses import Response

from api.http.problems import problem_responses
from api.http.responses import json_response
from api.read_model.dependencies import TheReadModel
from api.read_model.freshness import sensor_freshness
from api.read_model.sensors import count_sensors
from api.sensors.schemas import IndicatorsShown

router = APIRouter(tags=["indicators"])


@router.get(
    "/indicators", summary="List sensors", responses={200: {"model": IndicatorsShown}, **problem_responses(503)}
)
async def indicators(model: TheReadModel) -> Response:
    """What every sensor measures, the gravest level first, then the silent ones. What is not known is null, never 0."""
    rows = model.sensors.rows()
    return json_response({"items": rows, "counts": count_sensors(rows), **sensor_freshness(model).fields})
