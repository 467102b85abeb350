"""Events as they come over HTTP, in the three content modes of CloudEvents 1.0, made what a Kafka record would hold.

Structured and batched events go on byte by byte as they came; a binary one stays binary, its `ce-` headers as `ce_`.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Raw, Struct

from ioc.core.cloudevents import STRUCTURED_HEADERS
from ioc.core.records import Headers

# So many events a batch may have.
MOST_EVENTS = 1000
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_FORMATS = "application/cloudevents"
_decode_batch = msgspec.json.Decoder(list[Raw]).decode


class Arrival(Struct, frozen=True):
    """One event as a record of Kafka would hold it."""

    value: bytes
    headers: Headers = STRUCTURED_HEADERS


class NotEvents(Exception):
    """The request is in no mode that events can come in."""


class NotABatch(Exception):
    """The body of a batch is no JSON array."""


class TooMany(Exception):
    """A batch has more than `MOST_EVENTS` events."""


def arrivals(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> list[Arrival]:
    """Return the events of a request, none of them read yet. Raises NotEvents, NotABatch, TooMany.

    `headers` have their names in lower case, as ASGI has them.
    """
    given = [(name.decode("latin-1"), value) for name, value in headers]
    content_type = _media_type(next((value.decode("latin-1") for name, value in given if name == "content-type"), ""))
    if content_type == STRUCTURED:
        return [Arrival(body)]
    if content_type == BATCH:
        return _batched(body)
    if content_type.startswith(_FORMATS) or not any(name.startswith("ce-") for name, _ in given):
        raise NotEvents
    return [Arrival(body, _as_kafka_has_them(given))]


def is_batch(content_type: str) -> bool:
    """True of the content type of a batch."""
    return _media_type(content_type) == BATCH


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _batched(body: bytes) -> list[Arrival]:
    try:
        events = _decode_batch(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # the last of what is nested without end
        raise NotABatch from None
    if len(events) > MOST_EVENTS:
        raise TooMany
    return [Arrival(bytes(event)) for event in events]


def _as_kafka_has_them(given: Iterable[tuple[str, bytes]]) -> Headers:
    """Return the attributes of an event in binary mode, and the type of its data."""
    attributes = [(f"ce_{name[3:]}", _decoded(value)) for name, value in given if name.startswith("ce-")]
    return (*attributes, *((name, value) for name, value in given if name == "content-type"))


def _decoded(value: bytes) -> bytes:
    """Return what a header says: HTTP binding of CloudEvents 1.0, section 3.1.3.2."""
    if len(value) > 1 and value.startswith(b'"') and value.endswith(b'"'):
        value = re.sub(rb"\\(.)", rb"\1", value[1:-1])
    return unquote_to_bytes(value)
