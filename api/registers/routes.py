"""GET /dossiers/{code} and GET /queues."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.http.problems import Problem, problem_responses
from api.http.responses import json_response
from api.read_model.dependencies import TheReadModel
from api.read_model.freshness import freshness
from api.registers.dossiers import dossiers
from api.registers.schemas import DossiersShown, QueuesShown

router = APIRouter(tags=["registers"])

DossierCode = Annotated[
    str,
    Path(max_length=256, description="As printed on the receipt; case does not matter", examples=["HS-251027-0001"]),
]


@router.get(
    "/dossiers/{code:path}",
    summary="Look up a dossier",
    responses={200: {"model": DossiersShown}, **problem_responses(404, 422, 503)},
)
async def show_dossiers(code: DossierCode, model: TheReadModel) -> Response:
    """How it stands, by when it is due and what came of it, for whoever knows its code. No names, nobody's words.

    Codes are numbers of the sources: when several sources use the same, all that have it are told.
    """
    answer = dossiers(model, code)
    if not answer["items"]:
        raise Problem(404, "No such dossier")
    return json_response(answer)


@router.get("/queues", summary="Show the queues", responses={200: {"model": QueuesShown}, **problem_responses(503)})
async def show_queues(model: TheReadModel) -> Response:
    """Who waits at the counters now, of those who drew a ticket today; the longest wait first."""
    queues = model.queues.summary(model.now(), model.catalogue.zone)
    return json_response({"items": queues, **freshness(model).fields})
