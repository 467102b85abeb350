"""GET /live and GET /ready."""

from fastapi import APIRouter
from starlette.responses import Response

from api.app.health_schema import Alive, Ready
from api.container import AnyCentre, ReadyCentre
from api.http.problems import shown
from api.http.responses import json_answer

router = APIRouter(tags=["health"])


@router.get("/live", summary="Is the process alive?", responses={200: {"model": Alive}})
async def live(_: AnyCentre) -> Response:
    """Always true when it answers at all."""
    return json_answer({"live": True})


@router.get("/ready", summary="Has the picture been read?", responses={200: {"model": Ready}, **shown(503)})
async def ready(centre: ReadyCentre) -> Response:
    """True once the log has been read to the end it had at the start."""
    return json_answer({"ready": True, "incidents": len(centre.model), "build": centre.feed.build})
