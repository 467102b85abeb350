"""Informing a sensor's fold that people have closed an incident it opened.

Otherwise it would go on sending events to that incident.
"""

from ioc.core.cloudevents import STRUCTURED_HEADERS, encode_cloudevent
from ioc.core.records import Outgoing
from ioc.core.sources import CENTRE
from ioc.core.times import to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.event import Event
from ioc.incident.lifecycle import EventType
from ioc.incident.state import Incident
from ioc.sensors.alerts import PART
from ioc.sensors.observations import INCIDENT_CLOSED_TYPE, IncidentClosed

_SENSORS = f"{CENTRE}{PART}/"
_SOURCE = f"{CENTRE}incidents/"


def closure_notice(old: Incident, new: Incident, event: Event) -> tuple[Outgoing, ...]:
    """Return what is sent to a sensor's fold when an event of others closes an incident that the sensor opened."""
    if not new.is_closed or old.is_closed or event.source.startswith(_SENSORS):
        return ()
    report = new.history[0]
    if report.event_type is not EventType.REPORTED or not report.source.startswith(_SENSORS):
        return ()
    accepted = sum(entry.source.startswith(_SENSORS) and entry.refused is None for entry in new.history)
    sensor = new.id.rpartition(":")[0]
    slug, _, subject = sensor.partition(":")
    value = encode_cloudevent(
        event_id=f"{new.id}/closed-{new.version}",
        source=f"{_SOURCE}{slug}",
        subject=subject,
        event_type=INCIDENT_CLOSED_TYPE,
        time=to_rfc3339(event.time),
        data=IncidentClosed(new.id, accepted),
    )
    return (Outgoing(Topic.INDICATORS, sensor.encode(), value, STRUCTURED_HEADERS),)
