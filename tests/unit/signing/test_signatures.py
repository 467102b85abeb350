"""Directives are signed: whatever is not exactly what the owner of a valid key said is refused, and said why."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.signing_key import SigningKey
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import Reason, Rejection
from ioc.core.times import DAY, HOUR, Instant, to_rfc3339
from ioc.decider.decide import decide
from ioc.decider.signatures import statement
from ioc.incident.event import Event
from ioc.incident.payloads import Directed
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.signing.signer import Signer, private_key, signer_of
from tests.unit.samples import CENTRE, CITY, KEYS, LATER, LEADERS, LEADERS_KEY, SINCE, at

T = at("2026-04-14 08:00")
SAID = {"by": "ubnd-tp", "units": ["pc-hue", "hepco"], "due": "2026-04-14T10:00:00+07:00", "text": "Cắt điện"}


def document(time: Instant = T, event_id: str = "d", subject: str = "1", **data: Any) -> dict[str, Any]:
    """Return a directive without a signature, as an event."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "/hue/field-reports",
        "subject": subject,
        "type": "vn.ioc.incident.directed.v1",
        "time": to_rfc3339(time),
        "data": {**SAID, **data},
    }


def signed(unsigned: Mapping[str, Any], signer: Signer = LEADERS) -> dict[str, Any]:
    return with_signature(unsigned, signer.signature(msgspec.json.encode(unsigned)))


def with_signature(event: Mapping[str, Any], signature: object) -> dict[str, Any]:
    return {**event, "data": {**event["data"], "signature": signature}}


def read(event: Mapping[str, Any]) -> Event | Rejection:
    outcome = read_event(f"field-reports:{event['subject']}".encode(), msgspec.json.encode(event))
    assert isinstance(outcome, Event | Rejection)
    return outcome


def rejection(event: Mapping[str, Any], catalogue: Catalogue = CITY) -> Rejection | None:
    outcome = read(event)
    return outcome if isinstance(outcome, Rejection) else decide(None, outcome, LATER, catalogue).rejection


def reason(event: Mapping[str, Any], catalogue: Catalogue = CITY) -> Reason | None:
    refused = rejection(event, catalogue)
    return None if refused is None else refused.reason


def keyed(*keys: SigningKey) -> Catalogue:
    return replace(CITY, keys={key.id: key for key in keys})


def header(**members: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def test_what_is_signed_by_the_owner_of_a_key_is_accepted() -> None:
    assert reason(signed(document())) is None
    assert reason(signed(document(by="ioc"), CENTRE)) is None


def test_what_is_signed_is_canonical_and_names_the_very_event() -> None:
    event = read(document(text="Cắt điện", actor="Chủ tịch"))
    assert isinstance(event, Event)
    assert isinstance(event.payload, Directed)
    assert statement(event, event.payload).decode() == (
        '{"data":{"actor":"Chủ tịch","by":"ubnd-tp","due":"2026-04-14T03:00:00.000Z","text":"Cắt điện",'
        '"units":["pc-hue","hepco"]},"id":"d","source":"/hue/field-reports","subject":"1",'
        '"time":"2026-04-14T01:00:00.000Z","type":"vn.ioc.incident.directed.v1"}'
    )


def test_another_library_makes_the_same_signature() -> None:
    """A JWS of the statement, its payload left out: nothing of ours is needed to sign."""
    event = read(document())
    assert isinstance(event, Event)
    assert isinstance(event.payload, Directed)
    whole = jwt.PyJWS().encode(statement(event, event.payload), LEADERS_KEY, "EdDSA", {"kid": "ubnd-1"})
    head, _, signature = whole.split(".")
    assert reason(with_signature(document(), f"{head}..{signature}")) is None


def test_an_unsigned_directive_is_refused() -> None:
    refused = rejection(document())
    assert refused is not None
    assert (refused.reason, refused.errors[0].field) == (Reason.UNSIGNED, "data.signature")


def test_without_keys_in_the_catalogue_every_directive_is_refused_and_said_why() -> None:
    for directive in (document(), signed(document())):
        refused = rejection(directive, replace(CITY, keys={}))
        assert refused is not None
        assert refused.reason is Reason.NO_KEYS
        assert "keys.yml" in refused.errors[0].reason


CHANGES: list[dict[str, Any]] = [
    {"id": "e"},
    {"subject": "2"},
    {"source": "/other/field-reports"},
    {"time": to_rfc3339(T + 1)},
    {"data": {**SAID, "units": ["hepco", "pc-hue"]}},
    {"data": {**SAID, "units": ["pc-hue"]}},
    {"data": {**SAID, "due": "2026-04-14T10:00:00.001+07:00"}},
    {"data": {name: value for name, value in SAID.items() if name != "due"}},
    {"data": {**SAID, "text": "Cắt nước"}},
    {"data": {**SAID, "by": "ioc"}},
    {"data": {**SAID, "actor": "Chủ tịch"}},
    {"data": {**SAID, "evidence": [{"url": "https://a.example/1", "sha256": "0" * 64, "media_type": "image/png"}]}},
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_altered_after_the_signing_is_found(change: dict[str, Any]) -> None:
    signature = signed(document())["data"]["signature"]
    assert reason(with_signature({**document(), **change}, signature)) is Reason.BAD_SIGNATURE


def test_the_same_moment_written_otherwise_and_the_same_letters_composed_otherwise_are_the_same() -> None:
    signature = signed(document())["data"]["signature"]
    otherwise = document(due="2026-04-14T03:00:00Z", text=normalize("NFD", "Cắt điện"))
    assert reason(with_signature(otherwise, signature)) is None


def test_an_unknown_key_is_refused() -> None:
    stranger = Signer(replace(LEADERS.key, id="stranger"), Ed25519PrivateKey.generate())
    assert reason(signed(document(), stranger)) is Reason.UNKNOWN_KEY


def test_a_strangers_signature_under_a_known_name_is_refused() -> None:
    assert reason(signed(document(), Signer(LEADERS.key, Ed25519PrivateKey.generate()))) is Reason.BAD_SIGNATURE


def test_nobody_gives_directives_in_the_name_of_another() -> None:
    assert reason(signed(document(by="ubnd-tp"), CENTRE)) is Reason.WRONG_SIGNER
    nobodys = {name: value for name, value in SAID.items() if name != "by"}
    assert reason(signed({**document(), "data": nobodys})) is Reason.WRONG_SIGNER


@pytest.mark.parametrize(
    ("since", "until", "refused"),
    [
        (T, None, None),
        (T + 1, None, Reason.KEY_OUT_OF_TIME),
        (T - DAY, T, Reason.KEY_OUT_OF_TIME),
        (T - DAY, T + 1, None),
    ],
)
def test_a_key_is_valid_from_a_moment_on_and_before_another(
    since: Instant, until: Instant | None, refused: Reason | None
) -> None:
    key = replace(LEADERS.key, valid_from=since, valid_until=until)
    assert reason(signed(document()), keyed(key)) is refused


def test_no_other_algorithm_is_taken_for_it() -> None:
    event = read(document())
    assert isinstance(event, Event)
    assert isinstance(event.payload, Directed)
    stated = statement(event, event.payload)
    kid = {"kid": "ubnd-1"}
    rsa_key = rsa.generate_private_key(65537, 2048)
    every = jwt.PyJWS()
    others = [
        every.encode(stated, rsa_key, "RS256", kid),
        every.encode(stated, ec.generate_private_key(ec.SECP256R1()), "ES256", kid),
        every.encode(stated, "", "none", kid),
    ]
    # The public key, which everybody has, as the secret of an HMAC.
    others.append(every.encode(stated, base64.b64encode(LEADERS.key.public), "HS256", kid))
    for token in others:
        head, _, signature = token.split(".")
        assert reason(with_signature(document(), f"{head}..{signature}")) in (Reason.BAD_SIGNATURE, Reason.INVALID)
    good = signed(document())["data"]["signature"].split("..")[1]
    for alg in ("none", "HS256", "Ed448", "eddsa", "", None, 5):
        forged = f"{header(alg=alg, kid='ubnd-1')}..{good}"
        assert reason(with_signature(document(), forged)) is Reason.BAD_SIGNATURE


def test_a_signature_that_brings_its_own_payload_is_refused() -> None:
    """Else a key's signature of anything could be used for everything."""
    for payload in (b"x", b"{}"):
        token = jwt.PyJWS().encode(payload, LEADERS_KEY, "EdDSA", {"kid": "ubnd-1"})
        assert reason(with_signature(document(), token)) is Reason.BAD_SIGNATURE
        head, _, signature = token.split(".")
        assert reason(with_signature(document(), f"{head}..{signature}")) is Reason.BAD_SIGNATURE
    unencoded = jwt.PyJWS().encode(b"x", LEADERS_KEY, "EdDSA", {"kid": "ubnd-1"}, is_payload_detached=True)
    assert reason(with_signature(document(), unencoded)) is Reason.BAD_SIGNATURE


@given(st.one_of(st.text(min_size=1, max_size=600), st.from_regex(r"[\w=-]{0,300}\.\.?[\w=-]{0,300}", fullmatch=True)))
def test_whatever_stands_for_a_signature_it_is_refused_and_nothing_raises(signature: str) -> None:
    forged = with_signature(document(), signature)
    assert reason(forged) in {Reason.BAD_SIGNATURE, Reason.UNKNOWN_KEY, Reason.INVALID}


@pytest.mark.parametrize("inside", ["[" * 380, '{"alg":' * 50, "{}", "[]", '"x"', "5", "null", '{"alg":"EdDSA"}'])
def test_a_header_that_is_none_is_refused(inside: str) -> None:
    head = base64.urlsafe_b64encode(inside.encode()).rstrip(b"=").decode()
    good = signed(document())["data"]["signature"].split("..")[1]
    assert reason(with_signature(document(), f"{head}..{good}")) in {Reason.BAD_SIGNATURE, Reason.INVALID}


def test_a_refused_directive_is_a_dead_letter_and_nothing_else() -> None:
    value = msgspec.json.encode(document())
    changes = IncidentProcessor(0, CITY, ClockKind.WALL).fold([Record(0, T + HOUR, b"field-reports:1", value)])
    assert [letter.rejection.reason for letter in changes.dead_letters] == [Reason.UNSIGNED]
    assert (changes.incidents, changes.facts) == ({}, [])


def test_a_key_once_taken_away_judges_nothing_anew() -> None:
    """What was accepted stays so, also when a late event has all folded again."""
    reported = read(
        {**document(event_id="r"), "type": "vn.ioc.incident.reported.v1", "data": {"service": "field-reports"}}
    )
    noted = read({**document(T + 1, event_id="n"), "type": "vn.ioc.incident.acknowledged.v1", "data": {}})
    given = read(signed(document(T + HOUR)))
    state = None
    for event, catalogue in ((reported, CITY), (given, CITY), (noted, replace(CITY, keys={}))):
        assert isinstance(event, Event)
        state = decide(state, event, LATER, catalogue).state
    assert state is not None
    assert [one.id for one in state.directives] == ["d"]


def test_the_signer_of_a_private_key_is_found_by_its_public_half() -> None:
    assert signer_of(LEADERS_KEY, KEYS) == LEADERS
    assert signer_of(Ed25519PrivateKey.generate(), KEYS) is None


def test_a_private_key_is_read_from_pem_and_what_is_none_is_told() -> None:
    pem = LEADERS_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    found = signer_of(private_key(pem), KEYS)
    assert found is not None
    assert found.key == LEADERS.key
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for wrong in (
        b"",
        b"x",
        other,
        LEADERS_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ):
        with pytest.raises(ValueError, match="private key"):
            private_key(wrong)


def test_what_is_no_directive_is_not_signed() -> None:
    for wrong in (b"[]", b"{}", msgspec.json.encode({**document(), "type": "vn.ioc.incident.noted.v1"})):
        with pytest.raises(ValueError, match=r"directive|invalid"):
            LEADERS.signature(wrong)
    assert SINCE < T
