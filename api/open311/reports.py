"""A report posted as a form becomes the event that everyone else would send of it."""

from base64 import b32encode
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from math import isfinite
from mimetypes import guess_type
from secrets import token_bytes
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from api.open311.answers import Said
from api.open311.services import CHECKSUM, WARD, Matter
from ioc.core.cloudevents import encode_cloudevent
from ioc.core.rejections import FieldError
from ioc.core.times import Instant, to_rfc3339
from ioc.incident.lifecycle import EventType, cloudevents_type

# All that comes this way is of one source; the ids of its incidents begin with its last part.
SOURCE = "/open311"
CHANNEL = "Open311"
_MOST_FIELDS = 200
_LONGEST_TITLE = 200

Form = Mapping[str, str]


def read_form(body: bytes) -> Form | None:
    """Return the fields of an urlencoded form that say something; None of what is none, or has too many."""
    try:
        return dict(parse_qsl(body.decode("ascii"), encoding="utf-8", errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError:
        return None


def name_of(sender: str, key: str | None) -> str:
    """Return the name of a new report within the source: the same for the same key of a sender, else ever new."""
    made_of = token_bytes(16) if key is None else f"{sender}\0{key}".encode()
    return b32encode(blake2b(made_of, digest_size=10).digest()).decode().lower()


def event(form: Form, matter: Matter, name: str, now: Instant) -> bytes:
    """Return the structured CloudEvent of a report."""
    return encode_cloudevent(
        event_id=name,
        source=SOURCE,
        subject=name,
        event_type=cloudevents_type(EventType.REPORTED),
        time=to_rfc3339(now),
        data={key: value for key, value in _data(form, matter).items() if value not in (None, {}, [])},
    )


def _data(form: Form, matter: Matter) -> dict[str, Any]:
    lines = form.get("description", "").strip().splitlines()
    return {
        "service": matter.service.code,
        "category": None if matter.category is None else matter.category.code,
        "title": lines[0][:_LONGEST_TITLE] if lines else matter.name,
        "text": _text(form),
        "channel": CHANNEL,
        "ward": form.get(f"attribute[{WARD}]"),
        "lat": _degrees(form.get("lat")),
        "lon": _degrees(form.get("long")),
        "address": form.get("address_string"),
        "reporter": _reporter(form),
        "evidence": _evidence(form),
    }


def _text(form: Form) -> str | None:
    """Return what is said, and where a photo lies that has no checksum to be evidence by."""
    unproven = None if _evidence(form) else form.get("media_url")
    return "\n".join(part for part in (form.get("description", "").strip(), unproven) if part) or None


def _reporter(form: Form) -> dict[str, str]:
    """Return who reports: kept apart from the incident as soon as the event is read."""
    name = " ".join(form[part].strip() for part in ("first_name", "last_name") if part in form)
    return {key: said for key, said in (("name", name), *((at, form.get(at)) for at in ("phone", "email"))) if said}


def _evidence(form: Form) -> list[dict[str, str]]:
    url, checksum = form.get("media_url"), form.get(f"attribute[{CHECKSUM}]")
    if url is None or checksum is None:
        return []
    media_type, _ = guess_type(urlsplit(url).path)
    return [{"url": url, "sha256": checksum, "media_type": media_type or "application/octet-stream"}]


def _degrees(said: str | None) -> float | None:
    try:
        degrees = float(said or "")
    except ValueError:
        return None
    return degrees if isfinite(degrees) else None


def faults(form: Form) -> Iterator[Said]:
    """Yield what is wrong with where the matter is said to be, which the event alone would not tell."""
    places = [name for name in ("lat", "long") if name in form]
    if len(places) == 1:
        yield Said(400, "lat and long are needed together")
    yield from (Said(400, f"{name}: not a number") for name in places if _degrees(form[name]) is None)
    if not places and "address_string" not in form:
        yield Said(400, "lat and long, or address_string, are needed")


_AS_SENT = {
    "data.lat": "lat",
    "data.lon": "long",
    "data.address": "address_string",
    "data.category": "service_code",
    "data.evidence": "media_url",
    "data.reporter.email": "email",
    "data.reporter.name": "first_name, last_name",
    "data.reporter.phone": "phone",
    "data.service": "service_code",
    "data.text": "description",
    "data.title": "description",
    "data.ward": f"attribute[{WARD}]",
}


def as_sent(fault: FieldError) -> Said:
    """Return a fault of the event by the name that the form has for the field."""
    field = next((name for path, name in _AS_SENT.items() if fault.field.startswith(path)), fault.field)
    if fault.field.startswith("data.evidence") and fault.field.endswith("sha256"):
        field = f"attribute[{CHECKSUM}]"
    return Said(400, f"{field}: {fault.reason}")
