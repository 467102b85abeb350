"""Open311 GeoReport v2: reports as they are posted, in JSON and in XML."""

from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest
from pydantic import TypeAdapter

from api.http.auth import Gate, the_gate
from api.intake.dependencies import the_rate_limit
from api.intake.rate_limit import ProducerRateLimit
from api.open311 import schemas as shapes
from ioc.core.times import to_rfc3339
from tests.api.city import START, City
from tests.api.http.test_auth import AUTH, STRANGERS, bearing, token
from tests.api.open311.posting import REPORT, V2, post, published


async def test_a_report_becomes_an_event_like_everyones(city: City, client: httpx.AsyncClient) -> None:
    answer = await post(client)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    (receipt,) = TypeAdapter(list[shapes.Open311Taken]).validate_python(answer.json())
    event = published(city)
    assert receipt.service_request_id == f"open311:{event['subject']}"
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
    reporter = city.identities.reporters[receipt.service_request_id]
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
    assert (len(city.model), city.processor.position.duplicates) == (1, 1)


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
    errors = TypeAdapter(list[shapes.Open311Error]).validate_python(answer.json())
    assert errors[0].code == status
    if words is None:
        words = ["attribute[media_sha256]: must match", "media_url: must match"]
        assert all(any(word in error.description for error in errors) for word in words)
    else:
        assert [error.description for error in errors] == words
    as_xml = await post(client, "xml", **changed)
    assert as_xml.status_code == status
    root = ElementTree.fromstring(as_xml.content)
    assert (root.tag, [error.findtext("code") for error in root]) == ("errors", [str(error.code) for error in errors])
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
    the_gate.bind(city.api, Gate(AUTH))
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


def test_a_form_is_as_long_as_a_body_may_be() -> None:
    assert len(urlencode({**REPORT, "description": "ế" * 4000})) < 64 * 1024


@pytest.mark.parametrize("response_format", ["json", "xml"])
async def test_too_long_a_report_is_told_as_every_refusal(client: httpx.AsyncClient, response_format: str) -> None:
    answer = await post(client, response_format, description="x" * 70_000)
    assert (answer.status_code, "413" in answer.text) == (413, True)
    assert answer.headers["content-type"].startswith({"json": "application/json", "xml": "text/xml"}[response_format])


async def test_reports_keep_the_pace_of_all_events(city: City, client: httpx.AsyncClient) -> None:
    the_rate_limit.bind(city.api, ProducerRateLimit(0.01))
    assert (await post(client)).status_code == 201
    answer = await post(client)
    assert answer.status_code == 429, answer.text
    assert 80 < int(answer.headers["retry-after"]) <= 100
    assert (len(city.broker.published), answer.json()[0]["code"]) == (1, 429)
