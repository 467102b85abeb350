"""GET /incidents and GET /incidents/{id}."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator
from starlette.responses import Response

from api.http.problems import problem_responses
from api.http.responses import json_response
from api.incidents.dependencies import TheEntry
from api.incidents.schemas import DetailShown, PageShown
from api.incidents.serializer import detail, row
from api.read_model import cursor
from api.read_model.dependencies import TheReadModel
from api.read_model.freshness import freshness
from api.read_model.index.filter import Filter

router = APIRouter(tags=["incidents"])

ServiceCodes = Annotated[list[str], Query(max_length=200, description="Codes of services")]
UnitCodes = Annotated[list[str], Query(max_length=200, description="Codes of units")]
ParentIds = Annotated[list[str], Query(max_length=200, description="Ids of incidents: what was merged into them")]
WardCodes = Annotated[list[str], Query(max_length=200, description="Codes of wards")]


def _check_cursor(text: str) -> str:
    cursor.decode_work_order(text)
    return text


# Checked while the request is read, so that its error is told together with the others.
PageCursor = Annotated[str, AfterValidator(_check_cursor)]
_TEXT = "Words, also of the names of ward and unit; marks and case do not matter"
# Every state but `pending`: such incidents are shown nowhere.
VisibleState = Literal[
    "reported",
    "acknowledged",
    "assigned",
    "in_progress",
    "paused",
    "resolved",
    "reopened",
    "cancelled",
    "rejected",
    "merged",
]
Severity = Literal["low", "medium", "high", "critical"]


@router.get(
    "/incidents", summary="List incidents", responses={200: {"model": PageShown}, **problem_responses(422, 503)}
)
async def incidents(
    model: TheReadModel,
    state: Annotated[list[VisibleState], Query(description="States")] = [],  # noqa: B006 - FastAPI copies it
    service: ServiceCodes = [],  # noqa: B006
    unit: UnitCodes = [],  # noqa: B006
    ward: WardCodes = [],  # noqa: B006
    parent: ParentIds = [],  # noqa: B006
    severity: Annotated[list[Severity], Query(description="Severities")] = [],  # noqa: B006
    overdue: Annotated[bool | None, Query(description="Whether the next deadline has passed")] = None,
    shelved: Annotated[bool | None, Query(description="Whether it is put aside for a time")] = None,
    maintenance: Annotated[bool | None, Query(description="Whether it lies under a maintenance window")] = None,
    is_open: Annotated[bool | None, Query(alias="open", description="Whether somebody still has to act")] = None,
    text: Annotated[str, Query(max_length=200, description=_TEXT)] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="Most rows in the answer")] = 100,
    after: Annotated[PageCursor | None, Query(max_length=1024, description="`next` of the page before")] = None,
) -> Response:
    """The gravest first, then the soonest due, then the oldest. Repeat a filter to allow several values."""
    criteria = Filter(state, service, unit, ward, parent, severity, overdue, shelved, is_open, text, maintenance)
    now = model.now()
    page = model.page(criteria, limit, None if after is None else cursor.decode_work_order(after))
    return json_response(
        {
            "items": [row(entry, now) for entry in page.entries],
            "next": None if page.next is None else cursor.encode(page.next),
            "total": page.total,
            **freshness(model).fields,
        }
    )


@router.get(
    "/incidents/{id:path}",
    summary="Show an incident",
    responses={200: {"model": DetailShown}, **problem_responses(404, 422, 503)},
)
async def incident(entry: TheEntry, model: TheReadModel) -> Response:
    """With its history, and for every deadline which rule and which arithmetic."""
    return json_response(detail(entry, model.now(), model.catalogue))
