"""GET /incidents and GET /incidents/{id}."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator
from starlette.responses import Response

from api.http.problems import shown
from api.http.responses import json_answer
from api.incidents.dependencies import KnownCard
from api.incidents.schemas import DetailShown, PageShown
from api.incidents.serializer import detail, row
from api.read_model import cursor
from api.read_model.dependencies import TheReadModel
from api.read_model.freshness import freshness
from api.read_model.index.filter import Filter
from ioc.core.times import to_rfc3339

router = APIRouter(tags=["incidents"])

Services = Annotated[list[str], Query(max_length=200, description="Codes of services")]
Units = Annotated[list[str], Query(max_length=200, description="Codes of units")]
Parents = Annotated[list[str], Query(max_length=200, description="Ids of incidents: what was merged into them")]
Wards = Annotated[list[str], Query(max_length=200, description="Codes of wards")]


def _of_this_list(text: str) -> str:
    cursor.decode(text)
    return text


# Checked while the request is read, so that its fault is told together with the others.
After = Annotated[str, AfterValidator(_of_this_list)]
_TEXT = "Words, also of the names of ward and unit; marks and case do not matter"
# Every state but that of incidents which are shown nowhere.
Shown = Literal[
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


@router.get("/incidents", summary="List incidents", responses={200: {"model": PageShown}, **shown(422, 503)})
async def incidents(
    model: TheReadModel,
    state: Annotated[list[Shown], Query(description="States")] = [],  # noqa: B006 - FastAPI copies it
    service: Services = [],  # noqa: B006
    unit: Units = [],  # noqa: B006
    ward: Wards = [],  # noqa: B006
    parent: Parents = [],  # noqa: B006
    severity: Annotated[list[Severity], Query(description="Severities")] = [],  # noqa: B006
    overdue: Annotated[bool | None, Query(description="Whether the next deadline has passed")] = None,
    shelved: Annotated[bool | None, Query(description="Whether it is put aside for a time")] = None,
    maintenance: Annotated[bool | None, Query(description="Whether it lies under a maintenance window")] = None,
    open: Annotated[bool | None, Query(description="Whether somebody still has to act")] = None,
    text: Annotated[str, Query(max_length=200, description=_TEXT)] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="Most rows in the answer")] = 100,
    after: Annotated[After | None, Query(max_length=1024, description="`next` of the page before")] = None,
) -> Response:
    """The gravest first, then the soonest due, then the oldest. Repeat a filter to allow several values."""
    wanted = Filter(state, service, unit, ward, parent, severity, overdue, shelved, open, text, maintenance)
    now, fresh = model.now(), freshness(model)
    page = model.page(wanted, limit, None if after is None else cursor.decode(after))
    return json_answer(
        {
            "items": [row(card, now) for card in page.cards],
            "next": None if page.next is None else cursor.encode(page.next),
            "total": page.total,
            "as_of": to_rfc3339(fresh.shown_as_of),
            "stale": fresh.stale,
        }
    )


@router.get(
    "/incidents/{id:path}",
    summary="Show an incident",
    responses={200: {"model": DetailShown}, **shown(404, 422, 503)},
)
async def incident(card: KnownCard, model: TheReadModel) -> Response:
    """With its history, and for every deadline which rule and which arithmetic."""
    return json_answer(detail(card, model.now(), model.catalogue))
