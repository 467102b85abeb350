"""Reading the records of `ioc.indicators`: observations of sensors, as CloudEvents in either content mode.

The fold of incidents sends here too: it informs a sensor's fold when people have closed an incident that it opened.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct, field

from ioc.core.cloudevents import NO_DATA, address_errors, address_of, decode_envelope, rejection_of, time_errors
from ioc.core.record_reader import read_record
from ioc.core.records import Headers
from ioc.core.rejections import Rejection
from ioc.core.scalars import Code
from ioc.core.times import Instant, to_instant
from ioc.core.watermark import WATERMARK_TYPE, Watermark, read_watermark

OBSERVED_TYPE = "vn.ioc.indicator.observed.v1"
INCIDENT_CLOSED_TYPE = "vn.ioc.indicator.settled.v1"


class Observed(Struct, frozen=True, omit_defaults=True):
    """A sensor's value at the event's time. `measure`, when given, must be the catalogue's unit of measure."""

    value: Annotated[float, Meta(ge=-1e15, le=1e15)]
    measure: Annotated[str, Meta(min_length=1, max_length=32)] | None = None


class IncidentClosed(Struct, frozen=True, omit_defaults=True):
    """People closed a sensor's incident, which had accepted `accepted_events` of its fold's events by then."""

    incident: Code
    accepted_events: Annotated[int, Meta(ge=0)] = field(default=0, name="told")


class Observation(Struct, frozen=True):
    """What a sensor sent. `time` is the sensor's own (ms); source and id together identify duplicates."""

    sensor: str
    time: Instant
    source: str
    id: str
    payload: Observed | IncidentClosed


PAYLOADS: Mapping[str, type[Observed] | type[IncidentClosed]] = {
    OBSERVED_TYPE: Observed,
    INCIDENT_CLOSED_TYPE: IncidentClosed,
}


def read_observation(
    key: bytes | None, value: bytes | None, headers: Headers = ()
) -> Observation | Watermark | Rejection:
    """Return the observation or the watermark of a record, or why it is refused, with all its errors. Never raises."""
    return read_record(key, value, headers, _read, PAYLOADS)


def _read(key: bytes | None, structured: bytes) -> Observation | Watermark | Rejection:
    envelope = decode_envelope(structured)
    if envelope.type == WATERMARK_TYPE:
        return read_watermark(envelope)
    data = envelope.data if isinstance(envelope.data, Raw) else NO_DATA
    payload = msgspec.json.decode(data, type=PAYLOADS[envelope.type])
    sensor = address_of(envelope.source, envelope.subject)
    errors = (*address_errors(sensor, key), *time_errors(envelope))
    if sensor is None or errors:
        return rejection_of(errors)
    return Observation(sensor, to_instant(envelope.time), envelope.source, envelope.id, payload)
