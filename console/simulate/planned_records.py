"""Records that the simulated city sends at a planned time."""

from typing import Any, NamedTuple

import msgspec

from ioc.core.cloudevents import encode_cloudevent
from ioc.core.times import Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.lifecycle import EventType, cloudevents_type
from ioc.office_records import records
from ioc.office_records.records import Act
from ioc.sensors.observations import OBSERVED_TYPE
from ioc.signing.signer import Signer

# People handle incidents in the centre's own system; only reports come from the services themselves.
HANDLING = "/operations-centre/"
REPORTING = "/hue/"


class PlannedRecord(NamedTuple):
    """A record for a topic the centre reads. It is sent at `at` (ms), which can be later than its own time."""

    at: Instant
    key: bytes
    value: bytes
    topic: Topic = Topic.EVENTS


class Subject(NamedTuple):
    """The incident a record is about: the service that reports it, and its number there."""

    service: str
    number: str

    @property
    def key(self) -> bytes:
        """The incident's id, which is the key of all its records."""
        return f"{self.service}:{self.number}".encode()


def incident_record(
    subject: Subject, event_type: EventType, time: Instant, event_id: str, **data: Any
) -> PlannedRecord:
    """Return an event of an incident, sent when it happens."""
    source = (REPORTING if event_type is EventType.REPORTED else HANDLING) + subject.service
    return _event(subject, source, cloudevents_type(event_type), time, event_id, data)


def office_record(subject: Subject, act: Act, time: Instant, **data: Any) -> PlannedRecord:
    """Return an act of an office's register, sent when it happens."""
    return _event(
        subject, REPORTING + subject.service, records.cloudevents_type(act), time, f"{subject.number}/{act}", data
    )


def _event(
    subject: Subject, source: str, type_name: str, time: Instant, event_id: str, data: dict[str, Any]
) -> PlannedRecord:
    value = encode_cloudevent(
        event_id=event_id,
        source=source,
        subject=subject.number,
        event_type=type_name,
        time=to_rfc3339(time),
        data={name: value for name, value in data.items() if value is not None},
        with_content_type=True,
    )
    return PlannedRecord(time, subject.key, value)


def observation_record(sensor: str, time: Instant, value: float, measure: str) -> PlannedRecord:
    """Return the observation of a sensor, sent when it is made."""
    slug, _, subject = sensor.partition(":")
    event = encode_cloudevent(
        event_id=f"{subject}-{time}",
        source=REPORTING + slug,
        subject=subject,
        event_type=OBSERVED_TYPE,
        time=to_rfc3339(time),
        data={"value": value, "measure": measure},
        with_content_type=True,
    )
    return PlannedRecord(time, sensor.encode(), event, Topic.INDICATORS)


def signed_record(directive: PlannedRecord, signer: Signer) -> PlannedRecord:
    """Return a directive with the signature of whoever gives it."""
    event = msgspec.json.decode(directive.value)
    event["data"]["signature"] = signer.signature(directive.value)
    return directive._replace(value=msgspec.json.encode(event))
