"""Events of the centre's own making: what a fold or a moment brings about is an event in the log like everyone's."""

from hashlib import blake2b

from ioc.core.cloudevents import STRUCTURED_HEADERS, encode_cloudevent
from ioc.core.records import Outgoing
from ioc.core.sources import CENTRE as CENTRE
from ioc.core.times import Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.lifecycle import EventType, cloudevents_type
from ioc.incident.payloads import Payload


def derive_id(*cause: object) -> str:
    """Return an id made of a cause: always the same for the same, and short however long its parts are."""
    return blake2b("\0".join(map(str, cause)).encode(), digest_size=16).hexdigest()


def own_event(part: str, incident: str, event_type: EventType, time: Instant, id: str, payload: Payload) -> Outgoing:
    """Return an event that a part of the centre sends to an incident.

    `id` must be made of what causes it, so that the same cause can make it only once.
    """
    slug, _, subject = incident.partition(":")
    value = encode_cloudevent(
        event_id=id,
        source=f"{CENTRE}{part}/{slug}",
        subject=subject,
        event_type=cloudevents_type(event_type),
        time=to_rfc3339(time),
        data=payload,
    )
    return Outgoing(Topic.EVENTS, incident.encode(), value, STRUCTURED_HEADERS)
