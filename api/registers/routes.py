"""GET /dossiers/{code} and GET /queues."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.http.problems import Problem, shown
from api.http.responses import json_answer
from api.read_model.dependencies import TheReadModel
from api.read_model.freshness import freshness
from api.registers.dossiers import dossiers
from api.registers.schemas import DossiersShown, QueuesShown
from ioc.core.times import to_rfc3339

router = APIRouter(tags=["registers"])

Code = Annotated[
    str,
    Path(max_length=256, description="As printed on the receipt; case does not matter", examples=["HS-251027-0001"]),
]


@router.get(
    "/dossiers/{code:path}",
    summary="Look up a dossier",
    responses={200: {"model": DossiersShown}, **shown(404, 422, 503)},
)
async def show_dossiers(code: Code, model: TheReadModel) -> Response:
    """How it stands, by when it is due and what came of it, for whoever knows its code. No names, nobody's words.

    Codes are numbers of the sources: when several sources use the same, all that have it are told.
    """
    found = dossiers(model, code)
    if not found["items"]:
        raise Problem(404, "No such dossier")
    return json_answer(found)


@router.get("/queues", summary="Show the queues", responses={200: {"model": QueuesShown}, **shown(503)})
async def show_queues(model: TheReadModel) -> Response:
    """Who waits at the counters now, of those who drew a ticket today; the longest wait first."""
    fresh = freshness(model)
    return json_answer(
        {
            "items": model.queues.told(model.now(), model.catalogue.zone),
            "as_of": to_rfc3339(fresh.shown_as_of),
            "stale": fresh.stale,
        }
    )
