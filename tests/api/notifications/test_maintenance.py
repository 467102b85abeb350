"""Maintenance windows as an operator opens, sees and ends them; the rows in their scope are marked."""

from typing import Any

import httpx
import msgspec
import pytest

from api.http.auth import Gate, the_gate
from api.notifications import schemas as notifications_schemas
from api.notifications.maintenance_bodies import EndWindow, OpenWindow
from api.read_model.records import apply_record
from ioc.core.times import DAY, HOUR, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.lifecycle import EventType
from ioc.processors.serde import decode_maintenance_window
from tests.api.city import START, City, decoded_body
from tests.api.http.test_auth import AUTH, bearing

ONE = "field-reports:1"


def body(**changed: Any) -> dict[str, Any]:
    fields = {
        "scope": {"wards": ["19753"]},
        "from": to_rfc3339(START),
        "to": to_rfc3339(START + HOUR),
        "actor": "Ca trực 1",
        "why": "Thay trạm biến áp",
    }
    return {name: value for name, value in {**fields, **changed}.items() if value is not ...}


def read_back(city: City) -> None:
    """Let the API read back what it wrote, as it does from the topic."""
    for key, value in city.broker.windows:
        apply_record(city.model, Topic.MAINTENANCE, key, value)


async def open_window(city: City, client: httpx.AsyncClient, **changed: Any) -> dict[str, Any]:
    answer = await client.post("/maintenance", json=body(**changed))
    assert answer.status_code == 202, answer.text
    read_back(city)
    window: dict[str, Any] = answer.json()
    assert notifications_schemas.WindowShown.model_validate(window).model_dump(by_alias=True) == window
    return window


async def window_marked(client: httpx.AsyncClient) -> str | None:
    window_id = (await client.get(f"/incidents/{ONE}")).json()["maintenance"]
    assert window_id is None or isinstance(window_id, str)
    return window_id


async def test_a_window_is_opened_seen_and_ended_and_rows_are_marked_meanwhile(
    city: City, client: httpx.AsyncClient
) -> None:
    city.report(ONE)
    city.report("field-reports:2", ward="19774")
    window = await open_window(city, client)
    assert (window["stage"], window["by"], window["incidents"]) == ("active", "Ca trực 1", 1)
    assert await window_marked(client) == window["id"]
    rows = (await client.get("/incidents?maintenance=true")).json()["items"]
    assert [row["id"] for row in rows] == [ONE]
    city.report("field-reports:3")
    assert (await client.get("/incidents/field-reports:3")).json()["maintenance"] == window["id"]
    city.pass_time(1000)
    answer = await client.post(f"/maintenance/{window['id']}/end", json={"actor": "Ca trực 2", "why": "Xong sớm"})
    assert answer.status_code == 202, answer.text
    assert (answer.json()["stage"], answer.json()["ended_by"]) == ("over", "Ca trực 2")
    read_back(city)
    assert await window_marked(client) is None
    last = decode_maintenance_window(city.broker.windows[-1][1])
    assert (last.ended_at, last.why, last.ended_why) == (START + 1000, "Thay trạm biến áp", "Xong sớm")


async def test_rows_are_marked_and_cleared_as_time_passes(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    window = await open_window(city, client, **{"from": to_rfc3339(START + HOUR), "to": to_rfc3339(START + 2 * HOUR)})
    assert (window["stage"], await window_marked(client)) == ("coming", None)
    city.feed.step()
    with city.feed.client() as screen:
        for minutes, mark in ((HOUR, window["id"]), (HOUR, None)):
            city.now += minutes
            city.feed.step()
            rows = [row for one in screen.pending if one.kind == "incident" for row in decoded_body(one)["upserts"]]
            assert [(row["id"], row["maintenance"]) for row in rows] == [(ONE, mark)]
            screen.pending.clear()


async def test_a_closed_incident_is_not_marked(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    await open_window(city, client)
    city.happen(ONE, EventType.RESOLVED)
    assert await window_marked(client) is None


async def test_windows_are_listed_by_stage_the_latest_start_first(city: City, client: httpx.AsyncClient) -> None:
    over = await open_window(city, client, to=to_rfc3339(START + 1))
    coming = await open_window(city, client, **{"from": to_rfc3339(START + DAY), "to": to_rfc3339(START + 2 * DAY)})
    off = await open_window(city, client, **{"from": to_rfc3339(START + 2 * DAY), "to": to_rfc3339(START + 3 * DAY)})
    city.now += 1
    assert (await client.post(f"/maintenance/{off['id']}/end", json={"actor": "x", "why": "y"})).status_code == 202
    read_back(city)
    active = await open_window(city, client)
    found = (await client.get("/maintenance")).json()
    assert [(one["id"], one["stage"]) for one in found["items"]][:2] == [
        (off["id"], "called_off"),
        (coming["id"], "coming"),
    ]
    assert {one["id"]: one["stage"] for one in found["items"]}[over["id"]] == "over"
    only = (await client.get("/maintenance?stage=active&limit=1")).json()
    assert ([one["id"] for one in only["items"]], only["total"]) == ([active["id"]], 1)


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"scope": ..., "why": ..., "actor": ""}, {"scope", "why", "actor"}),
        ({"scope": {}}, {"scope"}),
        (
            {"scope": {"wards": ["1", "19753"], "services": ["x"]}, "why": ""},
            {"scope.wards.0", "scope.services.0", "why"},
        ),
        ({"scope": {"colour": ["red"]}, "from": "yesterday"}, {"scope", "scope.colour", "from"}),
        ({"to": to_rfc3339(START + 31 * DAY), "more": 1}, {"to", "more"}),
        ({"to": to_rfc3339(START - 1), "from": to_rfc3339(START - 2)}, {"to"}),
        ({"from": "2024-04-16T09:00:00", "scope": {"units": ["x"]}}, {"from", "scope.units.0"}),
    ],
)
async def test_everything_wrong_with_a_window_is_told_at_once(
    city: City, client: httpx.AsyncClient, more: dict[str, Any], fields: set[str]
) -> None:
    answer = await client.post("/maintenance", json=body(**more))
    assert answer.status_code == 422, answer.text
    assert {one["field"] for one in answer.json()["errors"]} == fields
    assert city.broker.windows == []


async def test_a_body_that_is_no_json_is_refused(client: httpx.AsyncClient) -> None:
    for content in (b"{", b"\xff", b"[]"):
        assert (await client.post("/maintenance", content=content)).status_code == 422


async def test_the_same_key_opens_one_window(city: City, client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k1"}
    first = await client.post("/maintenance", json=body(), headers=key)
    read_back(city)
    again = await client.post("/maintenance", json=body(), headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert len(city.broker.windows) == 1
    other = await client.post("/maintenance", json=body(why="Khác"), headers=key)
    assert other.status_code == 409


async def test_only_what_is_there_and_not_over_can_be_ended(city: City, client: httpx.AsyncClient) -> None:
    end = {"actor": "x", "why": "y"}
    assert (await client.post("/maintenance/nothing/end", json=end)).status_code == 404
    window = await open_window(city, client)
    city.now += HOUR
    assert (await client.post(f"/maintenance/{window['id']}/end", json=end)).status_code == 409
    faulty = await client.post(f"/maintenance/{window['id']}/end", json={"actor": ""})
    assert {one["field"] for one in faulty.json()["errors"]} == {"actor", "why"}


async def test_a_window_the_broker_did_not_take_is_not_there(city: City, client: httpx.AsyncClient) -> None:
    city.broker.down = True
    assert (await client.post("/maintenance", json=body())).status_code == 503


@pytest.mark.parametrize("command", [OpenWindow, EndWindow])
def test_every_example_of_a_body_is_valid(city: City, command: type[OpenWindow | EndWindow]) -> None:
    assert city.api.openapi()["components"]["schemas"][command.__name__]["examples"]
    for example in command.model_json_schema()["examples"]:
        command.model_validate_json(msgspec.json.encode(example))


@pytest.mark.parametrize(("path", "sent"), [("/maintenance", body()), ("/maintenance/x/end", {}), ("/maintenance", {})])
async def test_windows_are_operators_to_open_and_end_and_bear_their_names(
    city: City, client: httpx.AsyncClient, path: str, sent: dict[str, Any]
) -> None:
    the_gate.bind(city.api, Gate(AUTH))
    assert (await client.post(path, json=sent)).status_code == 401
    assert (await client.post(path, json=sent, headers=bearing(roles=["identity"]))).status_code == 403
    opened = await client.post("/maintenance", json=body(), headers=bearing())
    read_back(city)
    end = {"actor": "somebody else", "why": "x"}
    ended = await client.post(f"/maintenance/{opened.json()['id']}/end", json=end, headers=bearing())
    assert (opened.json()["by"], ended.json()["ended_by"]) == ("lan@hue", "lan@hue")
