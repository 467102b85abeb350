"""GET /incidents/{id}/reporter: for those alone who may see it, and never without a record of the look."""

from fastapi import APIRouter
from starlette.responses import Response

from api.container import Centre, ReadyCentre
from api.http.auth import Caller, MaySeeIdentity
from api.http.problems import Problem, shown
from api.http.publisher import NotPublished
from api.http.responses import json_answer
from api.identities.identities import NotReadable
from api.identities.schemas import ReporterShown
from api.incidents.dependencies import KnownCard
from ioc.core.topics import Topic
from ioc.incident.payloads import Reporter
from ioc.processors.serde import Look, encode

router = APIRouter(tags=["incidents"])


@router.get(
    "/incidents/{id:path}/reporter",
    summary="Show who reported an incident",
    responses={200: {"model": ReporterShown}, **shown(401, 403, 404, 422, 503)},
)
async def reporter(caller: MaySeeIdentity, card: KnownCard, centre: ReadyCentre) -> Response:
    """Needs the role `identity`. That the caller looked is recorded first, on a topic of its own."""
    incident = card.incident.id
    await _record(centre, caller, incident)
    found = await _read(centre, incident)
    if found is None:
        raise Problem(404, "Nobody is named as the reporter")
    said = {name: getattr(found, name) for name in Reporter.__struct_fields__}
    return json_answer({"incident": incident, **said})


async def _record(centre: Centre, caller: Caller, incident: str) -> None:
    look = Look(incident, caller.subject, centre.model.clock.wall())
    try:
        await centre.publisher.publish(incident.encode(), encode(look), (), Topic.AUDIT)
    except NotPublished as error:
        raise Problem(503, "The look could not be recorded, so nothing is shown") from error


async def _read(centre: Centre, incident: str) -> Reporter | None:
    try:
        return await centre.identities.of(incident)
    except NotReadable as error:
        raise Problem(503, "Who reported cannot be read now") from error
