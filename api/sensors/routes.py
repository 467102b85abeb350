"""GET /indicators."""

from fastapi import APIRouter
from starlette.responses import Response

from api.container import ReadyCentre
from api.http.problems import shown
from api.http.responses import json_answer
from api.read_model.freshness import of_sensors
from api.read_model.sensors import counts
from api.sensors.schemas import IndicatorsShown
from ioc.core.times import to_rfc3339

router = APIRouter(tags=["indicators"])


@router.get("/indicators", summary="List sensors", responses={200: {"model": IndicatorsShown}, **shown(503)})
async def indicators(centre: ReadyCentre) -> Response:
    """What every sensor measures, the gravest level first, then the silent ones. What is not known is null, never 0."""
    rows, fresh = centre.model.sensors.rows(), of_sensors(centre.model)
    return json_answer(
        {
            "items": rows,
            "counts": counts(rows),
            "as_of": to_rfc3339(fresh.shown_as_of),
            "stale": fresh.stale,
        }
    )
