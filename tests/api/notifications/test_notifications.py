"""GET /notifications: an operator sees who was told of what, and who was not and why."""

from typing import Any

import httpx
import pytest

from api.notifications import schemas as notifications_schemas
from api.read_model.notification_log import NotificationFilter, NotificationIndex
from api.read_model.records import apply_record
from ioc.core.topics import Topic
from ioc.notifications.notification import Notification, NotificationStatus, Occasion, StatusReason
from ioc.processors.serde import encode
from tests.api.city import START, City


def notification(number: int, **changed: Any) -> Notification:
    fields = {
        "id": f"ntf_{number}",
        "cause": f"c{number}",
        "occasion": Occasion.WARNED,
        "incident": "field-reports:1",
        "unit": "hepco",
        "channel": "message",
        "status": NotificationStatus.SENT,
        "at": START + number,
        "planned_at": START,
        "time": START,
    }
    return Notification(**{**fields, **changed})


def write(city: City, *notifications: Notification) -> None:
    for entry in notifications:
        apply_record(city.model, Topic.NOTIFICATIONS, entry.id.encode(), encode(entry))


async def ids(client: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"/notifications?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return [one["id"] for one in answer.json()["items"]]


async def test_the_newest_come_first_and_each_filter_narrows(city: City, client: httpx.AsyncClient) -> None:
    write(
        city,
        notification(1, status=NotificationStatus.PLANNED),
        notification(2, incident="field-reports:2", unit="csgt", channel="call"),
        notification(3, status=NotificationStatus.FAILED, reason="http_503", attempts=12),
        notification(4, status=NotificationStatus.SUPPRESSED, reason=StatusReason.MAINTENANCE, window="mw-1"),
        notification(1, at=START + 9),
    )
    assert await ids(client) == ["ntf_1", "ntf_4", "ntf_3", "ntf_2"]
    assert await ids(client, "incident=field-reports:2") == ["ntf_2"]
    assert await ids(client, "status=failed&status=suppressed") == ["ntf_4", "ntf_3"]
    assert await ids(client, "unit=csgt&channel=call") == ["ntf_2"]
    assert await ids(client, "unit=csgt&channel=message") == []
    (failed,) = (await client.get("/notifications?status=failed")).json()["items"]
    assert notifications_schemas.NotificationShown.model_validate(failed).model_dump() == failed
    assert (failed["reason"], failed["attempts"]) == ("http_503", 12)


async def test_pages_follow_one_another_and_every_fault_is_told(city: City, client: httpx.AsyncClient) -> None:
    write(city, *(notification(number, at=START + number // 2) for number in range(7)))
    seen: list[str] = []
    after = ""
    while True:
        page = (await client.get(f"/notifications?limit=3{after}")).json()
        seen += [one["id"] for one in page["items"]]
        assert page["total"] == 7
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [f"ntf_{number}" for number in (6, 5, 4, 3, 2, 1, 0)]
    answer = await client.get("/notifications?limit=0&status=lost&after=x")
    assert answer.status_code == 422
    assert {one["field"].partition(".")[0] for one in answer.json()["errors"]} == {"limit", "status", "after"}


def test_the_newest_are_kept_and_the_oldest_let_go() -> None:
    index = NotificationIndex(min_kept=10)
    for number in range(1000):
        index.put(f"ntf_{number}", notification(number))
        assert len(index) <= 21
    assert [one.id for one in index.page(NotificationFilter(), 10).notifications] == [
        f"ntf_{n}" for n in range(999, 989, -1)
    ]
    index.put("ntf_999", None)
    assert index.page(NotificationFilter(), 1).notifications[0].id == "ntf_998"


@pytest.mark.parametrize("status", NotificationStatus)
async def test_every_status_can_be_asked_for(city: City, client: httpx.AsyncClient, status: NotificationStatus) -> None:
    write(city, notification(1, status=status))
    assert await ids(client, f"status={status}") == ["ntf_1"]
