"""GET /groups: what a storm has brought about, cause by cause and ward by ward."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.http.problems import problem_responses
from api.http.responses import json_response
from api.incidents.groups_schemas import GroupsShown
from api.read_model.dependencies import TheReadModel
from api.read_model.freshness import freshness

router = APIRouter(tags=["incidents"])


@router.get(
    "/groups", summary="Group open incidents", responses={200: {"model": GroupsShown}, **problem_responses(422, 503)}
)
async def groups(
    model: TheReadModel,
    cause: Annotated[str | None, Query(max_length=128, description="Only this cause, by its id")] = None,
    ward: Annotated[str | None, Query(max_length=128, description="Only this ward, by its code")] = None,
    least: Annotated[int, Query(ge=1, le=1_000_000, description="Only groups of so many open incidents")] = 2,
) -> Response:
    """By what brings many about at once and by ward, the gravest group first; causes are those of the catalogue."""
    return json_response({"groups": model.groups(least, cause, ward), **freshness(model).fields})
