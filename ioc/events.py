"""Reading an event: a Kafka record in either CloudEvents 1.0 content mode becomes an `Event` or a `Refusal`.

The quick road decodes straight into structs. When that fails, the slow road reads the record again
to name every fault at once.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from unicodedata import is_normalized, normalize

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from ioc.errors import Fault, Reason, Refusal
from ioc.lifecycle import MOVE_OF_TYPE, Move
from ioc.payloads import DECODE, PAYLOADS, Assigned, Moment, Payload, Rated, Updated, encode
from ioc.schema import faults_of
from ioc.times import Instant, to_instant
from ioc.topics import MAX_EVENT_BYTES

Id = Annotated[str, Meta(min_length=1, max_length=256)]
Source = Annotated[str, Meta(min_length=1, max_length=256)]
Headers = Sequence[tuple[str, bytes]]

# Kafka binding of CloudEvents 1.0, section 3: the content-type prefix tells the two modes apart.
STRUCTURED = b"application/cloudevents"
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


class Envelope(Struct, frozen=True):
    """The context attributes of CloudEvents that the centre reads, and the data still undecoded."""

    specversion: Annotated[str, Meta(pattern=r"^1\.0$")]
    id: Id
    source: Source
    type: str
    subject: Id
    time: Moment
    data: Raw | UnsetType = UNSET


class Event(Struct, frozen=True):
    """One thing that happened to one incident. `time` is the producer's, in ms; (source, id) is its duplicate key."""

    incident: str
    move: Move
    time: Instant
    source: str
    id: str
    payload: Payload
    data: Raw


AS_OF_TYPE = "vn.ioc.clock.asof.v1"


class AsOf(Struct, frozen=True):
    """A mark in a replay: by now it is `time` (ms), though nothing happened. In operation it means nothing."""

    time: Instant


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_SLUGS: dict[str, str | None] = {}
_NO_DATA = Raw(b"{}")


def slug_of(source: str) -> str | None:
    """Return the short name of a source: its last path segment; None when it has no usable one."""
    if source not in _SLUGS:
        if len(_SLUGS) > 10_000:  # a hostile producer must not fill the memory with names
            _SLUGS.clear()
        slug = source.rstrip("/").rpartition("/")[2].lower()
        _SLUGS[source] = slug if SLUG.match(slug) else None
    return _SLUGS[source]


def read_event(key: bytes | None, value: bytes | None, headers: Headers = ()) -> Event | AsOf | Refusal:
    """Return the event or the mark a record holds, or why it is refused with all faults named."""
    if value is None:
        return Refusal(Reason.NOT_JSON, (Fault("data", "the record is empty"),))
    if len(value) > MAX_EVENT_BYTES:
        return Refusal(Reason.TOO_LARGE, (Fault("data", f"more than {MAX_EVENT_BYTES} bytes"),))
    try:
        envelope = _decode_envelope(_structured(value, headers))
        if envelope.type == AS_OF_TYPE:
            return AsOf(to_instant(envelope.time))
        move = MOVE_OF_TYPE[envelope.type]
        data = _NO_DATA if envelope.data is UNSET else envelope.data
        payload = DECODE[move](data)
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
        return explain(value, headers)
    faults = _faults_beyond_shape(envelope, payload, key)
    if faults:
        reason = Reason.WRONG_KEY if all(f.field == "key" for f in faults) else Reason.INVALID
        return Refusal(reason, faults)
    payload = _normal(payload, move)
    return Event(
        incident=f"{slug_of(envelope.source)}:{envelope.subject}",
        move=move,
        time=to_instant(envelope.time),
        source=envelope.source,
        id=envelope.id,
        payload=payload,
        data=Raw(encode(payload)),
    )


def _structured(value: bytes, headers: Headers) -> bytes:
    """Return the record in structured mode; binary attributes (`ce_` headers) are folded into one object."""
    attributes = {name[3:]: text for name, text in headers if name.startswith("ce_")}
    content_type = next((text for name, text in headers if name.lower() == "content-type"), b"")
    if not attributes or content_type.lower().startswith(STRUCTURED):
        return value
    members = [b'"%s":%s' % (n.encode(), encode(t.decode())) for n, t in attributes.items() if n != "data"]
    return b"{" + b",".join([*members, b'"data":' + (value or b"null")]) + b"}"


def _faults_beyond_shape(envelope: Envelope, payload: Payload, key: bytes | None) -> tuple[Fault, ...]:
    slug = slug_of(envelope.source)
    faults = []
    if slug is None:
        faults.append(Fault("source", "its last path segment must be letters, digits and hyphens"))
    if key is None:
        faults.append(Fault("key", "missing; it must be '<source slug>:<subject>'"))
    elif slug is not None and key != f"{slug}:{envelope.subject}".encode():
        faults.append(Fault("key", "differs from '<source slug>:<subject>'"))
    faults.extend(_missing_words(payload))
    return tuple(faults)


def _missing_words(payload: Payload) -> list[Fault]:
    match payload:
        case Assigned(unit=None, assignee=None):
            return [Fault("data", "an assignment names a unit or an assignee")]
        case Rated(score=None, satisfaction=None):
            return [Fault("data", "a rating gives a score or a satisfaction")]
        case Updated() if payload == Updated(actor=payload.actor, text=payload.text):
            return [Fault("data", "an update changes at least one field")]
    return []


def _normal(payload: Payload, move: Move) -> Payload:
    """Return the payload with its words in Unicode NFC, so that equal names are equal."""
    words = encode(payload).decode()
    if words.isascii() or is_normalized("NFC", words):
        return payload
    return DECODE[move](normalize("NFC", words).encode())


def explain(value: bytes, headers: Headers) -> Refusal:
    """Return every fault of a record that could not be read. Faults name fields, never values."""
    try:
        members = msgspec.json.decode(_structured(value, headers))
    except UnicodeDecodeError:
        return Refusal(Reason.NOT_UTF8, (Fault("data", "not valid UTF-8"),))
    except msgspec.DecodeError as error:
        if "utf-8" in str(error).lower():
            return Refusal(Reason.NOT_UTF8, (Fault("data", "not valid UTF-8"),))
        return Refusal(Reason.NOT_JSON, (Fault("data", "not valid JSON"),))
    if not isinstance(members, dict):
        return Refusal(Reason.INVALID, (Fault("data", "not a JSON object"),))
    return _faults_in(members)


def _faults_in(members: Mapping[str, Any]) -> Refusal:
    faults = list(faults_of(Envelope, members))
    move = MOVE_OF_TYPE.get(members["type"]) if isinstance(members.get("type"), str) else None
    if move is not None:
        faults += [Fault(_under_data(f.field), f.reason) for f in faults_of(PAYLOADS[move], members.get("data", {}))]
        return Refusal(Reason.INVALID, tuple(faults))
    if "type" in members:
        faults.append(Fault("type", "not a type this service knows"))
        return Refusal(Reason.UNKNOWN_TYPE, tuple(faults))
    return Refusal(Reason.INVALID, tuple(faults))


def _under_data(field: str) -> str:
    return f"data.{field}" if field else "data"
