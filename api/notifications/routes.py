"""GET /notifications: the log of notifications, with those that were not sent and why."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator
from starlette.responses import Response

from api.http.json import optional_rfc3339
from api.http.problems import problem_responses
from api.http.responses import json_response
from api.notifications.schemas import NotificationLogShown
from api.read_model import cursor
from api.read_model.dependencies import TheReadModel
from api.read_model.notification_log import NotificationFilter
from ioc.core.times import to_rfc3339
from ioc.notifications.notification import Notification, NotificationStatus

router = APIRouter(tags=["notifications"])


def _check_cursor(text: str) -> str:
    cursor.decode_notification(text)
    return text


LogCursor = Annotated[str, AfterValidator(_check_cursor)]


@router.get(
    "/notifications",
    summary="List who was told what",
    responses={200: {"model": NotificationLogShown}, **problem_responses(422, 503)},
)
async def notifications(
    model: TheReadModel,
    incident: Annotated[str | None, Query(max_length=512, description="Of this incident")] = None,
    status: Annotated[list[NotificationStatus], Query(description="How far they are")] = [],  # noqa: B006 - FastAPI copies it
    unit: Annotated[list[str], Query(max_length=200, description="Codes of the units told")] = [],  # noqa: B006
    channel: Annotated[list[str], Query(max_length=200, description="Ids of channels")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=1000, description="Most in the answer")] = 100,
    after: Annotated[LogCursor | None, Query(max_length=1024, description="`next` of the page before")] = None,
) -> Response:
    """The newest first, as far back as the API keeps them; the whole ledger is the topic `ioc.notifications`."""
    filters = NotificationFilter(incident, status, unit, channel)
    page = model.notifications.page(filters, limit, None if after is None else cursor.decode_notification(after))
    return json_response(
        {
            "items": [_serialize(notification) for notification in page.notifications],
            "next": None if page.next is None else cursor.encode(page.next),
            "total": page.total,
        }
    )


def _serialize(notification: Notification) -> dict[str, Any]:
    return {
        "id": notification.id,
        "incident": notification.incident,
        "occasion": notification.occasion,
        "unit": notification.unit,
        "channel": notification.channel,
        "urgent": notification.urgent,
        "status": notification.status,
        "reason": notification.reason or None,
        "at": to_rfc3339(notification.at),
        "planned_at": to_rfc3339(notification.planned_at),
        "time": to_rfc3339(notification.time),
        "until": optional_rfc3339(notification.until),
        "attempts": notification.attempts,
        "message": notification.message,
        "window": notification.window,
        "level": notification.level,
        "target": notification.target,
        "due": optional_rfc3339(notification.due),
    }
