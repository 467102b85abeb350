"""GET /notifications: who was told what, and who was not and why."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator
from starlette.responses import Response

from api.http.json import moment
from api.http.problems import shown
from api.http.responses import json_answer
from api.notifications.schemas import LedgerShown
from api.read_model import notification_log
from api.read_model.dependencies import TheReadModel
from api.read_model.notification_log import NotificationFilter
from ioc.core.times import to_rfc3339
from ioc.notifications.notification import Notification, Status

router = APIRouter(tags=["notifications"])


def _of_this_list(text: str) -> str:
    notification_log.decode_cursor(text)
    return text


After = Annotated[str, AfterValidator(_of_this_list)]


@router.get(
    "/notifications",
    summary="List who was told what",
    responses={200: {"model": LedgerShown}, **shown(422, 503)},
)
async def notifications(
    model: TheReadModel,
    incident: Annotated[str | None, Query(max_length=512, description="Of this incident")] = None,
    status: Annotated[list[Status], Query(description="How far they are")] = [],  # noqa: B006 - FastAPI copies it
    unit: Annotated[list[str], Query(max_length=200, description="Codes of the units told")] = [],  # noqa: B006
    channel: Annotated[list[str], Query(max_length=200, description="Ids of channels")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=1000, description="Most in the answer")] = 100,
    after: Annotated[After | None, Query(max_length=1024, description="`next` of the page before")] = None,
) -> Response:
    """The newest first, as far back as the API keeps them; the whole ledger is the topic `ioc.notifications`."""
    sought = NotificationFilter(incident, status, unit, channel)
    found = model.ledger.page(sought, limit, None if after is None else notification_log.decode_cursor(after))
    return json_answer(
        {
            "items": [_told(one) for one in found.notifications],
            "next": None if found.next is None else notification_log.encode_cursor(found.next),
            "total": found.total,
        }
    )


def _told(one: Notification) -> dict[str, Any]:
    return {
        "id": one.id,
        "incident": one.incident,
        "occasion": one.occasion,
        "unit": one.unit,
        "channel": one.channel,
        "urgent": one.urgent,
        "status": one.status,
        "reason": one.reason or None,
        "at": to_rfc3339(one.at),
        "planned_at": to_rfc3339(one.planned_at),
        "time": to_rfc3339(one.time),
        "until": moment(one.until),
        "attempts": one.attempts,
        "message": one.message,
        "window": one.window,
        "level": one.level,
        "target": one.target,
        "due": moment(one.due),
    }
