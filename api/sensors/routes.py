"""GET /indicators."""

from fastapi import APIRouter
from starlette.responses import Response

from api.http.problems import shown
from api.http.responses import json_answer
from api.read_model.dependencies import TheReadModel
from api.read_model.freshness import sensor_freshness
from api.read_model.sensors import count_sensors
from api.sensors.schemas import IndicatorsShown
from ioc.core.times import to_rfc3339

router = APIRouter(tags=["indicators"])


@router.get("/indicators", summary="List sensors", responses={200: {"model": IndicatorsShown}, **shown(503)})
async def indicators(model: TheReadModel) -> Response:
    """What every sensor measures, the gravest level first, then the silent ones. What is not known is null, never 0."""
    rows, fresh = model.sensors.rows(), sensor_freshness(model)
    return json_answer(
        {
            "items": rows,
            "counts": count_sensors(rows),
            "as_of": to_rfc3339(fresh.shown_as_of),
            "stale": fresh.stale,
        }
    )
