"""CloudEvents 1.0: the envelope that is read, the addresses of events, and the encoder of those the product makes."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import Moment, encode
from ioc.core.times import TIME_OUT_OF_RANGE, is_plausible_moment

Id = Annotated[str, Meta(min_length=1, max_length=256)]
Source = Annotated[str, Meta(min_length=1, max_length=256)]
STRUCTURED_HEADERS = (("content-type", b"application/cloudevents+json"),)
NO_DATA = Raw(b"{}")
SLUG_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


class Envelope(Struct, frozen=True, gc=False):
    """The context attributes that the centre reads, and the data, not decoded yet."""

    specversion: Literal["1.0"]
    id: Id
    source: Source
    type: str
    subject: Id
    time: Moment
    data: Raw | UnsetType = UNSET


decode_envelope = msgspec.json.Decoder(Envelope).decode
_SLUGS: dict[str, str | None] = {}


def encode_cloudevent(
    *,
    event_id: str,
    source: str,
    subject: str,
    event_type: str,
    time: str,
    data: object = UNSET,
    with_content_type: bool = False,
) -> bytes:
    """Return a CloudEvent in structured mode as JSON. `time` is RFC 3339 with a zone; `data` may be left out.

    `with_content_type` adds `datacontenttype`. It also decides the order of the members: each producer keeps its own,
    so that the same event has the same bytes in every version of the product.
    """
    members: dict[str, object] = {"specversion": "1.0", "id": event_id, "source": source}
    if with_content_type:
        members |= {"type": event_type, "subject": subject, "time": time, "datacontenttype": "application/json"}
    else:
        members |= {"subject": subject, "type": event_type, "time": time}
    if data is not UNSET:
        members["data"] = data
    return encode(members)


def slug_of(source: str) -> str | None:
    """Return the slug of a source: its last path segment in lower case; None when that is no usable name."""
    try:
        return _SLUGS[source]
    except KeyError:
        if len(_SLUGS) > 10_000:  # a hostile producer must not fill the memory with names
            _SLUGS.clear()
        slug = source.rstrip("/").rpartition("/")[2].lower()
        return _SLUGS.setdefault(source, slug if SLUG_PATTERN.match(slug) else None)


def address_of(source: str, subject: str) -> str | None:
    """Return what a record is about, `<source slug>:<subject>`; None when the source has no usable slug."""
    slug = slug_of(source)
    return None if slug is None else f"{slug}:{subject}"


def rejection_of(errors: tuple[FieldError, ...]) -> Rejection:
    """Return the rejection of a record with these errors: WRONG_KEY when nothing but its key is wrong."""
    has_wrong_key_only = all(error.field == "key" for error in errors)
    return Rejection(Reason.WRONG_KEY if has_wrong_key_only else Reason.INVALID, errors)


def address_errors(address: str | None, key: bytes | None) -> tuple[FieldError, ...]:
    """Return what is wrong with the key of a record: it must be the address of what the record is about."""
    if address is None:
        return (_NO_SLUG,) if key is not None else (_NO_SLUG, _NO_KEY)
    if key is None:
        return (_NO_KEY,)
    return () if key == address.encode() else (_OTHER_KEY,)


_NO_SLUG = FieldError("source", "its last path segment must be letters, digits and hyphens")
_NO_KEY = FieldError("key", "missing; it must be '<source slug>:<subject>'")
_OTHER_KEY = FieldError("key", "differs from '<source slug>:<subject>'")


def time_errors(envelope: Envelope, *_: object) -> tuple[FieldError, ...]:
    """Return the error of an event whose time lies outside the years the product reckons with."""
    return () if is_plausible_moment(envelope.time) else (_IMPLAUSIBLE_TIME,)


_IMPLAUSIBLE_TIME = FieldError("time", TIME_OUT_OF_RANGE)
