"""GET /indicators."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import json_answer
from api.centre import ReadyCentre
from api.freshness import of_sensors
from api.problems import shown
from api.sensors import counts
from api.shapes.indicators import IndicatorsShown
from ioc.times import to_rfc3339

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
