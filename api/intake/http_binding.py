"""The HTTP binding of CloudEvents 1.0: events of a request, in its three content modes, as Kafka records hold them.

Structured and batched events keep their bytes; a binary one stays binary, its `ce-` headers become `ce_` headers.
"""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Raw, Struct

from ioc.core.cloudevents import STRUCTURED_HEADERS
from ioc.core.records import Headers

# Events in one batch.
MAX_BATCH_EVENTS = 1000
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_FORMATS = "application/cloudevents"
_decode_batch = msgspec.json.Decoder(list[Raw]).decode


class IncomingEvent(Struct, frozen=True):
    """One event of a request, as a Kafka record would hold it; not read yet."""

    value: bytes
    headers: Headers = STRUCTURED_HEADERS


class UnsupportedContentMode(Exception):
    """The request is in none of the content modes of CloudEvents."""


class MalformedBatch(Exception):
    """The body of a batch is not a JSON array."""


class BatchTooLong(Exception):
    """A batch has more than `MAX_BATCH_EVENTS` events."""


def events_of_request(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> list[IncomingEvent]:
    """Return the events of a request. Raises UnsupportedContentMode, MalformedBatch or BatchTooLong.

    The names of `headers` are in lower case, as in ASGI.
    """
    fields = [(name.decode("latin-1"), value) for name, value in headers]
    content_type = _media_type(next((value.decode("latin-1") for name, value in fields if name == "content-type"), ""))
    if content_type == STRUCTURED:
        return [IncomingEvent(body)]
    if content_type == BATCH:
        return _read_batch(body)
    if content_type.startswith(_FORMATS) or not any(name.startswith("ce-") for name, _ in fields):
        raise UnsupportedContentMode
    return [IncomingEvent(body, _kafka_headers(fields))]


def is_batch(content_type: str) -> bool:
    """True of the content type of a batch."""
    return _media_type(content_type) == BATCH


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _read_batch(body: bytes) -> list[IncomingEvent]:
    try:
        events = _decode_batch(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # RecursionError: nested without end
        raise MalformedBatch from None
    if len(events) > MAX_BATCH_EVENTS:
        raise BatchTooLong
    return [IncomingEvent(bytes(event)) for event in events]


def _kafka_headers(fields: Sequence[tuple[str, bytes]]) -> Headers:
    """Return the attributes of an event in binary mode, and the content type of its data."""
    attributes = [(f"ce_{name[3:]}", _decode_value(value)) for name, value in fields if name.startswith("ce-")]
    return (*attributes, *((name, value) for name, value in fields if name == "content-type"))


def _decode_value(value: bytes) -> bytes:
    """Return the value of a header without quotes and percent-encoding: HTTP binding, section 3.1.3.2."""
    if len(value) > 1 and value.startswith(b'"') and value.endswith(b'"'):
        value = re.sub(rb"\\(.)", rb"\1", value[1:-1])
    return unquote_to_bytes(value)
