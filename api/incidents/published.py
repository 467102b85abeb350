"""What is published of an incident: the name of its category, and the answer that closed it."""

import msgspec

from ioc.catalogue.city import Catalogue
from ioc.incident.lifecycle import CLOSED, EventType
from ioc.incident.payloads import Payload
from ioc.incident.state import Incident

_ENDINGS = frozenset({EventType.RESOLVED, EventType.CANCELLED, EventType.REJECTED, EventType.MERGED})

_decode_payload = msgspec.json.Decoder(Payload).decode


def category_of(incident: Incident, catalogue: Catalogue) -> str | None:
    """Return the city's own name of an incident's category, or its code when the catalogue does not know it."""
    category = catalogue.category_of(incident.service, incident.category)
    return incident.category if category is None else category.name_vi


def published_answer(incident: Incident) -> str | None:
    """Return the text with which an incident was closed: the result that is published. None while it is open."""
    if incident.state not in CLOSED:
        return None
    endings = (entry for entry in reversed(incident.history) if entry.refused is None and entry.event_type in _ENDINGS)
    last = next(endings, None)
    return None if last is None else _decode_payload(last.data).text
