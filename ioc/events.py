"""Reading an event: a Kafka record in either CloudEvents 1.0 content mode becomes an `Event` or a `Refusal`.

The quick road decodes straight into structs. When that fails, the slow road reads the record again
to name every fault at once.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, TypeVar
from unicodedata import is_normalized, normalize

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from msgspec.structs import replace

from ioc import registers
from ioc.errors import Fault, Reason, Refusal
from ioc.lifecycle import KIN, MOVE_OF_TYPE, OWN, Move
from ioc.payloads import (
    DECODE,
    NOBODY,
    PAYLOADS,
    Assigned,
    Moment,
    Payload,
    Rated,
    Reported,
    Reporter,
    Shelved,
    Updated,
    encode,
)
from ioc.registers import ACT_OF_TYPE, BOOKINGS, Answered, Booked, Booking
from ioc.schema import faults_of
from ioc.sources import is_own
from ioc.times import OUT_OF_TIME, Instant, is_of_our_time, to_instant
from ioc.topics import MAX_EVENT_BYTES

Id = Annotated[str, Meta(min_length=1, max_length=256)]
Source = Annotated[str, Meta(min_length=1, max_length=256)]
Headers = Sequence[tuple[str, bytes | None]]
Said = TypeVar("Said", bound=Payload | Booked)

LONGEST_SHELVED = timedelta(days=7)
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
    """One thing that happened to one incident. `time` is the producer's, in ms; (source, id) is its duplicate key.

    `payload` and `data`, which become part of the incident, say nothing of the `reporter`.
    """

    incident: str
    move: Move
    time: Instant
    source: str
    id: str
    payload: Payload
    data: Raw
    reporter: Reporter | None = None


AS_OF_TYPE = "vn.ioc.clock.asof.v1"


class AsOf(Struct, frozen=True):
    """A mark in a replay: by now it is `time` (ms), though nothing happened. In operation it means nothing."""

    time: Instant


decode_envelope = msgspec.json.Decoder(Envelope).decode
_SLUGS: dict[str, str | None] = {}
NO_DATA = Raw(b"{}")


def slug_of(source: str) -> str | None:
    """Return the short name of a source: its last path segment; None when it has no usable one."""
    if source not in _SLUGS:
        if len(_SLUGS) > 10_000:  # a hostile producer must not fill the memory with names
            _SLUGS.clear()
        slug = source.rstrip("/").rpartition("/")[2].lower()
        _SLUGS[source] = slug if SLUG.match(slug) else None
    return _SLUGS[source]


def read_event(key: bytes | None, value: bytes | None, headers: Headers = ()) -> Event | Booking | AsOf | Refusal:
    """Return the event, the booking or the mark a record holds, or why it is refused with all faults named."""
    return read_record(value, headers, partial(_read, key), partial(explain, key))


Read = TypeVar("Read")


def read_record(
    value: bytes | None,
    headers: Headers,
    read: Callable[[bytes], Read],
    explain: Callable[[bytes, msgspec.ValidationError | None], Refusal],
) -> Read | Refusal:
    """Return what `read` makes of a record in structured mode, or why it is refused, as `explain` has it.

    Total: whatever a record holds, reading it ends. No state is touched here, so that even an error nobody thought of
    can be a refusal, which keeps the record, and does not stop one worker after another.
    """
    if value is not None and len(value) > MAX_EVENT_BYTES:
        return Refusal(Reason.TOO_LARGE, (Fault("data", f"more than {MAX_EVENT_BYTES} bytes"),))
    try:
        return _read_structured(value, headers, read, explain)
    except Exception as error:
        return Refusal(Reason.UNREADABLE, (Fault("data", f"reading it failed: {type(error).__name__}"),))


def _read_structured(
    value: bytes | None,
    headers: Headers,
    read: Callable[[bytes], Read],
    explain: Callable[[bytes, msgspec.ValidationError | None], Refusal],
) -> Read | Refusal:
    try:
        structured = _structured(value, headers)
        return read(structured)
    except UnicodeDecodeError:
        return _NOT_UTF8
    except msgspec.ValidationError as error:
        return explain(structured, error)
    except msgspec.DecodeError as error:
        return _NOT_UTF8 if "utf-8" in str(error).lower() else _NOT_JSON
    except KeyError:
        return explain(structured, None)


_NOT_UTF8 = Refusal(Reason.NOT_UTF8, (Fault("data", "not valid UTF-8"),))
_NOT_JSON = Refusal(Reason.NOT_JSON, (Fault("data", "not valid JSON"),))


def _read(key: bytes | None, structured: bytes) -> Event | Booking | AsOf | Refusal:
    envelope = decode_envelope(structured)
    move = MOVE_OF_TYPE.get(envelope.type)
    if move is None:
        return _read_mark(envelope) if envelope.type == AS_OF_TYPE else _read_booking(key, envelope)
    payload = _normal(DECODE[move](NO_DATA if envelope.data is UNSET else envelope.data), PAYLOADS[move])
    faults = _faults_beyond_shape(envelope, payload, key)
    if faults:
        return _refused(faults)
    payload, reporter = _apart(payload)
    return Event(
        incident=f"{slug_of(envelope.source)}:{envelope.subject}",
        move=move,
        time=to_instant(envelope.time),
        source=envelope.source,
        id=envelope.id,
        payload=payload,
        data=Raw(encode(payload)),
        reporter=reporter,
    )


def _apart(payload: Payload) -> tuple[Payload, Reporter | None]:
    """Return a payload without the reporter's identity, and that identity when it says anything."""
    if not isinstance(payload, Reported) or payload.reporter is None:
        return payload, None
    return replace(payload, reporter=None), None if payload.reporter == NOBODY else payload.reporter


def _read_mark(envelope: Envelope) -> AsOf | Refusal:
    faults = tuple(_out_of_time(envelope, Payload()))
    return _refused(faults) if faults else AsOf(to_instant(envelope.time))


def _read_booking(key: bytes | None, envelope: Envelope) -> Booking | Refusal:
    act = ACT_OF_TYPE[envelope.type]
    payload = _normal(registers.DECODE[act](NO_DATA if envelope.data is UNSET else envelope.data), BOOKINGS[act])
    faults = _faults_beyond_shape(envelope, payload, key)
    if faults:
        return _refused(faults)
    address = f"{slug_of(envelope.source)}:{envelope.subject}"
    return Booking(address, act, to_instant(envelope.time), envelope.source, envelope.id, payload)


def _refused(faults: tuple[Fault, ...]) -> Refusal:
    return Refusal(Reason.WRONG_KEY if all(f.field == "key" for f in faults) else Reason.INVALID, faults)


def _structured(value: bytes | None, headers: Headers) -> bytes:
    """Return the record in structured mode; binary attributes (`ce_` headers) are folded into one object."""
    given = [(name, text) for name, text in headers if text is not None]
    attributes = {name[3:]: text for name, text in given if name.startswith("ce_")}
    content_type = next((text for name, text in given if name.lower() == "content-type"), b"")
    if not attributes or content_type.lower().startswith(STRUCTURED):
        return value or b""
    members: dict[str, object] = {name: text.decode() for name, text in attributes.items() if name != "data"}
    if value:
        members["data"] = msgspec.json.decode(value, type=Raw)  # JSON by itself, or it is none
    return encode(members)


def _faults_beyond_shape(envelope: Envelope, payload: Payload | Booked, key: bytes | None) -> tuple[Fault, ...]:
    return (
        *wrong_address(envelope.source, envelope.subject, key),
        *_missing_words(payload),
        *_own_relative(f"{slug_of(envelope.source)}:{envelope.subject}", payload),
        *_out_of_time(envelope, payload),
        *_off_the_shelf(envelope, payload),
        *_not_by_the_centre(envelope),
    )


def wrong_address(source: str, subject: str, key: bytes | None) -> Iterator[Fault]:
    """Yield what is wrong with where a record went: its key must be the incident's id."""
    slug = slug_of(source)
    if slug is not None and key == f"{slug}:{subject}".encode():
        return
    if slug is None:
        yield Fault("source", "its last path segment must be letters, digits and hyphens")
    if key is None:
        yield Fault("key", "missing; it must be '<source slug>:<subject>'")
    elif slug is not None:
        yield Fault("key", "differs from '<source slug>:<subject>'")


def _out_of_time(envelope: Envelope, payload: Payload | Booked) -> Iterator[Fault]:
    """Yield the moments no calendar reaches."""
    if not is_of_our_time(envelope.time):
        yield Fault("time", OUT_OF_TIME)
    if isinstance(payload, Reported):
        yield from (Fault(f"data.due.{t}", OUT_OF_TIME) for t, due in payload.due.items() if not is_of_our_time(due))
    for field in ("due", "reported_at", "merged_at", "ended_at"):
        moment = getattr(payload, field, None)
        if isinstance(moment, datetime) and not is_of_our_time(moment):
            yield Fault(f"data.{field}", OUT_OF_TIME)


def _own_relative(incident: str, payload: Payload | Booked) -> list[Fault]:
    """Return the fault of an incident that would be a relative of its own."""
    related = ("into", "child", "parent")
    return [Fault(f"data.{one}", "is the incident itself") for one in related if getattr(payload, one, "") == incident]


def _missing_words(payload: Payload | Booked) -> list[Fault]:
    match payload:
        case Assigned(unit=None, assignee=None):
            return [Fault("data", "an assignment names a unit or an assignee")]
        case Rated(score=None, satisfaction=None):
            return [Fault("data", "a rating gives a score or a satisfaction")]
        case Answered(score=None, satisfaction=None):
            return [Fault("data", "an answer gives a score or a satisfaction")]
        case Updated() if payload == Updated(actor=payload.actor, text=payload.text, evidence=payload.evidence):
            return [Fault("data", "an update changes at least one field")]
    return []


def _off_the_shelf(envelope: Envelope, payload: Payload | Booked) -> Iterator[Fault]:
    """Yield what a shelving lacks: it is somebody's, for a reason, and not for long."""
    if not isinstance(payload, Shelved):
        return
    yield from (
        Fault(f"data.{name}", "missing") for name in ("actor", "text") if not (getattr(payload, name) or "").strip()
    )
    if not is_of_our_time(envelope.time):
        return
    if not envelope.time < payload.until <= envelope.time + LONGEST_SHELVED:
        yield Fault("data.until", "must lie after the event, by seven days at most")


def _not_by_the_centre(envelope: Envelope) -> Iterator[Fault]:
    if MOVE_OF_TYPE.get(envelope.type) in OWN | KIN and not is_own(envelope.source):
        yield Fault("source", "only the centre itself tells this")


def _normal(payload: Said, kind: type[Said]) -> Said:
    """Return a payload with its words in Unicode NFC, so that equal names are equal.

    What names another incident or event is left as it came: so is the id that it has to equal.
    """
    words = encode(payload).decode()
    if words.isascii() or is_normalized("NFC", words):
        return payload
    return msgspec.convert(_in_nfc(msgspec.to_builtins(payload)), kind)


_IDS = frozenset({"into", "child", "parent", "directive"})


def _in_nfc(said: Any) -> Any:
    match said:
        case str():
            return normalize("NFC", said)
        case dict():
            return {_in_nfc(name): value if name in _IDS else _in_nfc(value) for name, value in said.items()}
        case list() | tuple():
            return [_in_nfc(value) for value in said]
    return said


_PAYLOAD_OF_TYPE: Mapping[str, type[Struct]] = {
    **{type: PAYLOADS[move] for type, move in MOVE_OF_TYPE.items()},
    **{type: BOOKINGS[act] for type, act in ACT_OF_TYPE.items()},
}


def explain(
    key: bytes | None,
    structured: bytes,
    error: msgspec.ValidationError | None = None,
    payloads: Mapping[str, type[Struct]] = _PAYLOAD_OF_TYPE,
) -> Refusal:
    """Return every fault of a record that could not be read. Faults name fields, never values.

    `error` is why the reader gave up; what it means is told when the schemas find nothing. `payloads` are what the data
    of each known type of record must be like.
    """
    members = msgspec.json.decode(structured)
    if not isinstance(members, dict):
        return Refusal(Reason.INVALID, (Fault("data", "not a JSON object"),))
    faults = list(faults_of(Envelope, members))
    source, subject = members.get("source"), members.get("subject")
    if isinstance(source, str) and isinstance(subject, str):
        faults += [fault for fault in wrong_address(source, subject, key) if fault not in faults]
    kind = payloads.get(members["type"]) if isinstance(members.get("type"), str) else None
    if kind is not None:
        faults += [Fault(_under_data(f.field), f.reason) for f in faults_of(kind, members.get("data", {}))]
        return Refusal(Reason.INVALID, tuple(faults) or (_fault_of(error),))
    if isinstance(members.get("type"), str):
        return Refusal(Reason.UNKNOWN_TYPE, (*faults, Fault("type", "not a type this service knows")))
    return Refusal(Reason.INVALID, tuple(faults))


def _under_data(field: str) -> str:
    return f"data.{field}" if field else "data"


_PLACE = re.compile(r" - at `\$\.(\w+)")


def _fault_of(error: msgspec.ValidationError | None) -> Fault:
    """Return the fault in the reader's own words less the value: a number with a fraction, a word too long in NFC."""
    place = _PLACE.search(str(error))
    return Fault(_under_data(place[1] if place else ""), "not what its schema wants, in Unicode NFC")
