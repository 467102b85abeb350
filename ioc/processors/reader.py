"""Reading an event: what happened to an incident, as a source tells it."""

from collections.abc import Mapping
from typing import Any, TypeVar
from unicodedata import is_normalized, normalize

import msgspec
from msgspec import UNSET, Raw, Struct
from msgspec.structs import replace

from ioc.core.cloudevents import NO_DATA, Envelope, address_of, decode_envelope, rejection_of
from ioc.core.record_reader import read_record
from ioc.core.records import Headers
from ioc.core.rejections import Rejection
from ioc.core.scalars import encode
from ioc.core.times import to_instant
from ioc.core.watermark import WATERMARK_TYPE, Watermark, read_watermark
from ioc.incident.event import Event
from ioc.incident.lifecycle import EVENT_TYPES
from ioc.incident.payloads import DECODE, NOBODY, PAYLOADS, Payload, Reported, Reporter
from ioc.office_records import records
from ioc.office_records.records import ACT_OF_TYPE, BOOKINGS, REGISTER_OF, Booking, BookingPayload
from ioc.processors.semantic_checks import faults_beyond_shape

Said = TypeVar("Said", bound=Payload | BookingPayload)


def read_event(
    key: bytes | None, value: bytes | None, headers: Headers = ()
) -> Event | Booking | Watermark | Rejection:
    """Return the event, the booking or the mark a record holds, or why it is refused with all faults named."""
    return read_record(key, value, headers, _read, _PAYLOAD_OF_TYPE)


def _read(key: bytes | None, structured: bytes) -> Event | Booking | Watermark | Rejection:
    envelope = decode_envelope(structured)
    event_type = EVENT_TYPES.get(envelope.type)
    if event_type is None:
        return read_watermark(envelope) if envelope.type == WATERMARK_TYPE else _read_booking(key, envelope)
    payload, data = _normal(DECODE[event_type](NO_DATA if envelope.data is UNSET else envelope.data))
    incident = address_of(envelope.source, envelope.subject)
    faults = faults_beyond_shape(envelope, incident, payload, key)
    if incident is None or faults:
        return rejection_of(faults)
    reporter = None
    if isinstance(payload, Reported) and payload.reporter is not None:
        payload, reporter = _apart(payload)
        data = encode(payload)
    time = to_instant(envelope.time)
    return Event(incident, event_type, time, envelope.source, envelope.id, payload, Raw(data), reporter)


def _apart(report: Reported) -> tuple[Reported, Reporter | None]:
    """Return a report without the reporter's identity, and that identity when it says anything."""
    return replace(report, reporter=None), None if report.reporter == NOBODY else report.reporter


def _read_booking(key: bytes | None, envelope: Envelope) -> Booking | Rejection:
    act = ACT_OF_TYPE[envelope.type]
    payload, _ = _normal(records.DECODE[act](NO_DATA if envelope.data is UNSET else envelope.data))
    address = address_of(envelope.source, envelope.subject)
    faults = faults_beyond_shape(envelope, address, payload, key)
    if address is None or faults:
        return rejection_of(faults)
    item = f"{REGISTER_OF[act]}/{address}"
    return Booking(address, item, act, to_instant(envelope.time), envelope.source, envelope.id, payload)


def _normal(payload: Said) -> tuple[Said, bytes]:
    """Return a payload with its words in Unicode NFC, so that equal names are equal; and the same as JSON.

    What names another incident or event is left as it came: so is the id that it has to equal.
    """
    data = encode(payload)
    if data.isascii() or is_normalized("NFC", data.decode()):
        return payload, data
    normal = msgspec.convert(_in_nfc(msgspec.to_builtins(payload)), type(payload))
    return normal, encode(normal)


_IDS = frozenset({"into", "child", "parent", "directive"})


def _in_nfc(said: Any) -> Any:
    match said:
        case str():
            return normalize("NFC", said)
        case dict():
            return {_in_nfc(name): value if name in _IDS else _in_nfc(value) for name, value in said.items()}
        case list() | tuple():
            return [_in_nfc(value) for value in said]
    return said


_PAYLOAD_OF_TYPE: Mapping[str, type[Struct]] = {
    **{type: PAYLOADS[event_type] for type, event_type in EVENT_TYPES.items()},
    **{type: BOOKINGS[act] for type, act in ACT_OF_TYPE.items()},
}
