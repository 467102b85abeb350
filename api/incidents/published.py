"""TODO."""

import msgspec

from ioc.catalogue.city import Catalogue
from ioc.incident.lifecycle import CLOSED, EventType
from ioc.incident.payloads import Payload
from ioc.incident.state import Incident

_ENDINGS = frozenset({EventType.RESOLVED, EventType.CANCELLED, EventType.REJECTED, EventType.MERGED})

_decode_said = msgspec.json.Decoder(Payload).decode


def category_of(one: Incident, catalogue: Catalogue) -> str | None:
    """Return the name of an incident's category as the city writes it; the code of one the catalogue does not know."""
    known = catalogue.category_of(one.service, one.category)
    return one.category if known is None else known.name_vi


def published_answer(one: Incident) -> str | None:
    """Return what was said when the matter was closed: the result that is published."""
    if one.state not in CLOSED:
        return None
    ended = (entry for entry in reversed(one.history) if entry.refused is None and entry.event_type in _ENDINGS)
    last = next(ended, None)
    return None if last is None else _decode_said(last.data).text
