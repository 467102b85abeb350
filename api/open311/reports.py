"""Reports that citizens post as forms, and the event that each becomes: the one any other service would send."""

from base64 import b32encode
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from math import isfinite
from mimetypes import guess_type
from secrets import token_bytes
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from api.open311.responses import GeoReportError
from api.open311.services import CHECKSUM, WARD, ReportableService
from ioc.core.cloudevents import encode_cloudevent
from ioc.core.rejections import FieldError
from ioc.core.times import Instant, to_rfc3339
from ioc.incident.lifecycle import EventType, cloudevents_type

# All reports have one source; the ids of their incidents begin with its last part.
SOURCE = "/open311"
CHANNEL = "Open311"
_MOST_FIELDS = 200
_LONGEST_TITLE = 200

ReportForm = Mapping[str, str]


def read_form(body: bytes) -> ReportForm | None:
    """Return the fields of an urlencoded form that are not empty; None when it is not one, or has too many fields."""
    try:
        return dict(parse_qsl(body.decode("ascii"), encoding="utf-8", errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError:
        return None


def report_id(sender: str, key: str | None) -> str:
    """Return the id of a report within the source: always the same for one key of a sender, random without a key."""
    seed = token_bytes(16) if key is None else f"{sender}\0{key}".encode()
    return b32encode(blake2b(seed, digest_size=10).digest()).decode().lower()


def encode_report(form: ReportForm, service: ReportableService, event_id: str, now: Instant) -> bytes:
    """Return the structured CloudEvent of a report."""
    return encode_cloudevent(
        event_id=event_id,
        source=SOURCE,
        subject=event_id,
        event_type=cloudevents_type(EventType.REPORTED),
        time=to_rfc3339(now),
        data={key: value for key, value in _data(form, service).items() if value not in (None, {}, [])},
    )


def _data(form: ReportForm, service: ReportableService) -> dict[str, Any]:
    lines = form.get("description", "").strip().splitlines()
    return {
        "service": service.service.code,
        "category": None if service.category is None else service.category.code,
        "title": lines[0][:_LONGEST_TITLE] if lines else service.name,
        "text": _text(form),
        "channel": CHANNEL,
        "ward": form.get(f"attribute[{WARD}]"),
        "lat": _degrees(form.get("lat")),
        "lon": _degrees(form.get("long")),
        "address": form.get("address_string"),
        "reporter": _reporter(form),
        "evidence": _evidence(form),
    }


def _text(form: ReportForm) -> str | None:
    """Return the description, and the address of a photo that has no checksum and so cannot be evidence."""
    photo = None if _evidence(form) else form.get("media_url")
    return "\n".join(line for line in (form.get("description", "").strip(), photo) if line) or None


def _reporter(form: ReportForm) -> dict[str, str]:
    """Return who reports; the reader of events keeps it apart from the incident."""
    name = " ".join(form[field].strip() for field in ("first_name", "last_name") if field in form)
    fields = {"name": name, "phone": form.get("phone"), "email": form.get("email")}
    return {field: value for field, value in fields.items() if value}


def _evidence(form: ReportForm) -> list[dict[str, str]]:
    url, checksum = form.get("media_url"), form.get(f"attribute[{CHECKSUM}]")
    if url is None or checksum is None:
        return []
    media_type, _ = guess_type(urlsplit(url).path)
    return [{"url": url, "sha256": checksum, "media_type": media_type or "application/octet-stream"}]


def _degrees(text: str | None) -> float | None:
    try:
        degrees = float(text or "")
    except ValueError:
        return None
    return degrees if isfinite(degrees) else None


def location_errors(form: ReportForm) -> Iterator[GeoReportError]:
    """Yield what is wrong with the location in a form: the event could not show it, as it has numbers alone."""
    coordinates = [name for name in ("lat", "long") if name in form]
    if len(coordinates) == 1:
        yield GeoReportError(400, "lat and long are needed together")
    yield from (GeoReportError(400, f"{name}: not a number") for name in coordinates if _degrees(form[name]) is None)
    if not coordinates and "address_string" not in form:
        yield GeoReportError(400, "lat and long, or address_string, are needed")


_FORM_FIELDS = {
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


def error_of_form(error: FieldError) -> GeoReportError:
    """Return an error of the event under the name that the form has for the field."""
    field = next((name for path, name in _FORM_FIELDS.items() if error.field.startswith(path)), error.field)
    if error.field.startswith("data.evidence") and error.field.endswith("sha256"):
        field = f"attribute[{CHECKSUM}]"
    return GeoReportError(400, f"{field}: {error.reason}")
