"""Telling a sensor's fold that people have closed an incident of its making: it would go on telling of it otherwise."""

from ioc.core.cloudevents import STRUCTURED_HEADERS, encode_cloudevent
from ioc.core.records import Outgoing
from ioc.core.sources import CENTRE
from ioc.core.times import to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.event import Event
from ioc.incident.lifecycle import EventType
from ioc.incident.state import Incident
from ioc.sensors.alerts import PART
from ioc.sensors.observations import SETTLED_TYPE, Settled

_OURS = f"{CENTRE}{PART}/"
_SOURCE = f"{CENTRE}incidents/"


def closure_notice(old: Incident, new: Incident, event: Event) -> tuple[Outgoing, ...]:
    """Return what is sent to a sensor's fold when an event that is not its own closes an incident that is."""
    if not new.is_closed or old.is_closed or event.source.startswith(_OURS):
        return ()
    report = new.history[0]
    if report.event_type is not EventType.REPORTED or not report.source.startswith(_OURS):
        return ()
    told = sum(entry.source.startswith(_OURS) and entry.refused is None for entry in new.history)
    sensor = new.id.rpartition(":")[0]
    slug, _, subject = sensor.partition(":")
    value = encode_cloudevent(
        event_id=f"{new.id}/closed-{new.version}",
        source=f"{_SOURCE}{slug}",
        subject=subject,
        event_type=SETTLED_TYPE,
        time=to_rfc3339(event.time),
        data=Settled(new.id, told),
    )
    return (Outgoing(Topic.INDICATORS, sensor.encode(), value, STRUCTURED_HEADERS),)
