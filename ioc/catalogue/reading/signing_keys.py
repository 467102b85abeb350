"""Reader of keys.yml: the public keys that directives are signed with, and whose they are."""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from msgspec import Struct

from ioc.catalogue.reading.documents.errors import ErrorReport
from ioc.catalogue.reading.documents.folder import CatalogueFolder
from ioc.catalogue.reading.documents.rows import NamedRows
from ioc.catalogue.signing_key import SigningKey
from ioc.catalogue.unit import Unit
from ioc.core.scalars import Code, Name
from ioc.core.times import TIME_OUT_OF_RANGE, Instant, is_plausible_moment, to_instant

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_BYTES = 32
_NOT_A_KEY = "must be the public key of an Ed25519 pair: PEM, or its 32 bytes in base64"


class KeyRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A key in its file."""

    id: Code
    owner: Code
    public: Name
    valid_from: Name
    valid_until: Name | None = None


def read_keys(folder: CatalogueFolder, units: NamedRows[Unit]) -> Mapping[str, SigningKey]:
    """Return the keys by their ids. A private key is an error, and is never quoted."""
    document = folder.document("keys.yml", ["keys"], is_optional=True)
    keys = [_key(row, document.report) for row in document.rows("keys", KeyRow, "id").rows if row.public != ""]
    for key in keys:
        if units.lacks(key.owner):
            document.report(key.id, f"unknown unit '{key.owner}'")
    _report_shared_keys(keys, document.report)
    return {key.id: key for key in keys}


def _report_shared_keys(keys: list[SigningKey], report: ErrorReport) -> None:
    """Report a public key that has two ids: nobody could say who signed with it."""
    first_ids: dict[bytes, str] = {}
    for key in keys:
        first_id = first_ids.setdefault(key.public, key.id)
        if key.public and first_id != key.id:
            report(key.id, f"has the same public key as '{first_id}'")


def _key(row: KeyRow, report: ErrorReport) -> SigningKey:
    if not _ID.fullmatch(row.id):
        report(row.id, "the id of a key is made of letters, digits, dots, hyphens and underscores")
    public = report.parse(f"{row.id}.public", _public, row.public)
    start = report.parse(f"{row.id}.valid_from", _instant, row.valid_from)
    end = None if row.valid_until is None else report.parse(f"{row.id}.valid_until", _instant, row.valid_until)
    if start is not None and end is not None and end <= start:
        report(row.id, "ends before it begins")
    return SigningKey(row.id, row.owner, public or b"", start or 0, end)


def _instant(text: str) -> Instant:
    try:
        moment = datetime.fromisoformat(text)
        instant = to_instant(moment)
    except (ValueError, OverflowError):
        raise ValueError("must be a moment with a time zone, such as 2026-01-01T00:00:00+07:00") from None
    if not is_plausible_moment(moment):
        raise ValueError(TIME_OUT_OF_RANGE)
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
