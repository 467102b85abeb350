"""The centre's own events: what a fold or the clock brings about is an event in the log like any other."""

from hashlib import blake2b

from ioc.core.cloudevents import STRUCTURED_HEADERS, encode_cloudevent
from ioc.core.records import Outgoing
from ioc.core.sources import CENTRE
from ioc.core.times import Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.lifecycle import EventType, cloudevents_type
from ioc.incident.payloads import Payload


def derive_id(*cause: object) -> str:
    """Return an id made of a cause: the same for the same cause, and 32 characters however long that is."""
    return blake2b("\0".join(map(str, cause)).encode(), digest_size=16).hexdigest()


def own_event(
    component: str, incident: str, event_type: EventType, time: Instant, event_id: str, payload: Payload
) -> Outgoing:
    """Return an event that a component of the centre sends to an incident.

    `event_id` must be made of what causes the event, so that the same cause makes it only once.
    """
    slug, _, subject = incident.partition(":")
    value = encode_cloudevent(
        event_id=event_id,
        source=f"{CENTRE}{component}/{slug}",
        subject=subject,
        event_type=cloudevents_type(event_type),
        time=to_rfc3339(time),
        data=payload,
    )
    return Outgoing(Topic.EVENTS, incident.encode(), value, STRUCTURED_HEADERS)
