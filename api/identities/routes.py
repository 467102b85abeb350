"""GET /incidents/{id}/reporter: for callers with the role `identity` only; every look is recorded."""

from fastapi import APIRouter
from starlette.responses import Response

from api.http.auth import IdentityCaller
from api.http.dependencies import ThePublisher
from api.http.problems import Problem, problem_responses
from api.http.publisher import NotPublished, Publisher
from api.http.responses import json_response
from api.identities.dependencies import TheIdentities
from api.identities.identities import Identities, ReporterUnavailable
from api.identities.schemas import ReporterShown
from api.incidents.dependencies import TheEntry
from api.read_model.dependencies import TheReadModel
from ioc.core.topics import Topic
from ioc.incident.payloads import Reporter
from ioc.processors.serde import Look, encode

router = APIRouter(tags=["incidents"])


@router.get(
    "/incidents/{id:path}/reporter",
    summary="Show who reported an incident",
    responses={200: {"model": ReporterShown}, **problem_responses(401, 403, 404, 422, 503)},
)
async def reporter(
    caller: IdentityCaller, entry: TheEntry, model: TheReadModel, publisher: ThePublisher, identities: TheIdentities
) -> Response:
    """Needs the role `identity`. That the caller looked is recorded first, on a topic of its own."""
    incident = entry.incident.id
    await _record(Look(incident, caller.subject, model.clock.wall()), publisher)
    reporter = await _read(identities, incident)
    if reporter is None:
        raise Problem(404, "Nobody is named as the reporter")
    fields = {name: getattr(reporter, name) for name in Reporter.__struct_fields__}
    return json_response({"incident": incident, **fields})


async def _record(look: Look, publisher: Publisher) -> None:
    try:
        await publisher.publish(look.incident.encode(), encode(look), (), Topic.AUDIT)
    except NotPublished as error:
        raise Problem(503, "The look could not be recorded, so nothing is shown") from error


async def _read(identities: Identities, incident: str) -> Reporter | None:
    try:
        return await identities.reporter_of(incident)
    except ReporterUnavailable as error:
        raise Problem(503, "Who reported cannot be read now") from error
