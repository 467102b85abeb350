"""Reading what comes on `ioc.indicators`: observations of sensors, as CloudEvents in either content mode.

The incident's own fold also speaks here: it tells a sensor's fold when people have closed what that had opened.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from ioc.core.cloudevents import NO_DATA, address_errors, address_of, decode_envelope, rejection_of, time_errors
from ioc.core.record_reader import read_record
from ioc.core.records import Headers
from ioc.core.rejections import Rejection
from ioc.core.scalars import Code
from ioc.core.times import Instant, to_instant
from ioc.core.watermark import WATERMARK_TYPE, Watermark, read_watermark

OBSERVED_TYPE = "vn.ioc.indicator.observed.v1"
SETTLED_TYPE = "vn.ioc.indicator.settled.v1"


class Observed(Struct, frozen=True, omit_defaults=True):
    """A sensor's value at the event's time. `measure`, when given, must be the unit of measure of the catalogue."""

    value: Annotated[float, Meta(ge=-1e15, le=1e15)]
    measure: Annotated[str, Meta(min_length=1, max_length=32)] | None = None


class Settled(Struct, frozen=True, omit_defaults=True):
    """An incident that a sensor's fold opened was closed by somebody else, after so many of the fold's own events."""

    incident: Code
    told: Annotated[int, Meta(ge=0)] = 0


class Observation(Struct, frozen=True):
    """What a sensor said. `time` is the sensor's own, in ms; (source, id) is the duplicate key."""

    sensor: str
    time: Instant
    source: str
    id: str
    said: Observed | Settled


PAYLOADS: Mapping[str, type[Observed] | type[Settled]] = {OBSERVED_TYPE: Observed, SETTLED_TYPE: Settled}


def read_observation(
    key: bytes | None, value: bytes | None, headers: Headers = ()
) -> Observation | Watermark | Rejection:
    """Return the observation or the mark a record holds, or why it is refused with all faults named. Total."""
    return read_record(key, value, headers, _read, PAYLOADS)


def _read(key: bytes | None, structured: bytes) -> Observation | Watermark | Rejection:
    envelope = decode_envelope(structured)
    if envelope.type == WATERMARK_TYPE:
        return read_watermark(envelope)
    data = envelope.data if isinstance(envelope.data, Raw) else NO_DATA
    said = msgspec.json.decode(data, type=PAYLOADS[envelope.type])
    sensor = address_of(envelope.source, envelope.subject)
    faults = (*address_errors(sensor, key), *time_errors(envelope))
    if sensor is None or faults:
        return rejection_of(faults)
    return Observation(sensor, to_instant(envelope.time), envelope.source, envelope.id, said)
