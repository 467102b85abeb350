"""GET /war-room: the way to the meeting of an emergency, for operators alone, since whoever has it gets in."""

from fastapi import APIRouter
from starlette.responses import Response

from api.catalogue.dependencies import TheWarRoomLink
from api.catalogue.war_room_schema import WarRoomShown
from api.http.auth import AnOperator
from api.http.problems import shown
from api.http.responses import json_answer
from api.read_model.dependencies import WhenReady

router = APIRouter(tags=["incidents"])


@router.get(
    "/war-room",
    summary="Show the way to the war room",
    responses={200: {"model": WarRoomShown}, **shown(401, 403, 503)},
)
async def war_room(_operator: AnOperator, _ready: WhenReady, link: TheWarRoomLink) -> Response:
    """The link that urgent notices name: `war_room` of the catalogue's channels, its variables filled in."""
    return json_answer({"url": link or None})
