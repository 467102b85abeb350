"""Incidents as citizens follow them: no identity, and of who handles them no words but the published answer."""

from typing import Any

from api.http.json import moment
from api.incidents.published import category_of, published_answer
from api.open311.services import Matter
from api.read_model.index.entry import IndexEntry
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName
from ioc.core.times import to_rfc3339
from ioc.incident.lifecycle import CLOSED
from ioc.incident.state import Incident


def request_shown(card: IndexEntry, catalogue: Catalogue) -> dict[str, Any]:
    """Return an incident as a service request; `expected_datetime` is by when it is to be resolved."""
    one, unit = card.incident, catalogue.units.get(card.incident.unit or "")
    due = one.clock(TargetName.RESOLVE)
    return {
        "service_request_id": one.id,
        "status": status_of(card),
        "status_notes": published_answer(one),
        "service_name": _service_name(one, catalogue),
        "service_code": code_of(one),
        "description": one.title,
        "agency_responsible": unit.name if unit is not None else one.unit,
        "service_notice": None,
        "requested_datetime": to_rfc3339(one.reported_at),
        "updated_datetime": to_rfc3339(one.updated_at),
        "expected_datetime": moment(None if due is None else due.due),
        "address": one.address,
        "address_id": None,
        "zipcode": None,
        "lat": one.lat,
        "long": one.lon,
        "media_url": None,
    }


def code_of(one: Incident) -> str:
    """Return the `service_code` of an incident."""
    return one.service if one.category is None else f"{one.service}:{one.category}"


def status_of(card: IndexEntry) -> str:
    """Return `closed` of what is over for the one who reported it, else `open`."""
    return "closed" if card.incident.state in CLOSED else "open"


def _service_name(one: Incident, catalogue: Catalogue) -> str:
    service = catalogue.services.get(one.service)
    return category_of(one, catalogue) or (one.service if service is None else Matter(service, None).name)
