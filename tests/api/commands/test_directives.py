"""Directives and the urgent path as operators meet them: signed, answered by each unit, told in full."""

import base64
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace
from pydantic import ValidationError

from api.commands.dependencies import the_idempotency_cache, the_signer
from api.commands.idempotency import IdempotencyCache
from api.http.auth import Gate, the_gate
from api.http.settings import ApiSettings
from ioc.core.scalars import Priority
from ioc.core.times import HOUR, MINUTE
from ioc.incident.lifecycle import EventType
from ioc.signing.signer import Signer
from tests.api.city import START, City
from tests.api.http.test_auth import AUTH, bearing
from tests.unit.samples import CENTRE, LEADERS

pytestmark = pytest.mark.asyncio
ONE = "field-reports:1"
DUE = "2024-04-16T04:00:00Z"
ORDER = {"units": ["so-y-te", "pccc"], "due": DUE, "text": "Sơ tán", "actor": "Ca trực 1"}
KEY = {"Idempotency-Key": "d1"}


def errors(answer: httpx.Response) -> dict[str, str]:
    return {error["field"]: error["reason"] for error in answer.json()["errors"]}


def elsewhere(city: City, signer: Signer = LEADERS, time: str = "2024-04-16T02:00:00Z") -> dict[str, object]:
    """Return a directive that was signed outside the centre, as the body of the command."""
    said = {**ORDER, "by": "ubnd-tp", "actor": "Chủ tịch"}
    event = {
        "specversion": "1.0",
        "id": "d1",
        "source": "/operations-centre/field-reports",
        "subject": "1",
        "type": "vn.ioc.incident.directed.v1",
        "time": time,
        "data": said,
    }
    return {**said, "time": time, "signature": signer.signature(msgspec.json.encode(event))}


async def test_the_centre_signs_its_own_directives(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    answer = await client.post(f"/incidents/{ONE}/direct", json=ORDER, headers=KEY)
    assert answer.status_code == 202, answer.text
    city.receive(*city.broker.published[0])
    (directive,) = city.processor.incidents[ONE].directives
    assert (directive.id, directive.by, directive.units) == ("d1", "ioc", ("so-y-te", "pccc"))


async def test_a_directive_sent_again_is_answered_again_though_it_is_signed_anew(
    city: City, client: httpx.AsyncClient
) -> None:
    city.report(ONE)
    first = await client.post(f"/incidents/{ONE}/direct", json=ORDER, headers=KEY)
    city.pass_time(MINUTE)
    lately = await client.post(f"/incidents/{ONE}/direct", json=ORDER, headers=KEY)
    city.receive(*city.broker.published[0])
    the_idempotency_cache.bind(city.api, IdempotencyCache())  # as if asked of another process of the API
    later = await client.post(f"/incidents/{ONE}/direct", json=ORDER, headers=KEY)
    assert first.json() == lately.json() == later.json()
    assert len(city.broker.published) == 1
    other = await client.post(f"/incidents/{ONE}/direct", json={**ORDER, "text": "khác"}, headers=KEY)
    assert other.status_code == 409


async def test_a_directive_signed_elsewhere_is_passed_on_as_it_was_signed(
    city: City, client: httpx.AsyncClient
) -> None:
    city.report(ONE)
    the_signer.bind(city.api, None)
    the_gate.bind(city.api, Gate(AUTH))
    body = elsewhere(city)
    answer = await client.post(f"/incidents/{ONE}/direct", json=body, headers={**KEY, **bearing()})
    assert answer.status_code == 202, answer.text
    city.receive(*city.broker.published[0])
    (directive,) = city.processor.incidents[ONE].directives
    assert (directive.by, directive.at) == ("ubnd-tp", START)


async def test_without_a_key_and_without_a_signature_there_is_no_directive(
    city: City, client: httpx.AsyncClient
) -> None:
    city.report(ONE)
    the_signer.bind(city.api, None)
    answer = await client.post(f"/incidents/{ONE}/direct", json=ORDER, headers=KEY)
    assert answer.status_code == 422
    assert "IOC_SIGNING_KEY" in errors(answer)["signature"]
    assert city.broker.published == []


async def test_a_catalogue_without_keys_is_told_of(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    city.model.catalogue = replace(city.model.catalogue, keys={})
    answer = await client.post(f"/incidents/{ONE}/direct", json=ORDER, headers=KEY)
    assert answer.status_code == 422
    assert errors(answer)["signature"].startswith("no_keys: ")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": "Rút về"}, {"signature": "bad_signature"}),
        ({"time": "2024-04-16T02:00:01Z"}, {"signature": "bad_signature"}),
        ({"by": "ioc"}, {"signature": "bad_signature"}),
        ({"signature": "x"}, {"signature": "bad_signature"}),
        ({"signature": "x" * 513}, {"signature": "String should have at most 512"}),
        ({"time": None, "by": None}, {"time": "needed", "by": "needed"}),
        ({"signature": None}, {"time": "given with a signature alone"}),
    ],
)
async def test_what_is_wrong_with_a_signature_is_told(
    city: City, client: httpx.AsyncClient, change: dict[str, object], told: dict[str, str]
) -> None:
    city.report(ONE)
    body = {name: word for name, word in {**elsewhere(city), **change}.items() if word is not None}
    answer = await client.post(f"/incidents/{ONE}/direct", json=body, headers=KEY)
    assert answer.status_code == 422
    found = errors(answer)
    assert all(found.get(field, "").startswith(reason) for field, reason in told.items()), found
    assert city.broker.published == []


async def test_a_signature_is_of_one_event_id(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    without = await client.post(f"/incidents/{ONE}/direct", json=elsewhere(city))
    assert errors(without).keys() == {"Idempotency-Key"}
    other = await client.post(f"/incidents/{ONE}/direct", json=elsewhere(city), headers={"Idempotency-Key": "d2"})
    assert errors(other)["signature"].startswith("bad_signature")


async def test_nobody_gives_directives_in_the_name_of_another(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    answer = await client.post(f"/incidents/{ONE}/direct", json={**ORDER, "by": "ubnd-tp"}, headers=KEY)
    assert answer.status_code == 422
    assert errors(answer)["by"].startswith("wrong_signer")
    stranger = Signer(replace(CENTRE.key, id="x"), Ed25519PrivateKey.generate())
    unknown = await client.post(f"/incidents/{ONE}/direct", json=elsewhere(city, stranger), headers=KEY)
    assert errors(unknown)["signature"].startswith("unknown_key")


async def test_an_incident_tells_what_each_unit_has_answered(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE, priority="urgent")
    city.happen(ONE, EventType.DIRECTED, event_id="d", **{**ORDER, "due": DUE})  # type: ignore[arg-type]
    owed = (await client.get(f"/incidents/{ONE}")).json()
    assert (owed["directives_open"], owed["directive_due"]) == (2, "2024-04-16T04:00:00.000Z")
    assert {"acknowledge_directive", "report_directive"} <= set(owed["commands"])
    city.pass_time(10 * MINUTE)
    body = {"directive": "d", "unit": "pccc", "text": "Đã sơ tán 12 hộ", "actor": "Trực ban"}
    body["evidence"] = [{"url": "https://files.example/1.jpg", "sha256": "0" * 64, "media_type": "image/jpeg"}]  # type: ignore[assignment]
    done = await client.post(f"/incidents/{ONE}/report_directive", json=body)
    assert done.status_code == 202, done.text
    city.receive(*city.broker.published[0])
    city.pass_time(2 * HOUR)
    told = (await client.get(f"/incidents/{ONE}")).json()
    (directive,) = told["directives"]
    assert {name: word for name, word in directive.items() if name != "units"} == {
        "id": "d",
        "by": "ubnd-tp",
        "actor": "Ca trực 1",
        "text": "Sơ tán",
        "time": "2024-04-16T02:00:00.000Z",
        "due": "2024-04-16T04:00:00.000Z",
    }
    slow, quick = directive["units"]
    assert (slow["unit"], slow["acknowledged_at"], slow["on_time"], slow["overdue"], slow["level"]) == (
        *("so-y-te", None, None, True, 1),
    )
    assert (quick["unit"], quick["done_at"], quick["on_time"], quick["overdue"], quick["text"]) == (
        *("pccc", "2024-04-16T02:10:00.000Z", True, False, "Đã sơ tán 12 hộ"),
    )
    assert [one["url"] for one in quick["evidence"]] == ["https://files.example/1.jpg"]
    assert told["units"] == ["ioc", "van-phong-ubnd", "cong-an-tp", "so-y-te", "pccc"]


async def test_answers_are_offered_only_while_a_unit_owes_one(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    before = (await client.get(f"/incidents/{ONE}")).json()
    city.happen(ONE, EventType.DIRECTED, event_id="d", units=["pccc"])
    city.happen(ONE, EventType.DIRECTIVE_ACKNOWLEDGED, directive="d", unit="pccc")
    taken = (await client.get(f"/incidents/{ONE}")).json()
    city.happen(ONE, EventType.DIRECTIVE_DONE, directive="d", unit="pccc")
    after = (await client.get(f"/incidents/{ONE}")).json()
    answers = [[name for name in one["commands"] if name.endswith("directive")] for one in (before, taken, after)]
    assert answers == [[], ["report_directive"], []]
    assert (after["directives_open"], after["directive_due"]) == (0, None)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"directive": "x", "unit": "pccc"}, {"directive"}),
        ({"directive": "d", "unit": "csgt"}, {"unit"}),
        ({"directive": "x", "unit": "nowhere", "foo": 1}, {"directive", "unit", "foo"}),
        ({}, {"directive", "unit"}),
        (
            {
                "directive": "d",
                "unit": "pccc",
                "evidence": [{"url": "ftp://x", "sha256": "0", "media_type": "image/jpeg"}],
            },
            {"evidence.0.url", "evidence.0.sha256"},
        ),
    ],
)
async def test_all_that_is_wrong_with_an_answer_is_told_at_once(
    city: City, client: httpx.AsyncClient, body: dict[str, object], fields: set[str]
) -> None:
    city.report(ONE)
    city.happen(ONE, EventType.DIRECTED, event_id="d", units=["pccc"])
    answer = await client.post(f"/incidents/{ONE}/report_directive", json=body)
    assert answer.status_code == 422
    assert errors(answer).keys() == fields


async def test_what_is_urgent_is_not_lowered_without_a_reason(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE, priority="urgent")
    silent = await client.post(f"/incidents/{ONE}/update", json={"priority": "normal", "unit": "nowhere"})
    assert silent.status_code == 422
    assert errors(silent).keys() == {"actor", "text", "unit"}
    said = {"priority": "normal", "actor": "Ca trực 1", "text": "Nước đã rút"}
    lowered = await client.post(f"/incidents/{ONE}/update", json=said)
    assert lowered.status_code == 202, lowered.text
    city.receive(*city.broker.published[0])
    assert city.processor.incidents[ONE].priority is Priority.NORMAL


async def test_who_lowers_it_is_known_by_the_token(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE, priority="urgent")
    the_gate.bind(city.api, Gate(AUTH))
    silent = await client.post(f"/incidents/{ONE}/update", json={"priority": "low"}, headers=bearing())
    assert errors(silent).keys() == {"text"}
    said = {"priority": "low", "text": "Nước đã rút"}
    assert (await client.post(f"/incidents/{ONE}/update", json=said, headers=bearing())).status_code == 202


async def test_place_category_service_and_unit_are_corrected(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    body = {"service": "environment", "category": "rubbish", "unit": "hepco", "ward": "19753", "address": "25 Lê Lợi"}
    answer = await client.post(f"/incidents/{ONE}/update", json=body)
    assert answer.status_code == 202, answer.text
    city.receive(*city.broker.published[0])
    one = city.processor.incidents[ONE]
    assert (one.service, one.category, one.unit, one.address) == ("environment", "rubbish", "hepco", "25 Lê Lợi")
    wrong = await client.post(
        f"/incidents/{ONE}/update", json={"service": "x", "ward": "x", "lat": 99, "priority": "y"}
    )
    assert errors(wrong).keys() == {"service", "ward", "lat", "priority"}
    assert errors(await client.post(f"/incidents/{ONE}/update", json={"text": "x"})).keys() == {"body"}


async def test_the_signing_key_is_a_file_that_holds_one(tmp_path: Path) -> None:
    pem = CENTRE.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    assert ApiSettings(signing_key=tmp_path / "key.pem").signing_key == tmp_path / "key.pem"
    (tmp_path / "none.pem").write_bytes(base64.b64encode(b"secret"))
    for name, told in (("none.pem", "not a private key"), ("missing.pem", "cannot be read")):
        with pytest.raises(ValidationError, match=told) as refused:
            ApiSettings(signing_key=tmp_path / name)
        assert base64.b64encode(b"secret").decode() not in str(refused.value)
