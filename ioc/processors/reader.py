"""Reading a record of the events' topic into an event, a booking or a watermark."""

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
from ioc.processors.semantic_checks import semantic_errors

PayloadT = TypeVar("PayloadT", bound=Payload | BookingPayload)


def read_event(
    key: bytes | None, value: bytes | None, headers: Headers = ()
) -> Event | Booking | Watermark | Rejection:
    """Return the event, the booking or the watermark in a record, or why it is refused with every error."""
    return read_record(key, value, headers, _read_structured, _PAYLOAD_OF_TYPE)


def _read_structured(key: bytes | None, structured: bytes) -> Event | Booking | Watermark | Rejection:
    envelope = decode_envelope(structured)
    event_type = EVENT_TYPES.get(envelope.type)
    if event_type is None:
        return read_watermark(envelope) if envelope.type == WATERMARK_TYPE else _read_booking(key, envelope)
    payload, data = _normalise(DECODE[event_type](NO_DATA if envelope.data is UNSET else envelope.data))
    incident = address_of(envelope.source, envelope.subject)
    errors = semantic_errors(envelope, incident, payload, key)
    if incident is None or errors:
        return rejection_of(errors)
    reporter = None
    if isinstance(payload, Reported) and payload.reporter is not None:
        payload, reporter = _split_reporter(payload)
        data = encode(payload)
    time = to_instant(envelope.time)
    return Event(incident, event_type, time, envelope.source, envelope.id, payload, Raw(data), reporter)


def _split_reporter(report: Reported) -> tuple[Reported, Reporter | None]:
    """Return a report without the reporter's identity, and that identity when it says anything."""
    return replace(report, reporter=None), None if report.reporter == NOBODY else report.reporter


def _read_booking(key: bytes | None, envelope: Envelope) -> Booking | Rejection:
    act = ACT_OF_TYPE[envelope.type]
    payload, _ = _normalise(records.DECODE[act](NO_DATA if envelope.data is UNSET else envelope.data))
    address = address_of(envelope.source, envelope.subject)
    errors = semantic_errors(envelope, address, payload, key)
    if address is None or errors:
        return rejection_of(errors)
    item = f"{REGISTER_OF[act]}/{address}"
    return Booking(address, item, act, to_instant(envelope.time), envelope.source, envelope.id, payload)


def _normalise(payload: PayloadT) -> tuple[PayloadT, bytes]:
    """Return a payload with its texts in Unicode NFC, so that equal names are equal; and the same as JSON.

    Ids of other incidents and events stay as they came, as the ids do that they have to equal.
    """
    data = encode(payload)
    if data.isascii() or is_normalized("NFC", data.decode()):
        return payload, data
    normalised = msgspec.convert(_in_nfc(msgspec.to_builtins(payload)), type(payload))
    return normalised, encode(normalised)


_IDS = frozenset({"into", "child", "parent", "directive"})


def _in_nfc(value: Any) -> Any:
    match value:
        case str():
            return normalize("NFC", value)
        case dict():
            return {_in_nfc(name): item if name in _IDS else _in_nfc(item) for name, item in value.items()}
        case list() | tuple():
            return [_in_nfc(item) for item in value]
    return value


_PAYLOAD_OF_TYPE: Mapping[str, type[Struct]] = {
    **{name: PAYLOADS[event_type] for name, event_type in EVENT_TYPES.items()},
    **{name: BOOKINGS[act] for name, act in ACT_OF_TYPE.items()},
}
