"""Who may do what: tokens by the configured keys, and what comes of them."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr, ValidationError
from pytest_asyncio import fixture as async_fixture

from api.catalogue.dependencies import the_war_room_link
from api.commands.bodies import BODIES
from api.http.auth import Gate, InvalidToken, the_gate
from api.http.settings import AuthSettings
from api.identities.schemas import ReporterShown
from ioc.processors.serde import Look, decode_look
from tests.api.city import City

ONE = "field-reports:1"
REPORTS = ("/open311/v2/requests.json", "/open311/v2/requests.xml")
SECRET = "a secret that is shared and long enough for it"
OURS, OLDER, STRANGERS = (Ed25519PrivateKey.generate() for _ in range(3))


def public(*keys: Ed25519PrivateKey) -> SecretStr:
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return SecretStr("".join(key.public_key().public_bytes(*form).decode() for key in keys))


AUTH = AuthSettings(key=public(OLDER, OURS), algorithm="EdDSA", issuer="https://id.example", audience="ioc")


def token(key: Any = OURS, algorithm: str = "EdDSA", **changed: Any) -> str:
    now = int(time.time())
    claims = {
        "sub": "lan@hue",
        "iss": "https://id.example",
        "aud": "ioc",
        "iat": now,
        "exp": now + 3600,
        "roles": ["operator"],
    } | changed
    return jwt.encode({name: said for name, said in claims.items() if said is not None}, key, algorithm)


def bearing(*args: Any, **changed: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(*args, **changed)}"}


@async_fixture
async def guarded(city: City) -> AsyncIterator[httpx.AsyncClient]:
    """An API that checks tokens, with one incident."""
    the_gate.bind(city.api, Gate(AUTH))
    city.report(ONE)
    transport = httpx.ASGITransport(city.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://centre") as http:
        yield http


async def test_an_operators_command_is_theirs_whoever_the_body_names(city: City, guarded: httpx.AsyncClient) -> None:
    for key in (OURS, OLDER):
        body = {"actor": "somebody else", "text": "đã gọi"}
        answer = await guarded.post(f"/incidents/{ONE}/escalate", json=body, headers=bearing(key))
        assert answer.status_code == 202, answer.text
        _, value, _ = city.broker.published.pop()
        assert msgspec.json.decode(value)["data"] == {"actor": "lan@hue", "text": "đã gọi", "level": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic bGFuOng="},
        {"Authorization": "Bearer nonsense"},
        bearing(STRANGERS),
        bearing(exp=int(time.time()) - 60),
        bearing(exp=None),
        bearing(iss="https://elsewhere.example"),
        bearing(aud="another service"),
        bearing(sub=None),
        bearing(sub=""),
        bearing(sub="a" * 513),
        bearing(public(OURS).get_secret_value()[27:87], "HS256"),
        {"Authorization": f"Bearer {jwt.encode({'sub': 'lan@hue', 'roles': ['operator']}, None, 'none')}"},
    ],
)
@pytest.mark.parametrize("sent", [{"json": {}}, {"json": {"foo": 1}}, {"content": b"{"}])
async def test_a_command_without_a_valid_token_is_401_whatever_its_body(
    city: City, guarded: httpx.AsyncClient, headers: dict[str, str], sent: dict[str, Any]
) -> None:
    answer = await guarded.post(f"/incidents/{ONE}/acknowledge", headers=headers, **sent)
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["errors"] == []
    assert city.broker.published == []


@pytest.mark.parametrize("roles", [[], ["identity"], "operator", None, [["operator"]], {"operator": True}])
async def test_a_command_of_one_who_is_no_operator_is_403(
    city: City, guarded: httpx.AsyncClient, roles: object
) -> None:
    for command in BODIES:
        answer = await guarded.post(f"/incidents/{ONE}/{command}", json={}, headers=bearing(roles=roles))
        assert answer.status_code == 403, answer.text
        assert 'scope="operator"' in answer.headers["www-authenticate"]
        assert "operator" in answer.json()["title"]
    assert city.broker.published == []


async def test_what_all_may_see_needs_no_token(guarded: httpx.AsyncClient) -> None:
    for path in ("/incidents", f"/incidents/{ONE}", "/figures", "/ready"):
        assert (await guarded.get(path)).status_code == 200


async def test_without_settings_commands_are_open(city: City, client: httpx.AsyncClient) -> None:
    city.report(ONE)
    answer = await client.post(f"/incidents/{ONE}/acknowledge", json={"actor": "Lan"}, headers=bearing(STRANGERS))
    assert answer.status_code == 202
    assert msgspec.json.decode(city.broker.published[0][1])["data"] == {"actor": "Lan"}


async def test_a_shared_secret_and_roles_that_lie_deeper_will_do() -> None:
    gate = Gate(
        AuthSettings(
            key=SecretStr(SECRET), algorithm="HS256", issuer="i", audience="ioc", roles_claim="realm_access.roles"
        )
    )
    caller = gate.caller_of(token(SECRET, "HS256", iss="i", realm_access={"roles": ["operator", "identity"]}))
    assert caller.roles == {"operator", "identity"}


async def test_a_token_is_checked_once_as_long_as_it_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, checked, decode = Gate(AUTH), [], jwt.decode
    monkeypatch.setattr(jwt, "decode", lambda *said, **more: checked.append(said) or decode(*said, **more))
    soon_over = token(OLDER, exp=int(time.time()) + 1)
    for _ in range(3):
        assert gate.caller_of(soon_over).subject == "lan@hue"
    assert len(checked) == 1
    over = time.time() + 12
    monkeypatch.setattr(time, "time", lambda: over)
    gate.caller_of(soon_over)
    assert len(checked) == 2, "that it is over is for the check to say, and not remembered"


async def test_a_token_that_proves_nothing_is_not_remembered_as_if_it_did() -> None:
    gate = Gate(AUTH)
    good = token()
    for _ in range(2):
        assert gate.caller_of(good).subject == "lan@hue"
        with pytest.raises(InvalidToken):
            gate.caller_of(good[:-4] + "AAAA")


async def test_keys_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.pem"
    file.write_text(public(OURS, OLDER).get_secret_value())
    gate = Gate(AuthSettings(key_file=file, algorithm="EdDSA", issuer="https://id.example", audience="ioc"))
    assert gate.caller_of(token(OLDER)).subject == "lan@hue"


@pytest.mark.parametrize(
    ("variables", "faults"),
    [
        ({"ISSUER": "i"}, ["IOC_AUTH_AUDIENCE is missing", "either IOC_AUTH_KEY or IOC_AUTH_KEY_FILE is needed"]),
        ({"KEY": "", "ISSUER": "i", "AUDIENCE": "a"}, ["no key that is long enough for RS256"]),
        ({"KEY": "too-short", "ALGORITHM": "HS256"}, ["ISSUER is missing", "AUDIENCE is missing", "for HS256"]),
        ({"KEY": SECRET, "ALGORITHM": "none", "ISSUER": "i", "AUDIENCE": "a"}, ["IOC_AUTH_ALGORITHM is none of"]),
        ({"KEY_FILE": "/nowhere", "ISSUER": "i", "AUDIENCE": "a"}, ["no key that is long enough for RS256"]),
        ({"KEY": public(OURS).get_secret_value(), "ISSUER": "i", "AUDIENCE": "a"}, ["for RS256"]),
    ],
)
def test_settings_that_could_not_check_a_token_are_refused_with_every_fault_and_no_value(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], faults: list[str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"IOC_AUTH_{name}", value)
    with pytest.raises(ValidationError) as refused:
        AuthSettings()
    told = str(refused.value)
    assert all(fault in told for fault in faults), told
    assert not {value for value in variables.values() if len(value) > 8 and value in told}


async def test_the_document_tells_which_routes_need_a_token(city: City) -> None:
    document = city.api.openapi()
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for command in BODIES:
        operation = document["paths"][f"/incidents/{{id}}/{command}"]["post"]
        assert operation["security"] == [{"HTTPBearer": ["operator"]}]
        assert {"401", "403"} <= operation["responses"].keys()
    for path, operations in document["paths"].items():
        for method in operations.keys() - {"get"}:
            role = "producer" if path in ("/events", *REPORTS) else "operator"
            assert operations[method]["security"] == [{"HTTPBearer": [role]}], f"{method} {path}"
    operation = document["paths"]["/incidents/{id}/reporter"]["get"]
    assert operation["security"] == [{"HTTPBearer": ["identity"]}]


HOA = {"name": "Hoa", "phone": "0234", "email": "hoa@example.org", "address": "5 Lê Lợi", "id_number": "046"}
REPORTER = "/incidents/field-reports:2/reporter"


async def test_who_reported_is_shown_to_the_role_for_it_and_the_look_is_recorded(
    city: City, guarded: httpx.AsyncClient
) -> None:
    city.report("field-reports:2", reporter=HOA)
    answer = await guarded.get(REPORTER, headers=bearing(roles=["identity"]))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"incident": "field-reports:2", **HOA}
    assert ReporterShown.model_validate(answer.json()).model_dump() == answer.json()
    assert answer.headers["cache-control"] == "no-store"
    (look,) = map(decode_look, city.broker.audit)
    assert look == Look("field-reports:2", "lan@hue", city.now)
    assert city.broker.published == [], "a look is no event of the incident"


async def test_without_the_role_nobody_sees_who_reported(city: City, guarded: httpx.AsyncClient) -> None:
    city.report("field-reports:2", reporter=HOA)
    for headers, status in ((bearing(), 403), ({}, 401), (bearing(STRANGERS, roles=["identity"]), 401)):
        answer = await guarded.get(REPORTER, headers=headers)
        assert answer.status_code == status
        assert "Hoa" not in answer.text
    the_gate.bind(city.api, Gate(AuthSettings()))
    answer = await guarded.get(REPORTER, headers=bearing(roles=["identity"]))
    assert (answer.status_code, answer.json()["errors"]) == (403, [])
    assert city.broker.audit == []


async def test_a_look_that_cannot_be_recorded_is_not_given(city: City, guarded: httpx.AsyncClient) -> None:
    city.report("field-reports:2", reporter=HOA)
    city.broker.down = True
    answer = await guarded.get(REPORTER, headers=bearing(roles=["identity"]))
    assert answer.status_code == 503
    assert "Hoa" not in answer.text


async def test_of_nobody_and_of_no_incident_and_while_it_cannot_be_read(city: City, guarded: httpx.AsyncClient) -> None:
    headers = bearing(roles=["identity"])
    assert (await guarded.get(f"/incidents/{ONE}/reporter", headers=headers)).status_code == 404
    assert len(city.broker.audit) == 1, "that nobody is named is an answer too"
    assert (await guarded.get("/incidents/field-reports:9/reporter", headers=headers)).status_code == 404
    assert len(city.broker.audit) == 1
    city.identities.down = True
    assert (await guarded.get(f"/incidents/{ONE}/reporter", headers=headers)).status_code == 503


async def test_the_way_to_the_war_room_is_for_operators_alone(city: City, guarded: httpx.AsyncClient) -> None:
    the_war_room_link.bind(city.api, "https://meet.example/secret-of-the-room")
    for headers, status in (({}, 401), (bearing(roles=["identity"]), 403)):
        answer = await guarded.get("/war-room", headers=headers)
        assert answer.status_code == status
        assert "secret-of-the-room" not in answer.text
    operator = bearing()
    assert (await guarded.get("/war-room", headers=operator)).json() == {
        "url": "https://meet.example/secret-of-the-room"
    }
    the_war_room_link.bind(city.api, "")
    assert (await guarded.get("/war-room", headers=operator)).json() == {"url": None}
