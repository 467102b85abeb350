"""keys.yml: the public keys that directives are signed with, and whose they are."""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from msgspec import Struct

from ioc.catalogue.reading.faults import Tell
from ioc.catalogue.reading.reading import Folder, Listed
from ioc.catalogue.signing_key import SigningKey
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name
from ioc.core.times import OUT_OF_TIME, Instant, is_of_our_time, to_instant

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_BYTES = 32
_NOT_A_KEY = "must be the public key of an Ed25519 pair: PEM, or its 32 bytes in base64"


class KeyRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A key as its file gives it."""

    id: Code
    owner: Code
    public: Name
    valid_from: Name
    valid_until: Name | None = None


def read_keys(folder: Folder, units: Listed[Unit]) -> Mapping[str, SigningKey]:
    """Return the keys by their ids; what is written out as a private key is refused, and not repeated."""
    document = folder.document("keys.yml", ["keys"], optional=True)
    made = [_key(row, document.tell) for row in document.rows("keys", KeyRow, "id").rows if row.public != ""]
    for key in made:
        if units.lacks(key.owner):
            document.tell(key.id, f"unknown unit '{key.owner}'")
    _tell_twice(made, document.tell)
    return {key.id: key for key in made}


def _tell_twice(keys: list[SigningKey], tell: Tell) -> None:
    """Tell of a public key that two ids have: nobody could say who signed."""
    first: dict[bytes, str] = {}
    for key in keys:
        other = first.setdefault(key.public, key.id)
        if key.public and other != key.id:
            tell(key.id, f"has the same public key as '{other}'")


def _key(row: KeyRow, tell: Tell) -> SigningKey:
    if not _ID.fullmatch(row.id):
        tell(row.id, "the id of a key is made of letters, digits, dots, hyphens and underscores")
    public = tell.read(f"{row.id}.public", _public, row.public)
    since = tell.read(f"{row.id}.valid_from", _moment, row.valid_from)
    until = None if row.valid_until is None else tell.read(f"{row.id}.valid_until", _moment, row.valid_until)
    if since is not None and until is not None and until <= since:
        tell(row.id, "ends before it begins")
    return SigningKey(row.id, row.owner, public or b"", since or 0, until)


def _moment(text: str) -> Instant:
    try:
        moment = datetime.fromisoformat(text)
        instant = to_instant(moment)
    except (ValueError, OverflowError):
        raise ValueError("must be a moment with a time zone, such as 2026-01-01T00:00:00+07:00") from None
    if not is_of_our_time(moment):
        raise ValueError(OUT_OF_TIME)
    return instant


def _public(text: str) -> bytes:
    if "PRIVATE KEY" in text:
        raise ValueError("a private key does not belong here, and whoever has seen it can sign: make a new pair")
    return _of_pem(text) if "-----" in text else _of_base64(text)


def _of_pem(text: str) -> bytes:
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(_NOT_A_KEY) from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(_NOT_A_KEY)
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _of_base64(text: str) -> bytes:
    try:
        public = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(_NOT_A_KEY) from None
    if len(public) != _BYTES:
        raise ValueError(_NOT_A_KEY)
    return public
