"""A storm on the screen: open incidents by what brought them about, and by ward."""

import httpx
import pytest

from ioc.core.times import HOUR
from ioc.incident.lifecycle import EventType
from tests.api.city import START, City

pytestmark = pytest.mark.asyncio


def storm(city: City) -> None:
    """Three trees and a blackout in one ward, two floods in another, one tree nobody knows the ward of, and a noise."""
    for number, (service, category, ward) in enumerate(
        [
            *[("field-reports", "tree", "19753")] * 3,
            ("field-reports", "power", "19753"),
            *[("flood-rain", "flood", "19774")] * 2,
            ("field-reports", "tree", None),
            ("field-reports", "noise", "19753"),
        ]
    ):
        priority = "urgent" if number == 3 else "normal"
        city.report(f"{service}:{number}", category=category, ward=ward, priority=priority)
        city.pass_time(1000)


async def groups(client: httpx.AsyncClient, **wanted: object) -> list[tuple[str, str | None, int]]:
    answer = (await client.get("/groups", params=wanted)).json()  # type: ignore[arg-type]
    return [(group["cause"], group["ward"], group["open"]) for group in answer["groups"]]


async def test_open_incidents_are_grouped_by_cause_and_ward_the_gravest_first(
    city: City, client: httpx.AsyncClient
) -> None:
    storm(city)
    assert await groups(client) == [("storm", "19753", 4), ("storm", "19774", 2)]
    assert await groups(client, least=1) == [("storm", "19753", 4), ("storm", "19774", 2), ("storm", None, 1)]
    assert await groups(client, ward="19774") == [("storm", "19774", 2)]
    assert await groups(client, cause="epidemic", least=1) == []
    (first, _) = (await client.get("/groups")).json()["groups"]
    assert (first["gravest"], first["oldest"]) == ("critical", "2024-04-16T02:00:00.000Z")
    assert first["ids"] == ["field-reports:3", "field-reports:0", "field-reports:1", "field-reports:2"]


async def test_what_is_closed_leaves_its_group_and_what_was_merged_counts_as_a_report(
    city: City, client: httpx.AsyncClient
) -> None:
    storm(city)
    city.happen("field-reports:1", EventType.MERGED, into="field-reports:0")
    city.happen("field-reports:2", EventType.RESOLVED)
    (group, _) = (await client.get("/groups")).json()["groups"]
    assert (group["open"], group["reports"]) == (2, 3)
    city.happen("field-reports:0", EventType.CANCELLED)
    city.happen("field-reports:3", EventType.RESOLVED)
    assert await groups(client, least=1) == [("storm", "19774", 2), ("storm", None, 1)]


async def test_the_overdue_of_a_group_are_counted_as_time_goes_on(city: City, client: httpx.AsyncClient) -> None:
    storm(city)
    city.pass_time(300 * HOUR)
    told = (await client.get("/groups")).json()["groups"]
    assert [(group["overdue"], group["open"]) for group in told] == [(4, 4), (2, 2)]
    assert city.now > START


async def test_the_feed_tells_the_groups_with_the_figures(city: City, client: httpx.AsyncClient) -> None:
    storm(city)
    told = (await client.get("/figures")).json()["groups"]
    assert [(group["cause"], group["open"]) for group in told] == [("storm", 4), ("storm", 2)]
    causes = (await client.get("/catalogue")).json()["causes"]
    told_storm = next(cause for cause in causes if cause["id"] == "storm")
    assert (told_storm["name_vi"], told_storm["name_en"]) == ("Mưa bão, ngập lụt", "Storm and flood")
    assert told_storm["matters"]["field-reports"] == ["power", "tree", "water"]
    assert told_storm["matters"]["flood-rain"] == [], "all of the service"
