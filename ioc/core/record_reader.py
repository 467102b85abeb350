"""Reading a Kafka record in either content mode of CloudEvents 1.0, or saying why it is refused.

A good record is decoded straight into structs. When that fails, the record is read again by its schemas, which name
every error at once.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from ioc.core.cloudevents import Envelope, address_errors, address_of
from ioc.core.records import Headers
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import encode
from ioc.core.schema import schema_errors
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
    """Return what `read` makes of a record's key and its value in structured mode, or why the record is refused.

    `payloads` are the structs of the data by the type of the event; their schemas explain what could not be read.

    It never raises, whatever a record holds: an unforeseen exception becomes a rejection, so that the record is kept
    as a dead letter and does not stop one worker after another. No state has been touched by then.
    """
    if value is not None and len(value) > MAX_EVENT_BYTES:
        return Rejection(Reason.TOO_LARGE, (FieldError("data", f"more than {MAX_EVENT_BYTES} bytes"),))
    try:
        return read(key, _to_structured(value, headers) if headers else value or b"")
    except Exception as error:
        return _rejection_for(error, key, value, headers, payloads)


def _rejection_for(
    error: Exception, key: bytes | None, value: bytes | None, headers: Headers, payloads: Mapping[str, type[Struct]]
) -> Rejection:
    try:
        match error:
            case UnicodeDecodeError():
                return _NOT_UTF8
            case msgspec.ValidationError():
                return _explain(key, payloads, _to_structured(value, headers), error)
            case msgspec.DecodeError():
                return _NOT_UTF8 if "utf-8" in str(error).lower() else _NOT_JSON
            case KeyError():
                return _explain(key, payloads, _to_structured(value, headers))
    except Exception as second_error:
        error = second_error
    return Rejection(Reason.UNREADABLE, (FieldError("data", f"reading it failed: {type(error).__name__}"),))


_NOT_UTF8 = Rejection(Reason.NOT_UTF8, (FieldError("data", "not valid UTF-8"),))
_NOT_JSON = Rejection(Reason.NOT_JSON, (FieldError("data", "not valid JSON"),))


def _to_structured(value: bytes | None, headers: Headers) -> bytes:
    """Return the record in structured mode; it is in binary mode when a header is an attribute (`ce_`)."""
    for name, _ in headers:
        if name.startswith("ce_"):
            return _from_binary(value, headers)
    return value or b""


def _from_binary(value: bytes | None, headers: Headers) -> bytes:
    """Return a record in binary mode as one object; a content type of CloudEvents says it is structured after all."""
    present = [(name, text) for name, text in headers if text is not None]
    attributes = {name[3:]: text for name, text in present if name.startswith("ce_")}
    content_type = next((text for name, text in present if name.lower() == "content-type"), b"")
    if not attributes or content_type.lower().startswith(STRUCTURED):
        return value or b""
    members: dict[str, object] = {name: text.decode() for name, text in attributes.items() if name != "data"}
    if value:
        members["data"] = msgspec.json.decode(value, type=Raw)  # raises for what is no JSON, which cannot be embedded
    return encode(members)


def _explain(
    key: bytes | None,
    payloads: Mapping[str, type[Struct]],
    structured: bytes,
    error: msgspec.ValidationError | None = None,
) -> Rejection:
    """Return every error of a record that could not be read. They name fields, never values.

    `error` is why decoding failed; it is used when the schemas find nothing wrong.
    """
    members = msgspec.json.decode(structured)
    if not isinstance(members, dict):
        return Rejection(Reason.INVALID, (FieldError("data", "not a JSON object"),))
    errors = list(schema_errors(Envelope, members))
    source, subject = members.get("source"), members.get("subject")
    if isinstance(source, str) and isinstance(subject, str):
        errors += [wrong for wrong in address_errors(address_of(source, subject), key) if wrong not in errors]
    payload = payloads.get(members["type"]) if isinstance(members.get("type"), str) else None
    if payload is not None:
        errors += [
            FieldError(_under_data(wrong.field), wrong.reason)
            for wrong in schema_errors(payload, members.get("data", {}))
        ]
        return Rejection(Reason.INVALID, tuple(errors) or (_field_error(error),))
    if isinstance(members.get("type"), str):
        return Rejection(Reason.UNKNOWN_TYPE, (*errors, FieldError("type", "not a type this service knows")))
    return Rejection(Reason.INVALID, tuple(errors))


def _under_data(field: str) -> str:
    return f"data.{field}" if field else "data"


_LOCATION = re.compile(r" - at `\$\.(\w+)")


def _field_error(error: msgspec.ValidationError | None) -> FieldError:
    """Return an error that no schema finds, without the value: a number with a fraction, a text too long in NFC."""
    location = _LOCATION.search(str(error))
    return FieldError(_under_data(location[1] if location else ""), "not what its schema wants, in Unicode NFC")
