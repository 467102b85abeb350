"""TODO."""

from msgspec import Raw, Struct

from ioc.core.times import Instant
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import Payload, Reporter


class Event(Struct, frozen=True, gc=False):
    """One thing that happened to one incident. `time` is the producer's, in ms; (source, id) is its duplicate key.

    `payload` and `data`, which become part of the incident, say nothing of the `reporter`.
    """

    incident: str
    event_type: EventType
    time: Instant
    source: str
    id: str
    payload: Payload
    data: Raw
    reporter: Reporter | None = None
