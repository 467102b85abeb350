"""Open311 GeoReport v2: what can be reported, reports posted and followed, in JSON and in XML."""

import asyncio
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import msgspec
import pytest
from pydantic import TypeAdapter

from api.http.auth import Gate, the_gate
from api.http.dependencies import the_settings
from api.http.settings import ApiSettings
from api.intake.dependencies import the_rate_limit
from api.intake.rate_limit import ProducerRateLimit
from api.open311 import routes as open311_routes
from api.open311 import schemas as shapes
from api.read_model.index.entry import IndexEntry
from ioc.core.times import DAY, to_rfc3339
from ioc.incident.lifecycle import EventType
from tests.api.conftest import START, City
from tests.api.http.test_auth import AUTH, STRANGERS, bearing, token

V2 = "/open311/v2"
REPORT = {
    "service_code": "field-reports:tree",
    "lat": "16.4637",
    "long": "107.5909",
    "address_string": "12 Lê Lợi, Huế",
    "description": "Cây đổ chắn đường\nKhông ai bị thương",
    "first_name": "Hoa",
    "last_name": "Nguyễn Thị",
    "phone": "0234 123",
    "email": "hoa@example.org",
    "media_url": "https://photos.example/tree.jpg",
    "attribute[ward]": "19753",
    "account_id": "7",
    "device_id": "phone-7",
}


async def post(client: httpx.AsyncClient, form: str = "json", key: str | None = None, **changed: Any) -> httpx.Response:
    fields = {name: said for name, said in {**REPORT, **changed}.items() if said is not None}
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(f"{V2}/requests.{form}", data=fields, headers=headers)


def published(city: City) -> dict[str, Any]:
    """Return the one event that was written."""
    ((_, value, _),) = city.broker.published
    event: dict[str, Any] = msgspec.json.decode(value)
    return event


async def test_a_report_becomes_an_event_like_everyones(city: City, client: httpx.AsyncClient) -> None:
    answer = await post(client)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    (taken,) = TypeAdapter(list[shapes.Open311Taken]).validate_python(answer.json())
    event = published(city)
    assert taken.service_request_id == f"open311:{event['subject']}"
    assert (event["source"], event["type"], event["time"]) == (
        "/open311",
        "vn.ioc.incident.reported.v1",
        to_rfc3339(START),
    )
    assert event["data"] == {
        "service": "field-reports",
        "category": "tree",
        "title": "Cây đổ chắn đường",
        "text": "Cây đổ chắn đường\nKhông ai bị thương\nhttps://photos.example/tree.jpg",
        "channel": "Open311",
        "ward": "19753",
        "lat": 16.4637,
        "lon": 107.5909,
        "address": "12 Lê Lợi, Huế",
        "reporter": {"name": "Hoa Nguyễn Thị", "phone": "0234 123", "email": "hoa@example.org"},
    }
    city.receive(*city.broker.published[0])
    reporter = city.identities.reporters[taken.service_request_id]
    assert (reporter.name, reporter.phone) == ("Hoa Nguyễn Thị", "0234 123")


async def test_a_photo_with_its_checksum_is_evidence(city: City, client: httpx.AsyncClient) -> None:
    await post(client, **{"attribute[media_sha256]": "a" * 64})
    data = published(city)["data"]
    assert data["evidence"] == [{"url": REPORT["media_url"], "sha256": "a" * 64, "media_type": "image/jpeg"}]
    assert "photos.example" not in data["text"]


async def test_a_report_without_words_is_called_by_what_it_is_about(city: City, client: httpx.AsyncClient) -> None:
    answer = await client.post(
        f"{V2}/requests.json", data={"service_code": "health:food", "address_string": "Chợ Đông Ba"}
    )
    assert answer.status_code == 201
    assert published(city)["data"] == {
        "service": "health",
        "category": "food",
        "title": "An toàn thực phẩm",
        "channel": "Open311",
        "address": "Chợ Đông Ba",
    }


async def test_a_report_sent_again_with_its_key_is_one_report(city: City, client: httpx.AsyncClient) -> None:
    first = (await post(client, key="k1")).json()
    assert (await post(client, key="k1")).json() == first
    assert len(city.broker.published) == 1
    other = await post(client, key="k1", description="Cột điện đổ")
    assert other.status_code == 400
    assert "Idempotency-Key" in other.json()[0]["description"]
    city.receive(*city.broker.published[0])
    city.parts.idempotency._sent.clear()  # as after a restart
    assert (await post(client, key="k1")).json() == first
    assert (await post(client, key="k1", description="Cột điện đổ")).status_code == 400
    assert len(city.broker.published) == 1
    assert (await post(client, key="k2")).json() != first
    assert (await post(client)).json() != (await post(client)).json(), "without a key every report is a new one"


async def test_what_was_written_twice_all_the_same_folds_once(city: City, client: httpx.AsyncClient) -> None:
    await post(client, key="k1")
    city.pass_time(1000)
    city.parts.idempotency._sent.clear()  # another process, before the workers have shown the first
    await post(client, key="k1")
    first, second = city.broker.published
    city.receive(*first)
    city.receive(*second)
    assert (len(city.model), city.shard.position.duplicates) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"service_code": None}, 400, ["service_code not provided"]),
        ({"service_code": None, "lat": None}, 400, ["service_code not provided", "lat and long are needed together"]),
        ({"service_code": "field-reports:unicorn"}, 404, ["service_code not found"]),
        ({"service_code": "one-stop-shop:land"}, 404, ["service_code not found"]),
        ({"service_code": "flood-rain:flood"}, 404, ["service_code not found"]),
        ({"lat": None, "long": None, "address_string": None}, 400, ["lat and long, or address_string, are needed"]),
        ({"lat": "north", "long": "nan"}, 400, ["lat: not a number", "long: not a number"]),
        ({"lat": "91"}, 400, ["lat: more than 90"]),
        ({"attribute[ward]": "1"}, 400, ["attribute[ward]: not in the catalogue"]),
        ({"phone": "0" * 65, "lat": "-91"}, 400, ["lat: less than -90", "phone: longer than 64 characters"]),
        ({"media_url": "http://x", "attribute[media_sha256]": "b"}, 400, None),
        ({"description": "x" * 9000}, 400, ["description: longer than 8192 characters"]),
    ],
)
async def test_what_is_wrong_with_a_report_is_told_at_once(
    city: City, client: httpx.AsyncClient, changed: dict[str, str | None], status: int, words: list[str] | None
) -> None:
    answer = await post(client, **changed)
    assert answer.status_code == status, answer.text
    told = TypeAdapter(list[shapes.Open311Error]).validate_python(answer.json())
    assert told[0].code == status
    if words is None:
        words = ["attribute[media_sha256]: must match", "media_url: must match"]
        assert all(any(word in one.description for one in told) for word in words)
    else:
        assert [one.description for one in told] == words
    as_xml = await post(client, "xml", **changed)
    assert as_xml.status_code == status
    errors = ElementTree.fromstring(as_xml.content)
    assert (errors.tag, [one.findtext("code") for one in errors]) == ("errors", [str(one.code) for one in told])
    assert city.broker.published == []


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"service_code": "field-reports:tree"}', "application/json"),
        (b"description=%ff", "application/x-www-form-urlencoded"),
        ("description=cây".encode(), "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(300)), "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_that_is_no_form_is_told_so(client: httpx.AsyncClient, content: bytes, content_type: str) -> None:
    answer = await client.post(f"{V2}/requests.json", content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


async def test_the_api_key_is_a_token_of_a_producer(city: City, client: httpx.AsyncClient) -> None:
    the_gate.put(city.api, Gate(AUTH))
    good = token(roles=["producer"], sources=["/open311"])
    assert (await post(client, api_key=good)).status_code == 201
    for bad in (None, "nonsense", token(STRANGERS), token(), token(roles=["producer"], sources=["/hue/health"])):
        answer = await post(client, api_key=bad)
        assert (answer.status_code, answer.json()[0]["code"]) == (403, 403)
        assert "Hoa" not in answer.text
    headers = bearing(roles=["producer"], sources=["/open311"])
    assert (await client.post(f"{V2}/requests.json", data=REPORT, headers=headers)).status_code == 201
    assert len(city.broker.published) == 2
    one = await post(client, key="k", api_key=good)
    another = await post(client, key="k", api_key=token(sub="minh", roles=["producer"], sources=["/open311"]))
    assert one.json() != another.json(), "each sender has keys of its own"


async def test_while_the_broker_is_away_no_report_is_said_to_be_taken(city: City, client: httpx.AsyncClient) -> None:
    city.broker.down = True
    answer = await post(client, key="k1")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()[0]["code"]) == (503, "1", 503)
    city.broker.down = False
    assert (await post(client, key="k1")).status_code == 201
    city.parts.readiness.ready = False
    answer = await client.get(f"{V2}/services.xml")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert ElementTree.fromstring(answer.content).tag == "errors"


async def test_services_are_what_people_can_use_online(city: City, client: httpx.AsyncClient) -> None:
    shown = (await client.get(f"{V2}/services.json")).json()
    TypeAdapter(list[shapes.Open311Service]).validate_python(shown)
    codes = {one["service_code"] for one in shown}
    assert {"field-reports:tree", "health:food", "electronic-card:payment"} <= codes
    assert not {code for code in codes if code.startswith(("one-stop-shop", "imported", "flood-rain"))}
    as_xml = ElementTree.fromstring((await client.get(f"{V2}/services.xml")).content)
    assert as_xml.tag == "services"
    assert [one.findtext("service_name") for one in as_xml.findall("service")] == [one["service_name"] for one in shown]
    assert as_xml[0].findtext("metadata") == "true"


async def test_a_service_tells_the_wards_a_report_can_name(city: City, client: httpx.AsyncClient) -> None:
    shown = (await client.get(f"{V2}/services/field-reports:tree.json")).json()
    definition = shapes.Open311Definition.model_validate(shown)
    wards = {value.key for value in definition.attributes[0].values}
    assert wards == set(city.model.catalogue.wards)
    as_xml = ElementTree.fromstring((await client.get(f"{V2}/services/field-reports:tree.xml")).content)
    assert {one.text for one in as_xml.iterfind("attributes/attribute/values/value/key")} == wards
    assert (await client.get(f"{V2}/services/one-stop-shop:land.json")).status_code == 404


async def test_a_report_is_followed_by_its_id(city: City, client: httpx.AsyncClient) -> None:
    (taken,) = (await post(client)).json()
    id = taken["service_request_id"]
    city.receive(*city.broker.published[0])
    (shown,) = (await client.get(f"{V2}/requests/{id}.json")).json()
    assert shapes.Open311Request.model_validate(shown).model_dump() == shown
    assert (shown["status"], shown["service_code"], shown["service_name"]) == ("open", "field-reports:tree", "Cây xanh")
    assert shown["expected_datetime"] > shown["requested_datetime"]
    assert (shown["address"], shown["lat"], shown["long"]) == ("12 Lê Lợi, Huế", 16.4637, 107.5909)
    city.pass_time(1000)
    city.happen(id, EventType.RESOLVED, source="/hue/open311", text="Đã dọn \x01xong")
    as_xml = await client.get(f"{V2}/requests/{id}.xml")
    (request,) = ElementTree.fromstring(as_xml.content)
    assert (request.tag, request.findtext("status"), request.findtext("status_notes")) == (
        "request",
        "closed",
        "Đã dọn xong",
    )
    assert "Hoa" not in as_xml.text
    assert "0234" not in as_xml.text
    assert (await client.get(f"{V2}/requests/open311:none.json")).status_code == 404


async def test_a_list_is_the_newest_first_of_what_was_asked_for(city: City, client: httpx.AsyncClient) -> None:
    city.report("field-reports:1", category="tree")
    city.report("one-stop-shop:HS-1", category="EX-001")
    city.pass_time(DAY)
    city.report("field-reports:2", category="road")
    city.happen("field-reports:2", EventType.RESOLVED)

    async def ids(**asked: str) -> list[str]:
        answer = await client.get(f"{V2}/requests.json", params=asked)
        assert answer.status_code == 200, answer.text
        return [one["service_request_id"] for one in answer.json()]

    assert await ids() == ["field-reports:2", "field-reports:1"]
    assert await ids(status="open") == ["field-reports:1"]
    assert await ids(service_code="field-reports:road,health:food") == ["field-reports:2"]
    assert await ids(end_date=to_rfc3339(START + 1)) == ["field-reports:1"]
    assert await ids(start_date=to_rfc3339(START + 1)) == ["field-reports:2"]
    assert await ids(page="2", page_size="1") == ["field-reports:1"]
    assert await ids(service_request_id="field-reports:1,one-stop-shop:HS-1,none", status="closed") == [
        "field-reports:1"
    ]
    city.pass_time(100 * DAY)
    assert await ids() == []
    for asked in ({"start_date": "2024-01-01T00:00:00Z"}, {"end_date": "soon"}, {"page": "0", "page_size": "1001"}):
        answer = await client.get(f"{V2}/requests.json", params=asked)
        assert answer.status_code == 400, asked
        assert len(answer.json()) == len([name for name in asked if name != "start_date"] or [1])


async def test_another_jurisdiction_is_another_server(city: City) -> None:
    the_settings.put(city.api, ApiSettings(jurisdiction="hue.gov.vn"))
    transport = httpx.ASGITransport(city.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://centre") as client:
        for given, status in (("hue.gov.vn", 200), ("", 200), ("chicago.gov", 404)):
            answer = await client.get(f"{V2}/services.json", params={"jurisdiction_id": given})
            assert answer.status_code == status
        assert (await post(client, jurisdiction_id="chicago.gov")).status_code == 404
        assert (await post(client, jurisdiction_id="hue.gov.vn")).status_code == 201


def test_a_form_is_as_long_as_a_body_may_be() -> None:
    assert len(urlencode({**REPORT, "description": "ế" * 4000})) < 64 * 1024


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_too_long_a_report_is_told_as_every_refusal(client: httpx.AsyncClient, form: str) -> None:
    answer = await post(client, form, description="x" * 70_000)
    assert (answer.status_code, "413" in answer.text) == (413, True)
    assert answer.headers["content-type"].startswith({"json": "application/json", "xml": "text/xml"}[form])


async def test_reports_keep_the_pace_of_all_events(city: City, client: httpx.AsyncClient) -> None:
    the_rate_limit.put(city.api, ProducerRateLimit(0.01))
    assert (await post(client)).status_code == 201
    answer = await post(client)
    assert answer.status_code == 429, answer.text
    assert 80 < int(answer.headers["retry-after"]) <= 100
    assert (len(city.broker.published), answer.json()[0]["code"]) == (1, 429)


async def test_what_cannot_be_meant_is_not_looked_at_and_a_long_look_lets_others_have_their_turn(
    city: City, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        city.report(f"field-reports:{number}", category="tree")
    looked, turns = list[str](), 0
    card, sleep = city.model.entry, asyncio.sleep

    def look(id: str) -> IndexEntry | None:
        looked.append(id)
        return card(id)

    async def turn(seconds: float) -> None:
        nonlocal turns
        turns += 1
        await sleep(seconds)

    monkeypatch.setattr(city.model, "card", look)
    monkeypatch.setattr(open311_routes, "_AT_ONCE", 10)
    monkeypatch.setattr("api.open311.routes.asyncio.sleep", turn)
    for none in ("status=closed", "status=unknown", "service_code=health:food", "service_code=nothing"):
        assert (await client.get(f"{V2}/requests.json?{none}")).json() == []
    assert (looked, turns) == ([], 0)
    last = await client.get(f"{V2}/requests.json?service_code=field-reports:tree&status=open&page=4&page_size=10")
    assert (len(last.json()), turns) == (10, 4)
