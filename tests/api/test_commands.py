"""Operator commands: what they publish, what they refuse, and that the fold understands them."""

import httpx
import msgspec
import pytest

from ioc.lifecycle import COMMANDS, Move
from tests.api.conftest import City

pytestmark = pytest.mark.asyncio
ONE = "field-reports:1"

PREPARED: dict[str, tuple[tuple[Move, ...], dict[str, object]]] = {
    "acknowledge": ((), {}),
    "assign": ((), {"assignee": "Tổ 2", "unit": "so-xay-dung"}),
    "start": ((), {"actor": "Lan"}),
    "pause": ((), {"text": "chờ dân"}),
    "resume": ((Move.PAUSED,), {}),
    "resolve": ((), {}),
    "reopen": ((Move.RESOLVED,), {}),
    "escalate": ((), {"level": 2}),
    "direct": ((), {"units": ["so-y-te"], "due": "2024-04-17T02:00:00+00:00"}),
    "rate": ((Move.RESOLVED,), {"score": 4}),
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_becomes_an_event_that_the_fold_accepts(
    city: City, client: httpx.AsyncClient, command: str
) -> None:
    before, body = PREPARED[command]
    city.report(ONE)
    for move in before:
        city.happen(ONE, move)
    answer = await client.post(f"/incidents/{ONE}/{command}", json=body, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 202, answer.text
    ((key, value, headers),) = city.broker.published
    assert key == ONE.encode()
    assert ("content-type", b"application/cloudevents+json") in headers
    event = msgspec.json.decode(value)
    assert event["source"] == "/operations-centre/field-reports"
    assert event["subject"] == "1"
    assert answer.json() == {
        "event_id": "k1",
        "source": event["source"],
        "incident": ONE,
        "type": event["type"],
        "time": event["time"],
    }
    city.receive(key, value, headers)
    entry = city.shard.incidents[ONE].history[-1]
    assert (entry.id, entry.move, entry.refused) == ("k1", COMMANDS[command], None)


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
        ("assign", {"unit": "nowhere", "actor": 5, "asignee": "x"}, {"unit", "actor", "asignee"}),
        ("direct", {"units": []}, {"units"}),
        ("direct", {"units": ["nowhere"], "due": "2024-04-17T02:00:00"}, {"units", "due"}),
        ("rate", {"score": 9, "satisfaction": "so-so"}, {"score", "satisfaction"}),
        ("escalate", {"level": 0}, {"level"}),
    ],
)
async def test_all_faults_of_a_body_are_named_at_once(
    city: City, client: httpx.AsyncClient, command: str, body: dict[str, object], fields: set[str]
) -> None:
    city.report(ONE)
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
