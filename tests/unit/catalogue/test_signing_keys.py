"""keys.yml: whose signature is known, and every way to write it wrong."""

import base64
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ioc.catalogue.reading.load import load_catalogue
from ioc.catalogue.signing_key import SigningKey
from tests.unit.catalogue.broken_catalogue import errors_of
from tests.unit.samples import CENTRE, CENTRE_KEY, LEADERS, LEADERS_KEY, at

SINCE = "valid_from: 2026-01-01T00:00:00+07:00"
RAW = base64.b64encode(LEADERS.key.public).decode()
PEM = CENTRE_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def write(folder: Path, *rows: str) -> None:
    (folder / "keys.yml").write_text("keys:\n" + "".join(f"  - {{{row}}}\n" for row in rows))


def quoted(pem: str) -> str:
    return '"' + pem.replace("\n", "\\n") + '"'


def test_a_key_is_pem_or_its_bytes_in_base64(folder: Path) -> None:
    write(
        folder,
        f'id: u, owner: ubnd-tp, public: "{RAW}", {SINCE}',
        f"id: c, owner: ioc, public: {quoted(PEM)}, {SINCE}, valid_until: 2027-01-01T00:00:00Z",
    )
    since = at("2026-01-01 00:00")
    assert load_catalogue(folder).keys == {
        "u": SigningKey("u", "ubnd-tp", LEADERS.key.public, since),
        "c": SigningKey("c", "ioc", CENTRE.key.public, since, at("2027-01-01 07:00")),
    }


def test_the_citys_catalogue_has_none_and_needs_none(folder: Path) -> None:
    assert load_catalogue(folder).keys == {}
    (folder / "keys.yml").unlink()
    assert load_catalogue(folder).keys == {}


def test_whatever_is_wrong_with_keys_is_told_at_once_and_no_key_with_it(folder: Path) -> None:
    private = LEADERS_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    of_another_kind = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    write(
        folder,
        f'id: k1, owner: nobody, public: "{RAW}", valid_from: 2026-01-01, valid_until: soon',
        f'id: k2, owner: ioc, public: "{RAW}", {SINCE}, valid_until: 2025-01-01T00:00:00+07:00',
        f"id: k3, owner: ioc, public: {quoted(private)}, {SINCE}",
        f"id: k4, owner: ioc, public: {quoted(of_another_kind)}, {SINCE}",
        f'id: k5, owner: ioc, public: "{RAW[:-8]}", {SINCE}',
        f'id: k6, owner: ioc, public: "ké", {SINCE}, colour: red',
        f'id: "k 7", owner: ioc, public: "-----BEGIN PUBLIC KEY-----", {SINCE}',
        "id: k8",
        f"id: k9, owner: ioc, public: {quoted(PEM)}, valid_from: 1066-01-01T00:00:00Z",
    )
    moment = "must be a moment with a time zone, such as 2026-01-01T00:00:00+07:00"
    kind = "must be the public key of an Ed25519 pair: PEM, or its 32 bytes in base64"
    assert errors_of(folder) == sorted(
        f"keys.yml: {one}"
        for one in (
            "k1: unknown unit 'nobody'",
            f"k1.valid_from: {moment}",
            f"k1.valid_until: {moment}",
            "k2: ends before it begins",
            "k2: has the same public key as 'k1'",
            "k3.public: a private key does not belong here, and whoever has seen it can sign: make a new pair",
            f"k4.public: {kind}",
            f"k5.public: {kind}",
            f"k6.public: {kind}",
            "k6.colour: unknown field",
            f"k 7.public: {kind}",
            "k 7: the id of a key is made of letters, digits, dots, hyphens and underscores",
            "k8.owner: missing",
            "k8.public: missing",
            "k8.valid_from: missing",
            "k9.valid_from: must lie from 1970 to 2099",
        )
    )
