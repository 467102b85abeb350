"""Operator commands: what they publish, what they refuse, and that the fold understands them."""

import asyncio

import httpx
import msgspec
import pytest

from api.commands.dependencies import the_idempotency_cache
from api.commands.idempotency import IdempotencyCache
from ioc.incident.event import Event
from ioc.incident.lifecycle import COMMANDS, EventType
from ioc.incident.payloads import Payload
from tests.api.city import City

pytestmark = pytest.mark.asyncio
ONE = "field-reports:1"

SHELVED = {"actor": "Lan", "text": "chờ nước rút", "until": "2024-04-18T02:00:00+00:00"}
PRIOR_DATA: dict[EventType, dict[str, object]] = {
    EventType.DIRECTED: {"event_id": "d", "units": ["so-y-te"]},
    EventType.SHELVED: SHELVED,
    EventType.MERGED: {"into": "field-reports:9"},
    EventType.PROPOSED: {"into": "field-reports:9"},
}
PREPARED: dict[str, tuple[tuple[EventType, ...], dict[str, object]]] = {
    "acknowledge": ((), {}),
    "assign": ((), {"assignee": "Tổ 2", "unit": "so-xay-dung"}),
    "start": ((), {"actor": "Lan"}),
    "pause": ((), {"text": "chờ dân"}),
    "resume": ((EventType.PAUSED,), {}),
    "resolve": ((), {}),
    "reopen": ((EventType.RESOLVED,), {}),
    "escalate": ((), {"level": 2}),
    "direct": ((), {"units": ["so-y-te"], "due": "2024-04-17T02:00:00+00:00"}),
    "acknowledge_directive": ((EventType.DIRECTED,), {"directive": "d", "unit": "so-y-te"}),
    "report_directive": ((EventType.DIRECTED,), {"directive": "d", "unit": "so-y-te", "text": "xong"}),
    "update": (
        (),
        {"priority": "urgent", "category": "tree", "unit": "pccc", "ward": "19753", "lat": 16.5, "lon": 107},
    ),
    "rate": ((EventType.RESOLVED,), {"score": 4}),
    "shelve": ((), SHELVED),
    "merge": ((), {"into": "field-reports:9"}),
    "unmerge": ((EventType.MERGED,), {"actor": "Lan"}),
    "decline": ((EventType.PROPOSED,), {"text": "khác"}),
    "unshelve": ((EventType.SHELVED,), {"actor": "Lan"}),
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_becomes_an_event_that_the_fold_accepts(
    city: City, client: httpx.AsyncClient, command: str
) -> None:
    before, body = PREPARED[command]
    city.report("field-reports:9")
    city.report(ONE)
    for event_type in before:
        city.happen(ONE, event_type, **PRIOR_DATA.get(event_type, {}))  # type: ignore[arg-type]
    answer = await client.post(f"/incidents/{ONE}/{command}", json=body, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 202, answer.text
    ((key, value, headers),) = city.broker.published
    assert key == ONE.encode()
    assert ("content-type", b"application/cloudevents+json") in headers
    event = msgspec.json.decode(value)
    assert event["source"] == "/operations-centre/field-reports"
    assert event["subject"] == "1"
    assert ("by" in event["data"]) == (command == "direct")
    assert answer.json() == {
        "event_id": "k1",
        "source": event["source"],
        "incident": ONE,
        "type": event["type"],
        "time": event["time"],
    }
    city.receive(key, value, headers)
    entry = city.processor.incidents[ONE].history[-1]
    assert (entry.id, entry.event_type, entry.refused) == ("k1", COMMANDS[command], None)


async def test_a_command_sent_again_is_answered_again_and_changes_nothing(
    city: City, client: httpx.AsyncClient
) -> None:
    city.report(ONE)
    headers = {"Idempotency-Key": "k1"}
    first = await client.post(f"/incidents/{ONE}/acknowledge", json={}, headers=headers)
    city.receive(*city.broker.published[0])
    again = await client.post(f"/incidents/{ONE}/acknowledge", json={}, headers=headers)
    assert again.status_code == 202
    assert again.json() == first.json()
    assert len(city.broker.published) == 1
    other = await client.post(f"/incidents/{ONE}/start", json={}, headers=headers)
    assert other.status_code == 409
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_an_unknown_incident_is_404_whatever_the_body_says(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"/incidents/{ONE}/rate", json={"score": 9})
    assert answer.status_code == 404


async def test_a_move_the_lifecycle_does_not_allow_is_409(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    answer = await client.post(f"/incidents/{ONE}/resume", json={})
    assert answer.status_code == 409
    assert "acknowledge" in answer.json()["detail"]
    assert city.broker.published == []


@pytest.mark.parametrize(
    ("command", "body", "fields"),
    [
        ("assign", {}, {"body"}),
        ("assign", {"unit": "nowhere"}, {"unit"}),
        ("assign", {"foo": 1}, {"foo", "body"}),
        ("assign", [], {"body"}),
        ("resume", {"foo": 1}, {"foo", "command"}),
        ("rate", {"foo": 1}, {"foo", "body"}),
        ("assign", {"unit": "nowhere", "actor": 5, "asignee": "x"}, {"unit", "actor", "asignee"}),
        ("direct", {"units": []}, {"units"}),
        ("direct", {"units": ["nowhere"], "due": "2024-04-17T02:00:00"}, {"units", "due"}),
        ("rate", {"score": 9, "satisfaction": "so-so"}, {"score", "satisfaction"}),
        ("escalate", {"level": 0}, {"level"}),
        ("escalate", {"level": True, "to": "nowhere"}, {"level", "to"}),
        ("escalate", {"level": "2"}, {"level"}),
        ("escalate", {"to": "nowhere"}, {"to"}),
        ("direct", {"units": ["so-y-te"], "due": 5}, {"due"}),
        ("direct", {"units": ["so-y-te"], "due": "5"}, {"due"}),
        ("direct", {"units": ["so-y-te"], "due": "2500-01-01T00:00:00Z", "foo": 1}, {"due", "foo"}),
        ("shelve", {}, {"actor", "text", "until"}),
        ("shelve", {"actor": " ", "text": "", "until": "2024-04-17"}, {"actor", "text", "until"}),
        ("shelve", {**SHELVED, "until": "2024-04-16T01:00:00Z"}, {"until"}),
        ("shelve", {**SHELVED, "until": "2024-04-24T02:00:00Z"}, {"until"}),  # a week is the longest
        # What the workers alone would refuse:
        ("acknowledge", {"text": "\u0958" * 8000}, {"text"}),  # twice as long in NFC
    ],
)
async def test_all_faults_of_a_body_are_named_at_once(
    city: City, client: httpx.AsyncClient, command: str, body: object, fields: set[str]
) -> None:
    city.report(ONE)
    if command == "rate":
        city.happen(ONE, EventType.RESOLVED)
    answer = await client.post(f"/incidents/{ONE}/{command}", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in answer.json()["errors"]} == fields
    assert city.broker.published == []


async def test_without_the_brokers_word_nothing_is_accepted(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    city.broker.down = True
    answer = await client.post(f"/incidents/{ONE}/acknowledge", json={})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    key = answer.json()["event_id"]
    city.broker.down = False
    again = await client.post(f"/incidents/{ONE}/acknowledge", json={}, headers={"Idempotency-Key": key})
    assert (again.status_code, again.json()["event_id"]) == (202, key)


async def test_a_key_means_one_command_with_one_body_also_before_the_workers_show_it(
    city: City, client: httpx.AsyncClient
) -> None:
    city.report(ONE)

    async def send(command: str, body: object) -> httpx.Response:
        return await client.post(f"/incidents/{ONE}/{command}", json=body, headers={"Idempotency-Key": "k1"})

    first, twin = await asyncio.gather(*(send("escalate", {"level": 1}) for _ in range(2)))
    for unseen in (True, False):
        again = await send("escalate", {})  # level 1 is what is meant
        assert (again.status_code, again.json()) == (202, first.json())
        assert twin.json() == first.json()
        for other in (await send("escalate", {"level": 2}), await send("acknowledge", {})):
            assert other.status_code == 409
            assert other.json()["errors"][0]["field"] == "Idempotency-Key"
        if unseen:
            city.receive(*city.broker.published[0])
            the_idempotency_cache.bind(city.api, IdempotencyCache())  # as after a start
    assert len(city.broker.published) == 1


async def test_only_so_many_keys_are_remembered() -> None:
    sent, lately = [], IdempotencyCache(2)

    async def send() -> dict[str, str]:
        sent.append(1)
        return {}

    for key in ("a", "b", "b", "c", "a"):
        await lately.once(Event(ONE, EventType.STARTED, 0, "s", key, Payload(), msgspec.Raw(b"{}")), send)
    assert len(sent) == 4


async def test_a_wrong_name_and_a_wrong_state_are_told_together(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    city.happen(ONE, EventType.RESOLVED)
    answer = await client.post(f"/incidents/{ONE}/assign", json={"unit": "nowhere"})
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"unit", "command"}


@pytest.mark.parametrize("body", [b"{", b'{"text": "\xff"}', b"[" * 50_000, b"", b'{"\\ud800": 1}'])
async def test_what_is_no_json_is_a_fault_of_the_body(city: City, client: httpx.AsyncClient, body: bytes) -> None:
    city.report(ONE)
    headers = {"Content-Type": "application/json"}
    answer = await client.post(f"/incidents/{ONE}/acknowledge", content=body, headers=headers)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body"]


async def test_what_a_body_gives_is_what_its_event_says(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    await client.post(f"/incidents/{ONE}/update", json={"title": "Cây đổ", "lat": 16, "service": "field-reports"})
    ((_, value, _),) = city.broker.published
    assert b'"data":{"service":"field-reports","title":"C\xc3\xa2y \xc4\x91\xe1\xbb\x95","lat":16.0}}' in value
