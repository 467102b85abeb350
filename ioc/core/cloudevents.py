"""The envelope of what comes in: a Kafka record in either content mode of CloudEvents 1.0, read or refused.

The quick road decodes straight into structs. When that fails, the slow road reads the record again
to name every fault at once.
"""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import Moment, encode
from ioc.core.times import OUT_OF_TIME, is_of_our_time

Id = Annotated[str, Meta(min_length=1, max_length=256)]
Source = Annotated[str, Meta(min_length=1, max_length=256)]
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


class Envelope(Struct, frozen=True, gc=False):
    """The context attributes of CloudEvents that the centre reads, and the data still undecoded."""

    specversion: Literal["1.0"]
    id: Id
    source: Source
    type: str
    subject: Id
    time: Moment
    data: Raw | UnsetType = UNSET


decode_envelope = msgspec.json.Decoder(Envelope).decode
_SLUGS: dict[str, str | None] = {}
NO_DATA = Raw(b"{}")


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
    """Return a CloudEvent in structured mode as JSON; `time` is RFC 3339 with a zone, no `data` leaves the member out.

    `with_content_type` says in the event that its data is JSON. It also decides the order of the members, so that an
    event made twice, by whatever edition of the product, has the same bytes.
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
    """Return the short name of a source: its last path segment; None when it has no usable one."""
    try:
        return _SLUGS[source]
    except KeyError:
        if len(_SLUGS) > 10_000:  # a hostile producer must not fill the memory with names
            _SLUGS.clear()
        slug = source.rstrip("/").rpartition("/")[2].lower()
        return _SLUGS.setdefault(source, slug if SLUG.match(slug) else None)


def address_of(source: str, subject: str) -> str | None:
    """Return what a record is about, `<source slug>:<subject>`; None when the source has no usable slug."""
    slug = slug_of(source)
    return None if slug is None else f"{slug}:{subject}"


def rejection_of(faults: tuple[FieldError, ...]) -> Rejection:
    """Return the refusal of a record with these faults: one at the wrong address alone says so."""
    return Rejection(Reason.WRONG_KEY if all(f.field == "key" for f in faults) else Reason.INVALID, faults)


def wrong_address(address: str | None, key: bytes | None) -> tuple[FieldError, ...]:
    """Return what is wrong with where a record went: its key must be the address of what it is about."""
    if address is None:
        return (_NO_SLUG,) if key is not None else (_NO_SLUG, _NO_KEY)
    if key is None:
        return (_NO_KEY,)
    return () if key == address.encode() else (_OTHER_KEY,)


_NO_SLUG = FieldError("source", "its last path segment must be letters, digits and hyphens")
_NO_KEY = FieldError("key", "missing; it must be '<source slug>:<subject>'")
_OTHER_KEY = FieldError("key", "differs from '<source slug>:<subject>'")


def out_of_time(envelope: Envelope, *_: object) -> tuple[FieldError, ...]:
    """Return the fault of an event whose own time no calendar reaches, whatever else is known of it."""
    return () if is_of_our_time(envelope.time) else (_OUT_OF_TIME,)


_OUT_OF_TIME = FieldError("time", OUT_OF_TIME)


STRUCTURED_HEADERS = (("content-type", b"application/cloudevents+json"),)
