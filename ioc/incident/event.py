"""An event of an incident, as it is after reading: typed, checked against its schema, its reporter taken out."""

from msgspec import Raw, Struct

from ioc.core.times import Instant
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import Payload, Reporter


class Event(Struct, frozen=True, gc=False):
    """One thing that happened to one incident. `time` is the producer's, in ms; (source, id) identifies duplicates.

    `payload` is the decoded body, and `data` the same body as JSON. Both become part of the incident, so the
    `reporter` is kept out of them.
    """

    incident: str
    event_type: EventType
    time: Instant
    source: str
    id: str
    payload: Payload
    data: Raw
    reporter: Reporter | None = None
