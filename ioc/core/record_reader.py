"""TODO."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from ioc.core.cloudevents import Envelope, address_of, wrong_address
from ioc.core.records import Headers
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import encode
from ioc.core.schema import faults_of
from ioc.core.topics import MAX_EVENT_BYTES

# Kafka binding of CloudEvents 1.0, section 3: the content-type prefix tells the two modes apart.
STRUCTURED = b"application/cloudevents"

ReadT = TypeVar("ReadT")


def read_record(
    key: bytes | None,
    value: bytes | None,
    headers: Headers,
    read: Callable[[bytes | None, bytes], ReadT],
    payloads: Mapping[str, type[Struct]],
) -> ReadT | Rejection:
    """Return what `read` makes of a record's key and its value in structured mode, or why it is refused.

    `payloads` are what the data of each known type of record must be like; they name the faults of what is not read.

    Total: whatever a record holds, reading it ends. No state is touched here, so that even an error nobody thought of
    can be a refusal, which keeps the record, and does not stop one worker after another.
    """
    if value is not None and len(value) > MAX_EVENT_BYTES:
        return Rejection(Reason.TOO_LARGE, (FieldError("data", f"more than {MAX_EVENT_BYTES} bytes"),))
    try:
        return read(key, _structured(value, headers) if headers else value or b"")
    except Exception as error:
        return _why_unread(key, value, headers, payloads, error)


def _why_unread(
    key: bytes | None, value: bytes | None, headers: Headers, payloads: Mapping[str, type[Struct]], error: Exception
) -> Rejection:
    try:
        match error:
            case UnicodeDecodeError():
                return _NOT_UTF8
            case msgspec.ValidationError():
                return _explain(key, payloads, _structured(value, headers), error)
            case msgspec.DecodeError():
                return _NOT_UTF8 if "utf-8" in str(error).lower() else _NOT_JSON
            case KeyError():
                return _explain(key, payloads, _structured(value, headers))
    except Exception as another:
        error = another
    return Rejection(Reason.UNREADABLE, (FieldError("data", f"reading it failed: {type(error).__name__}"),))


_NOT_UTF8 = Rejection(Reason.NOT_UTF8, (FieldError("data", "not valid UTF-8"),))

_NOT_JSON = Rejection(Reason.NOT_JSON, (FieldError("data", "not valid JSON"),))


def _structured(value: bytes | None, headers: Headers) -> bytes:
    """Return the record in structured mode, which it is in unless an attribute is among its headers."""
    for name, _ in headers:
        if name.startswith("ce_"):
            return _folded(value, headers)
    return value or b""


def _folded(value: bytes | None, headers: Headers) -> bytes:
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


def _explain(
    key: bytes | None,
    payloads: Mapping[str, type[Struct]],
    structured: bytes,
    error: msgspec.ValidationError | None = None,
) -> Rejection:
    """Return every fault of a record that could not be read. Faults name fields, never values.

    `error` is why the reader gave up; what it means is told when the schemas find nothing.
    """
    members = msgspec.json.decode(structured)
    if not isinstance(members, dict):
        return Rejection(Reason.INVALID, (FieldError("data", "not a JSON object"),))
    faults = list(faults_of(Envelope, members))
    source, subject = members.get("source"), members.get("subject")
    if isinstance(source, str) and isinstance(subject, str):
        faults += [fault for fault in wrong_address(address_of(source, subject), key) if fault not in faults]
    kind = payloads.get(members["type"]) if isinstance(members.get("type"), str) else None
    if kind is not None:
        faults += [FieldError(_under_data(f.field), f.reason) for f in faults_of(kind, members.get("data", {}))]
        return Rejection(Reason.INVALID, tuple(faults) or (_fault_of(error),))
    if isinstance(members.get("type"), str):
        return Rejection(Reason.UNKNOWN_TYPE, (*faults, FieldError("type", "not a type this service knows")))
    return Rejection(Reason.INVALID, tuple(faults))


def _under_data(field: str) -> str:
    return f"data.{field}" if field else "data"


_PLACE = re.compile(r" - at `\$\.(\w+)")


def _fault_of(error: msgspec.ValidationError | None) -> FieldError:
    """Return the fault in the reader's own words less the value: a number with a fraction, a word too long in NFC."""
    place = _PLACE.search(str(error))
    return FieldError(_under_data(place[1] if place else ""), "not what its schema wants, in Unicode NFC")
