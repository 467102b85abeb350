"""Incidents as citizens follow them: without identities, and without internal words but for the published answer."""

from typing import Any

from api.http.json import optional_rfc3339
from api.incidents.published import category_of, published_answer
from api.open311.services import ReportableService
from api.read_model.index.entry import IndexEntry
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName
from ioc.core.times import to_rfc3339
from ioc.incident.lifecycle import CLOSED
from ioc.incident.state import Incident


def service_request(entry: IndexEntry, catalogue: Catalogue) -> dict[str, Any]:
    """Return an incident as a service request; `expected_datetime` is the deadline for resolving it."""
    incident, unit = entry.incident, catalogue.units.get(entry.incident.unit or "")
    clock = incident.clock(TargetName.RESOLVE)
    return {
        "service_request_id": incident.id,
        "status": status_of(entry),
        "status_notes": published_answer(incident),
        "service_name": _service_name(incident, catalogue),
        "service_code": code_of(incident),
        "description": incident.title,
        "agency_responsible": unit.name if unit is not None else incident.unit,
        "service_notice": None,
        "requested_datetime": to_rfc3339(incident.reported_at),
        "updated_datetime": to_rfc3339(incident.updated_at),
        "expected_datetime": optional_rfc3339(None if clock is None else clock.due),
        "address": incident.address,
        "address_id": None,
        "zipcode": None,
        "lat": incident.lat,
        "long": incident.lon,
        "media_url": None,
    }


def code_of(incident: Incident) -> str:
    """Return the `service_code` of an incident."""
    return incident.service if incident.category is None else f"{incident.service}:{incident.category}"


def status_of(entry: IndexEntry) -> str:
    """Return `closed` when the incident is over for the citizen who reported it, else `open`."""
    return "closed" if entry.incident.state in CLOSED else "open"


def _service_name(incident: Incident, catalogue: Catalogue) -> str:
    service = catalogue.services.get(incident.service)
    return category_of(incident, catalogue) or (
        incident.service if service is None else ReportableService(service, None).name
    )
