"""GET /war-room: the way to the meeting of an emergency, for operators alone, since whoever has it gets in."""

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import json_answer
from api.centre import ReadyCentre
from api.problems import shown
from api.roles import AnOperator
from api.shapes.war_room import WarRoomShown

router = APIRouter(tags=["incidents"])


@router.get(
    "/war-room",
    summary="Show the way to the war room",
    responses={200: {"model": WarRoomShown}, **shown(401, 403, 503)},
)
async def war_room(_: AnOperator, centre: ReadyCentre) -> Response:
    """The link that urgent notices name: `war_room` of the catalogue's channels, its variables filled in."""
    return json_answer({"url": centre.war_room or None})
