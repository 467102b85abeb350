"""The list and the detail of incidents, over the routes."""

from typing import get_args

import httpx
import pytest

from api.incidents.routes import VisibleState
from ioc.core.times import HOUR, MINUTE
from ioc.incident.lifecycle import EventType, State
from ioc.processors import serde
from tests.api.city import City


async def ids(client: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await client.get(f"/incidents{query}")
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


async def test_the_gravest_come_first_and_filters_combine(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1")
    city.report("field-reports:2", priority="urgent", ward="19774")
    city.report("flood-rain:3")
    city.happen("flood-rain:3", EventType.RESOLVED)
    assert (await ids(client))[0] == "field-reports:2"
    assert set(await ids(client, "?open=true")) == {"field-reports:1", "field-reports:2"}
    assert await ids(client, "?open=false") == ["flood-rain:3"]
    assert await ids(client, "?service=field-reports&ward=19774") == ["field-reports:2"]
    assert set(await ids(client, "?ward=19774&ward=19753&state=reported")) == {
        "field-reports:1",
        "field-reports:2",
    }
    assert await ids(client, "?severity=critical") == ["field-reports:2"]


async def test_search_knows_neither_marks_nor_case(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1", title="Đèn đường HỎNG")
    city.report("field-reports:2")
    assert await ids(client, "?text=den hong") == ["field-reports:1"]
    assert await ids(client, "?text=ĐÈN") == ["field-reports:1"]


async def test_search_knows_the_names_of_wards_and_units(city: City, client: httpx.AsyncClient) -> None:
    ward = city.model.catalogue.wards["19777"]
    city.report("field-reports:1", title="Đèn hỏng", ward=ward.code, unit="so-xay-dung")
    city.report("field-reports:2", title="Đèn hỏng", ward="19753", unit="so-y-te")
    city.report("field-reports:3", title="Đèn hỏng", ward=None)
    assert await ids(client, f"?text={ward.name}") == ["field-reports:1"]
    unit = city.model.catalogue.units["so-y-te"].name
    assert await ids(client, f"?text={unit} den") == ["field-reports:2"]


async def test_pages_cover_all_without_overlap(city: City, client: httpx.AsyncClient) -> None:
    for number in range(25):
        city.report(f"field-reports:{number}", priority=("low", "high", "urgent")[number % 3])
    whole, seen, after = await ids(client), [], ""
    while True:
        page = (await client.get(f"/incidents?limit=7{after}")).json()
        assert page["total"] == 25
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == whole


async def test_an_incident_without_its_report_is_shown_nowhere(city: City, client: httpx.AsyncClient) -> None:
    city.happen("field-reports:1", EventType.ACKNOWLEDGED)
    assert await ids(client) == []
    assert (await client.get("/incidents/field-reports:1")).status_code == 404
    city.report("field-reports:1")
    assert await ids(client) == ["field-reports:1"]


async def test_overdue_follows_the_pipelines_clock(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1")
    assert await ids(client, "?overdue=true") == []
    city.pass_time(HOUR + 1)
    assert await ids(client, "?overdue=true") == ["field-reports:1"]
    row = (await client.get("/incidents")).json()["items"][0]
    assert row["overdue"]
    assert row["due_target"] == "acknowledge"
    assert row["due"] == "2024-04-16T03:00:00.000Z"
    assert row["severity"] == "high"
    assert row["level"] == 1


async def test_the_detail_tells_history_arithmetic_and_commands(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:a/b")
    city.pass_time(MINUTE)
    city.happen("field-reports:a/b", EventType.PAUSED, actor="Lan", text="chờ dân")
    city.happen("field-reports:a/b", EventType.RATED, score=5)
    told = (await client.get("/incidents/field-reports:a%2Fb")).json()
    assert [entry["accepted"] for entry in told["history"]] == [True, True, False]
    assert told["history"][1]["actor"] == "Lan"
    assert told["history"][2]["reason"] == "illegal_move"
    resolve = next(one for one in told["deadlines"] if one["target"] == "resolve")
    assert resolve["rule"] == "field-reports"
    assert resolve["total_s"] == 16 * 3600
    assert resolve["used_s"] == 60
    assert resolve["remaining_s"] == 16 * 3600 - 60
    assert resolve["status"] == "paused"
    assert resolve["pauses"] == [{"from": "2024-04-16T02:01:00.000Z", "to": None}]
    assert told["paused"]
    assert "resume" in told["commands"]
    assert "start" not in told["commands"]


@pytest.mark.parametrize("query", ["?limit=0", "?state=pending", "?state=x", "?after=%21", "?after=W10", "?severity=x"])
async def test_what_is_not_valid_is_named(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/incidents{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"].split(".")[0] in query


def test_every_state_but_pending_can_be_asked_for() -> None:
    assert set(get_args(VisibleState)) == set(State) - {State.PENDING}


async def test_all_faults_are_named_at_once(client: httpx.AsyncClient) -> None:
    errors = (await client.get("/incidents?limit=0&state=x&overdue=perhaps&after=@@@")).json()["errors"]
    assert {error["field"] for error in errors} == {"limit", "state.0", "overdue", "after"}


async def test_old_versions_change_nothing(city: City) -> None:
    city.report("field-reports:1")
    old = city.processor.incidents["field-reports:1"]
    city.happen("field-reports:1", EventType.ACKNOWLEDGED)
    assert not city.model.upsert(serde.encode(old))
    entry = city.model.entry("field-reports:1")
    assert entry is not None
    assert entry.incident.state == "acknowledged"


async def test_what_is_shelved_says_until_when_and_by_whom_and_can_be_left_out(
    city: City, client: httpx.AsyncClient
) -> None:
    for number in (1, 2):
        city.report(f"field-reports:{number}")
    city.happen("field-reports:1", EventType.SHELVED, actor="Lan", text="chờ nước rút", until="2024-04-16T05:00:00Z")
    assert await ids(client, "?shelved=true") == ["field-reports:1"]
    assert await ids(client, "?open=true&shelved=false") == ["field-reports:2"]
    told = (await client.get("/incidents/field-reports:1")).json()
    assert (told["shelved_until"], told["shelved_by"]) == ("2024-04-16T05:00:00.000Z", "Lan")
    assert "unshelve" in told["commands"]
    assert told["history"][-1]["text"] == "chờ nước rút"
    city.pass_time(3 * HOUR)
    row = (await client.get("/incidents?shelved=false")).json()["items"][0]
    assert (row["id"], row["shelved_until"], row["overdue"]) == ("field-reports:1", None, True), "its deadlines ran on"
    assert "unshelve" not in (await client.get("/incidents/field-reports:1")).json()["commands"]


async def test_an_acknowledgement_says_when_it_lapses_and_that_it_has(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1")
    city.happen("field-reports:1", EventType.ACKNOWLEDGED)
    told = (await client.get("/incidents/field-reports:1")).json()
    assert (told["state"], told["lapses_at"]) == ("acknowledged", "2024-04-16T08:00:00.000Z")  # four working hours
    city.pass_time(7 * HOUR)
    told = (await client.get("/incidents/field-reports:1")).json()
    assert (told["state"], told["lapses_at"], told["lapses"]) == ("reported", None, 1)
    assert [entry["type"] for entry in told["history"]][-1] == "vn.ioc.incident.lapsed.v1"
