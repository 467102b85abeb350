"""What the centre itself brings about once a moment has come: an acknowledgement lapses, a shelving ends.

It is no silent change but an event in the log like everyone's, folded when it comes. Its id is made of its cause, so
that it counts once; what people did meanwhile wins over it.
"""

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.core.records import Outgoing
from ioc.core.sources import CENTRE
from ioc.core.times import Instant, to_datetime, to_rfc3339
from ioc.incident.lifecycle import EventType
from ioc.incident.own_events import own_event
from ioc.incident.payloads import Lapsed, Payload
from ioc.incident.state import Incident
from ioc.sla import clocks
from ioc.sla.escalation_steps import next_step_at

_PART = "moments"
SOURCE = f"{CENTRE}{_PART}/"


class ScheduledEvent(Struct, frozen=True, gc=False):
    """An event to come: from `at` on it can be told. `cause` is the moment it is reckoned from."""

    at: Instant
    event_type: EventType
    cause: Instant

    @property
    def id(self) -> str:
        """Return the id of the event."""
        return f"{self.event_type}/{to_rfc3339(self.cause)}"

    def event(self, incident: Incident) -> Outgoing:
        """Return the event that tells the incident."""
        payload = Lapsed(since=to_datetime(self.cause)) if self.event_type is EventType.LAPSED else Payload()
        return own_event(_PART, incident.id, self.event_type, self.at, self.id, payload)


def pending_events(incident: Incident, catalogue: Catalogue) -> list[ScheduledEvent]:
    """Return what is to come of an open incident and is not on its way yet."""
    taken, until = incident.taken_at, incident.shelved_until
    if (taken is None and until is None) or not incident.is_open:
        return []
    moments = []
    lapse = clocks.lapses_at(incident, catalogue)
    if lapse is not None and taken is not None:
        moments.append(ScheduledEvent(lapse + 1, EventType.LAPSED, taken))  # on the very instant there is still time
    if until is not None:
        moments.append(ScheduledEvent(until, EventType.UNSHELVED, until))
    return [one for one in moments if one.id not in incident.sent] if incident.sent else moments


def due_events(incident: Incident, now: Instant, catalogue: Catalogue) -> list[ScheduledEvent]:
    """Return what has come by `now`."""
    return [one for one in pending_events(incident, catalogue) if one.at <= now]


def next_at(incident: Incident, catalogue: Catalogue) -> Instant | None:
    """Return when next something is to be announced or told; None when nothing is to come."""
    soonest = next_step_at(incident, catalogue)
    for one in pending_events(incident, catalogue):
        if soonest is None or one.at < soonest:
            soonest = one.at
    return soonest
