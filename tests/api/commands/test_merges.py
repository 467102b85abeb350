"""Merging by hand: what an operator is shown of a family, and what is refused."""

import httpx
import pytest

from api.feed.feed import Feed
from ioc.core.times import HOUR
from ioc.incident.lifecycle import EventType
from tests.api.city import City, decoded_body

pytestmark = pytest.mark.asyncio
A, B, C = "field-reports:1", "field-reports:2", "field-reports:3"


def reported(city: City, *incident_ids: str) -> None:
    for incident_id in incident_ids:
        city.report(incident_id)
        city.pass_time(1000)


async def order(client: httpx.AsyncClient, city: City, incident_id: str, command: str, **body: str) -> httpx.Response:
    """Give a command, and fold all that comes of it."""
    answer = await client.post(f"/incidents/{incident_id}/{command}", json=body)
    for published in city.broker.published:
        city.receive(*published)
    city.broker.published.clear()
    return answer


async def shown(client: httpx.AsyncClient, incident_id: str) -> dict[str, object]:
    detail: dict[str, object] = (await client.get(f"/incidents/{incident_id}")).json()
    return detail


async def test_a_merged_report_is_a_number_on_the_line_of_its_parent(city: City, client: httpx.AsyncClient) -> None:
    reported(city, A, B, C)
    for child in (B, C):
        assert (await order(client, city, child, "merge", into=A)).status_code == 202
    listed = (await client.get("/incidents", params={"open": "true"})).json()
    assert [(row["id"], row["children"]) for row in listed["items"]] == [(A, 2)]
    merged = (await client.get("/incidents", params={"parent": A})).json()
    assert {(row["id"], row["parent"], row["state"]) for row in merged["items"]} == {(B, A, "merged"), (C, A, "merged")}
    assert [one["id"] for one in (await shown(client, A))["merged"]] == [B, C]  # type: ignore[attr-defined]


async def test_a_merged_report_goes_from_the_feed_and_comes_back_with_unmerge(
    city: City, client: httpx.AsyncClient
) -> None:
    reported(city, A, B)
    feed: Feed = city.feed
    feed.step()
    with feed.client() as screen:
        await order(client, city, B, "merge", into=A)
        feed.step()
        (rows,) = [one for one in await screen.take() if one.kind == "incident"]
        assert (rows.body["removed"], [row["id"] for row in decoded_body(rows)["upserts"]]) == ([B], [A])
        await order(client, city, B, "unmerge")
        feed.step()
        (rows,) = [one for one in await screen.take() if one.kind == "incident"]
        assert {(row["id"], row["state"], row["children"]) for row in decoded_body(rows)["upserts"]} == {
            (A, "reported", 0),
            (B, "reported", 0),
        }
    (snapshot, _) = feed.opening()
    assert {row["id"] for row in decoded_body(snapshot)["incidents"]} == {A, B}


async def test_what_the_parent_comes_to_is_shown_on_the_child_and_can_be_rated(
    city: City, client: httpx.AsyncClient
) -> None:
    reported(city, A, B)
    await order(client, city, B, "merge", into=A)
    assert (await shown(client, B))["commands"] == ["unmerge"]
    refused = await client.post(f"/incidents/{B}/rate", json={"score": 5})
    assert refused.status_code == 409
    await order(client, city, A, "resolve")
    child = await shown(client, B)
    assert (child["outcome"], child["commands"]) == ("resolved", ["rate", "unmerge"])
    assert (await client.post(f"/incidents/{B}/rate", json={"score": 5})).status_code == 202


@pytest.mark.parametrize("into", ["field-reports:404", A])
async def test_nothing_is_merged_into_itself_or_the_unknown(city: City, client: httpx.AsyncClient, into: str) -> None:
    reported(city, A)
    answer = await client.post(f"/incidents/{A}/merge", json={"into": into})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["into"]
    assert into not in answer.text


async def test_nothing_is_merged_in_a_circle(city: City, client: httpx.AsyncClient) -> None:
    reported(city, A, B, C)
    await order(client, city, B, "merge", into=A)
    await order(client, city, C, "merge", into=B)
    answer = await client.post(f"/incidents/{A}/merge", json={"into": C})
    assert answer.status_code == 409
    assert answer.json()["errors"] == [{"field": "into", "reason": "is merged into this incident itself"}]


async def test_nothing_new_is_merged_into_what_has_ended(city: City, client: httpx.AsyncClient) -> None:
    reported(city, A)
    city.happen(A, EventType.RESOLVED)
    city.pass_time(HOUR)
    reported(city, B)
    answer = await client.post(f"/incidents/{B}/merge", json={"into": A})
    assert answer.status_code == 409
    assert answer.json()["errors"] == [{"field": "into", "reason": "had ended before this was reported"}]


async def test_a_proposal_is_shown_and_declined_or_taken(city: City, client: httpx.AsyncClient) -> None:
    reported(city, A, B)
    assert "decline" not in (await shown(client, B))["commands"]  # type: ignore[operator]
    city.happen(B, EventType.PROPOSED, into=A, by_rule="blackout")
    row = await shown(client, B)
    assert row["proposed"] == A
    assert "decline" in row["commands"]  # type: ignore[operator]
    await order(client, city, B, "decline")
    assert (await shown(client, B))["proposed"] is None
