"""Signatures of directives: a detached compact JWS (RFC 7515, appendix F) over the canonical JSON of what is said.

EdDSA over Ed25519 is the one algorithm. The payload is never taken from the signature: it is made anew of the event,
so a signature says nothing for another incident, another event or other words.
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
    """Return what is signed of a directive: RFC 8785 canonical JSON, moments in UTC with milliseconds, words in NFC."""
    said = msgspec.to_builtins(replace(directed, signature=None, due=None))
    if directed.due is not None:
        said["due"] = to_rfc3339(to_instant(directed.due))
    return rfc8785.dumps(
        {
            "source": event.source,
            "id": event.id,
            "subject": event.incident.partition(":")[2],
            "type": cloudevents_type(event.event_type),
            "time": to_rfc3339(event.time),
            "data": said,
        }
    )


def sign(stated: bytes, key_id: str, private: Ed25519PrivateKey) -> str:
    """Return the signature of a statement."""
    token = _JWS.encode(stated, private, ALGORITHM, {"kid": key_id, "typ": None})
    header, _, signature = token.split(".")
    return f"{header}..{signature}"


class _Named(Struct, frozen=True):
    source: str
    subject: str


def record_key(event: bytes) -> bytes | None:
    """Return the key a structured event has to be sent under; None when that cannot be said."""
    try:
        named = msgspec.json.decode(event, type=_Named)
    except msgspec.DecodeError:
        return None
    slug = slug_of(named.source)
    return None if slug is None else f"{slug}:{named.subject}".encode()


def signature_rejection(event: Event, directed: Directed, keys: Mapping[str, SigningKey]) -> Rejection | None:
    """Return why a directive is not signed as it must be; None when it is, by its giver, with a key valid then."""
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
    if not _is_of(directed.signature, statement(event, directed), key):
        return _BAD
    if not key.is_valid_at(event.time):
        return _rejection(Reason.KEY_OUT_OF_TIME, "signature", "its key is not valid at the time of the event")
    if directed.by != key.owner:
        return _rejection(Reason.WRONG_SIGNER, "by", "not the owner of the key it is signed with")
    return None


def _rejection(reason: Reason, field: str, what: str) -> Rejection:
    return Rejection(reason, (FieldError(f"data.{field}", what),))


_BAD = _rejection(Reason.BAD_SIGNATURE, "signature", "not a detached EdDSA signature of what this event says")


def _header(signature: str) -> _Header | None:
    """Return the header of a detached signature; None of what is none."""
    parts = signature.split(".")
    if len(parts) != 3 or parts[1]:
        return None
    try:
        return _decode_header(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _is_of(signature: str, stated: bytes, key: SigningKey) -> bool:
    header, _, signed = signature.split(".")
    payload = urlsafe_b64encode(stated).rstrip(b"=").decode()
    try:
        _JWS.decode(f"{header}.{payload}.{signed}", Ed25519PublicKey.from_public_bytes(key.public), [ALGORITHM])
    except (jwt.PyJWTError, ValueError):
        return False
    return True
