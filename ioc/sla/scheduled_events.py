"""Events the centre schedules for itself: an acknowledgement lapses, a shelving ends.

They are no silent changes but events in the log like any other, folded when they come. An event's id is made of its
cause, so that it counts once; what people did in the meantime wins over it.
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

_COMPONENT = "moments"
SOURCE = f"{CENTRE}{_COMPONENT}/"


class ScheduledEvent(Struct, frozen=True, gc=False):
    """An event to be sent from the instant `at` on. `cause` is the instant it is reckoned from (both ms)."""

    at: Instant
    event_type: EventType
    cause: Instant

    @property
    def id(self) -> str:
        """The id of the event."""
        return f"{self.event_type}/{to_rfc3339(self.cause)}"

    def event_for(self, incident: Incident) -> Outgoing:
        """Return the event to be sent to the incident."""
        payload = Lapsed(since=to_datetime(self.cause)) if self.event_type is EventType.LAPSED else Payload()
        return own_event(_COMPONENT, incident.id, self.event_type, self.at, self.id, payload)


def pending_events(incident: Incident, catalogue: Catalogue) -> list[ScheduledEvent]:
    """Return the events scheduled for an open incident that have not been sent yet."""
    taken_at, shelved_until = incident.taken_at, incident.shelved_until
    if (taken_at is None and shelved_until is None) or not incident.is_open:
        return []
    events = []
    lapse = clocks.lapses_at(incident, catalogue)
    if lapse is not None and taken_at is not None:
        events.append(ScheduledEvent(lapse + 1, EventType.LAPSED, taken_at))  # the instant itself is still in time
    if shelved_until is not None:
        events.append(ScheduledEvent(shelved_until, EventType.UNSHELVED, shelved_until))
    return [event for event in events if event.id not in incident.sent] if incident.sent else events


def due_events(incident: Incident, now: Instant, catalogue: Catalogue) -> list[ScheduledEvent]:
    """Return the pending events that are due by `now`."""
    return [event for event in pending_events(incident, catalogue) if event.at <= now]


def next_at(incident: Incident, catalogue: Catalogue) -> Instant | None:
    """Return when the next step is to be announced or the next event to be sent; None when there is none."""
    soonest = next_step_at(incident, catalogue)
    for event in pending_events(incident, catalogue):
        if soonest is None or event.at < soonest:
            soonest = event.at
    return soonest
