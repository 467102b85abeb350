"""GET /war-room: the link to the meeting of an emergency, for operators only, since whoever has it gets in."""

from fastapi import APIRouter
from starlette.responses import Response

from api.catalogue.dependencies import TheWarRoomLink
from api.catalogue.war_room_schemas import WarRoomShown
from api.http.auth import OperatorCaller
from api.http.problems import problem_responses
from api.http.responses import json_response
from api.read_model.dependencies import WhenReady

router = APIRouter(tags=["incidents"])


@router.get(
    "/war-room",
    summary="Show the way to the war room",
    responses={200: {"model": WarRoomShown}, **problem_responses(401, 403, 503)},
)
async def war_room(_operator: OperatorCaller, _ready: WhenReady, link: TheWarRoomLink) -> Response:
    """The link that urgent notices name: `war_room` of the catalogue's channels, its variables filled in."""
    return json_response({"url": link or None})
