"""Signatures of directives: a detached compact JWS (RFC 7515, appendix F) over the canonical JSON of the event.

EdDSA over Ed25519 is the only algorithm. The signed payload is never taken from the signature but made from the event,
so a signature is worth nothing for another incident, another event or another text.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import jwt
import msgspec
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct
from msgspec.structs import replace

from ioc.catalogue.signing_key import SigningKey
from ioc.core.cloudevents import slug_of
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.times import to_instant, to_rfc3339
from ioc.incident.event import Event
from ioc.incident.lifecycle import cloudevents_type
from ioc.incident.payloads import Directed

ALGORITHM = "EdDSA"
_JWS = jwt.PyJWS([ALGORITHM])


class _Header(Struct, frozen=True):
    alg: str
    kid: str


_decode_header = msgspec.json.Decoder(_Header).decode


def statement(event: Event, directed: Directed) -> bytes:
    """Return what is signed of a directive: canonical JSON (RFC 8785), instants in UTC with ms, texts in NFC."""
    data = msgspec.to_builtins(replace(directed, signature=None, due=None))
    if directed.due is not None:
        data["due"] = to_rfc3339(to_instant(directed.due))
    return rfc8785.dumps(
        {
            "source": event.source,
            "id": event.id,
            "subject": event.incident.partition(":")[2],
            "type": cloudevents_type(event.event_type),
            "time": to_rfc3339(event.time),
            "data": data,
        }
    )


def sign(document: bytes, key_id: str, private: Ed25519PrivateKey) -> str:
    """Return the detached signature of a document, which is what `statement` returns."""
    token = _JWS.encode(document, private, ALGORITHM, {"kid": key_id, "typ": None})
    header, _, signature = token.split(".")
    return f"{header}..{signature}"


class _Addressed(Struct, frozen=True):
    source: str
    subject: str


def record_key(event: bytes) -> bytes | None:
    """Return the record key of a structured event; None when it has no valid source or subject."""
    try:
        addressed = msgspec.json.decode(event, type=_Addressed)
    except msgspec.DecodeError:
        return None
    slug = slug_of(addressed.source)
    return None if slug is None else f"{slug}:{addressed.subject}".encode()


def signature_rejection(event: Event, directed: Directed, keys: Mapping[str, SigningKey]) -> Rejection | None:
    """Return why the signature of a directive is not accepted; None when its giver signed it with a key valid then."""
    if not keys:
        return _rejection(Reason.NO_KEYS, "signature", "the catalogue has no keys (keys.yml) to check a directive with")
    if directed.signature is None:
        return _rejection(Reason.UNSIGNED, "signature", "missing: a directive is signed by whom it comes from")
    header = _header(directed.signature)
    if header is None or header.alg != ALGORITHM:
        return _BAD
    key = keys.get(header.kid)
    if key is None:
        return _rejection(Reason.UNKNOWN_KEY, "signature", "its key is not in keys.yml")
    if not _is_signed(directed.signature, statement(event, directed), key):
        return _BAD
    if not key.is_valid_at(event.time):
        return _rejection(Reason.KEY_OUT_OF_TIME, "signature", "its key is not valid at the time of the event")
    if directed.by != key.owner:
        return _rejection(Reason.WRONG_SIGNER, "by", "not the owner of the key it is signed with")
    return None


def _rejection(reason: Reason, field: str, error: str) -> Rejection:
    return Rejection(reason, (FieldError(f"data.{field}", error),))


_BAD = _rejection(Reason.BAD_SIGNATURE, "signature", "not a detached EdDSA signature of what this event says")


def _header(signature: str) -> _Header | None:
    """Return the header of a detached signature; None when the text is no such signature."""
    parts = signature.split(".")
    if len(parts) != 3 or parts[1]:
        return None
    try:
        return _decode_header(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _is_signed(signature: str, document: bytes, key: SigningKey) -> bool:
    header, _, signature_part = signature.split(".")
    payload = urlsafe_b64encode(document).rstrip(b"=").decode()
    try:
        _JWS.decode(f"{header}.{payload}.{signature_part}", Ed25519PublicKey.from_public_bytes(key.public), [ALGORITHM])
    except (jwt.PyJWTError, ValueError):
        return False
    return True
