"""POST /events: what comes in over HTTP, and what its sender is told."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx
import msgspec
import pytest
from pytest_asyncio import fixture as async_fixture

from api.app.middleware import MAX_BODY_BYTES as MOST_OF_OTHERS
from api.http.auth import Gate, the_gate
from api.intake import publication
from api.intake.backlog import Backlog, BacklogPolicy
from api.intake.dependencies import the_backlog, the_rate_limit
from api.intake.http_binding import BATCH, MAX_BATCH_EVENTS, STRUCTURED
from api.intake.rate_limit import ProducerRateLimit
from api.intake.routes import MAX_BODY_BYTES
from api.intake.schemas import IntakeShown
from ioc.core.records import Outgoing
from ioc.core.topics import MAX_EVENT_BYTES
from tests.api.city import START, City
from tests.api.http.test_auth import AUTH, bearing
from tests.unit.samples import body

REPORT = body("reported", START, "e1", "1", service="field-reports", ward="19753", title="Cây đổ")
FAULTY = body("reported", START, "e2", "2", service="nobody")
AS_ONE, AS_BATCH = {"Content-Type": STRUCTURED}, {"Content-Type": BATCH}
SOURCE = "/hue/field-reports"


def outcomes(city: City) -> dict[str, float]:
    """Return how many events had which outcome, as the metrics count them."""
    (family,) = city.parts.metrics.intake.collect()
    return {one.labels["outcome"]: one.value for one in family.samples if one.name.endswith("_total")}


@async_fixture
async def guarded(city: City) -> AsyncIterator[httpx.AsyncClient]:
    """An API that checks tokens."""
    the_gate.bind(city.api, Gate(AUTH))
    transport = httpx.ASGITransport(city.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://centre") as http:
        yield http


async def test_an_event_is_written_as_it_came_and_its_sender_told(city: City, client: httpx.AsyncClient) -> None:
    answer = await client.post("/events", content=REPORT, headers=AS_ONE)
    assert answer.status_code == 202, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = {"id": "e1", "source": SOURCE, "subject": "1", "key": "field-reports:1", "outcome": "taken"}
    assert answer.json() == {"taken": 1, "refused": 0, "events": [{**told, "reason": None, "errors": []}]}
    assert IntakeShown.model_validate(answer.json()).model_dump() == answer.json()
    ((key, value, headers),) = city.broker.published
    assert (key, value, dict(headers)) == (b"field-reports:1", REPORT, {"content-type": STRUCTURED.encode()})
    assert outcomes(city) == {"taken": 1}
    city.receive(key, value, headers)
    assert (await client.get("/incidents/field-reports:1")).json()["title"] == "Cây đổ"


async def test_an_event_in_binary_mode_folds_like_any(city: City, client: httpx.AsyncClient) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "e1",
        "ce-source": SOURCE,
        "ce-subject": "H%E1%BB%93%201",
        "ce-type": "vn.ioc.incident.reported.v1",
        "ce-time": "2024-04-16T09:00:00+07:00",
    }
    answer = await client.post("/events", json={"service": "field-reports", "title": "Cây đổ"}, headers=headers)
    assert answer.status_code == 202, answer.text
    assert answer.json()["events"][0]["key"] == "field-reports:Hồ 1"
    city.receive(*city.broker.published[0])
    assert city.model.entry("field-reports:Hồ 1") is not None


async def test_an_event_that_is_wrong_is_refused_with_every_fault(city: City, client: httpx.AsyncClient) -> None:
    event = REPORT.replace(b'"id":"e1",', b"").replace(b"19753", b"").replace(b'"service"', b'"lat":91,"service"')
    answer = await client.post("/events", content=event, headers=AS_ONE)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert {fault["field"] for fault in told["errors"]} == {"id", "data.ward", "data.lat"}
    assert (told["title"], told["reason"]) == ("The event is refused", "invalid")
    assert city.broker.published == []
    assert outcomes(city) == {"invalid": 1}


async def test_of_a_batch_each_event_is_told_what_became_of_it(city: City, client: httpx.AsyncClient) -> None:
    events = [REPORT, FAULTY, b"17", body("noted", START, "e3", "1", text="chờ")]
    answer = await client.post("/events", content=b"[" + b",".join(events) + b"]", headers=AS_BATCH)
    assert answer.status_code == 207, answer.text
    told = IntakeShown.model_validate(answer.json())
    assert (told.taken, told.refused) == (2, 2)
    assert [(one.id, one.outcome, one.reason) for one in told.events] == [
        ("e1", "taken", None),
        ("e2", "refused", "not_in_catalogue"),
        (None, "refused", "invalid"),
        ("e3", "taken", None),
    ]
    assert [fault.field for fault in told.events[1].errors] == ["data.service"]
    assert [value for _, value, _ in city.broker.published] == [events[0], events[3]]
    assert outcomes(city) == {"taken": 2, "not_in_catalogue": 1, "invalid": 1}


async def test_a_batch_of_which_nothing_is_good_is_no_success(city: City, client: httpx.AsyncClient) -> None:
    answer = await client.post("/events", content=b"[" + FAULTY + b"," + FAULTY + b"]", headers=AS_BATCH)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["0.data.service", "1.data.service"]
    empty = await client.post("/events", content=b"[]", headers=AS_BATCH)
    assert (empty.status_code, empty.json()["taken"]) == (202, 0)
    assert city.broker.published == []


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (REPORT, {"Content-Type": "application/json"}, 415),
        (REPORT, {}, 415),
        (b"<event/>", {"Content-Type": "application/cloudevents+xml", "ce-id": "1"}, 415),
        (b'{"no":"array"}', AS_BATCH, 422),
        (b"[" * 100_000, AS_BATCH, 422),
        (b'{"specversion":"1.0","data":' + b"[" * 100_000, AS_ONE, 422),
        (b"[" + b",".join([b"1"] * (MAX_BATCH_EVENTS + 1)) + b"]", AS_BATCH, 413),
        (b" " * (MAX_BODY_BYTES + 1), AS_BATCH, 413),
        (b" " * (MAX_EVENT_BYTES + 1), AS_ONE, 413),
    ],
)
async def test_what_is_no_event_or_too_long_is_told_apart(
    city: City, client: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/events", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (city.broker.published, city.parts.backlog.bytes) == ([], 0)


async def test_an_event_may_be_longer_than_a_command(city: City, client: httpx.AsyncClient) -> None:
    text = "x" * MOST_OF_OTHERS
    event = body("reported", START, "e1", "1", service="field-reports", more=text)
    assert (await client.post("/events", content=event, headers=AS_ONE)).status_code == 202


async def test_a_producer_sends_events_of_its_own_sources_alone(city: City, guarded: httpx.AsyncClient) -> None:
    theirs = bearing(roles=["producer"], sources=[SOURCE])
    answer = await guarded.post("/events", content=REPORT, headers={**AS_ONE, **theirs})
    assert answer.status_code == 202, answer.text
    others = body("reported", START, "e9", "1", source="/hue/health", service="health")
    answer = await guarded.post("/events", content=others, headers={**AS_ONE, **theirs})
    assert (answer.status_code, answer.json()["reason"]) == (403, "forbidden")
    both = await guarded.post("/events", content=b"[" + others + b"," + REPORT + b"]", headers={**AS_BATCH, **theirs})
    assert (both.status_code, [one["reason"] for one in both.json()["events"]]) == (207, ["forbidden", None])
    for headers, status in (
        ({}, 401),
        (bearing(), 403),
        (bearing(roles=["producer"]), 403),
        (bearing(roles=["producer"], sources=SOURCE), 403),
        (bearing(roles=["producer"], sources=["/hue/"]), 202),
    ):
        answer = await guarded.post("/events", content=REPORT, headers={**AS_ONE, **headers})
        assert answer.status_code == status, answer.text


async def test_nobody_sends_in_the_name_of_the_centre(city: City, client: httpx.AsyncClient) -> None:
    event = body("resolved", START, "e1", "1", source="/operations-centre/field-reports")
    answer = await client.post("/events", content=event, headers=AS_ONE)
    assert (answer.status_code, city.broker.published) == (403, [])


async def test_while_the_broker_is_away_nothing_is_said_to_be_taken(city: City, client: httpx.AsyncClient) -> None:
    city.broker.down = True
    answer = await client.post("/events", content=REPORT, headers=AS_ONE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert outcomes(city) == {"unconfirmed": 1}
    assert city.parts.backlog.bytes == 0
    city.broker.down = False
    assert (await client.post("/events", content=REPORT, headers=AS_ONE)).status_code == 202


async def test_what_waits_for_the_broker_is_bounded(
    city: City, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = asyncio.Event()

    async def late(records: Sequence[Outgoing]) -> None:
        await answered.wait()

    monkeypatch.setattr(city.broker, "publish_all", late)
    monkeypatch.setattr(publication, "PATIENCE", 0.05)
    backlog = Backlog(BacklogPolicy(patience=0.01))
    the_backlog.bind(city.api, backlog)
    first = await client.post("/events", content=REPORT, headers=AS_ONE)
    assert first.status_code == 503, "it is not known to be written"
    assert backlog.bytes == len(REPORT), "though it may still be"
    second = await client.post("/events", content=REPORT, headers=AS_ONE)
    assert (second.status_code, second.headers["retry-after"]) == (503, "1")
    answered.set()
    await asyncio.sleep(0.01)
    assert backlog.bytes == 0
    assert (await client.post("/events", content=REPORT, headers=AS_ONE)).status_code == 202


async def test_a_body_is_not_read_on_when_there_is_no_room_for_it(city: City, client: httpx.AsyncClient) -> None:
    backlog = Backlog(BacklogPolicy(most_bytes=len(REPORT)))
    the_backlog.bind(city.api, backlog)
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b" " * 1024

    answer = await client.post("/events", content=endless(), headers=AS_BATCH)
    assert (answer.status_code, backlog.bytes) == (503, 0)
    assert read < 5


async def test_who_sends_faster_than_the_pace_is_told_how_long_to_wait(city: City, client: httpx.AsyncClient) -> None:
    the_rate_limit.bind(city.api, ProducerRateLimit(0.01))
    assert (await client.post("/events", content=REPORT, headers=AS_ONE)).status_code == 202
    answer = await client.post("/events", content=REPORT, headers=AS_ONE)
    assert answer.status_code == 429
    assert 80 < int(answer.headers["retry-after"]) <= 100
    assert len(city.broker.published) == 1


async def test_nothing_is_taken_before_the_picture_is_read(city: City, client: httpx.AsyncClient) -> None:
    city.parts.readiness.ready = False
    assert (await client.post("/events", content=REPORT, headers=AS_ONE)).status_code == 503


async def test_neither_metrics_nor_logs_nor_refusals_tell_who_reported(
    city: City, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    who = {"name": "Nguyễn Thị Hoa", "phone": 234}
    event = body("reported", START, "e1", "1", service="field-reports", reporter=who)
    answer = await client.post("/events", content=event, headers=AS_ONE)
    assert [fault["field"] for fault in answer.json()["errors"]] == ["data.reporter.phone"]
    good = msgspec.json.encode(
        msgspec.json.decode(event) | {"data": {"service": "field-reports", "reporter": {"name": "Hoa"}}}
    )
    taken = await client.post("/events", content=good, headers=AS_ONE)
    assert taken.status_code == 202
    told = answer.text + taken.text + (await client.get("/metrics")).text + caplog.text
    assert "Hoa" not in told
    assert 'ioc_api_intake_events_total{door="events",outcome="taken"} 1.0' in told
