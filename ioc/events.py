"""Reading an event: what happened to an incident, as a source tells it."""

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar
from unicodedata import is_normalized, normalize

import msgspec
from msgspec import UNSET, Raw, Struct
from msgspec.structs import replace

from ioc import registers
from ioc.beyond_shape import faults_beyond_shape
from ioc.envelopes import NO_DATA, Envelope, Headers, decode_envelope, explain, read_record, refused, slug_of
from ioc.errors import Refusal
from ioc.lifecycle import MOVE_OF_TYPE, Move
from ioc.marks import AS_OF_TYPE, AsOf, read_mark
from ioc.payloads import DECODE, NOBODY, PAYLOADS, Payload, Reported, Reporter, encode
from ioc.registers import ACT_OF_TYPE, BOOKINGS, Booked, Booking
from ioc.times import Instant, to_instant

Said = TypeVar("Said", bound=Payload | Booked)


class Event(Struct, frozen=True):
    """One thing that happened to one incident. `time` is the producer's, in ms; (source, id) is its duplicate key.

    `payload` and `data`, which become part of the incident, say nothing of the `reporter`.
    """

    incident: str
    move: Move
    time: Instant
    source: str
    id: str
    payload: Payload
    data: Raw
    reporter: Reporter | None = None


def read_event(key: bytes | None, value: bytes | None, headers: Headers = ()) -> Event | Booking | AsOf | Refusal:
    """Return the event, the booking or the mark a record holds, or why it is refused with all faults named."""
    return read_record(value, headers, partial(_read, key), partial(explain, key, _PAYLOAD_OF_TYPE))


def _read(key: bytes | None, structured: bytes) -> Event | Booking | AsOf | Refusal:
    envelope = decode_envelope(structured)
    move = MOVE_OF_TYPE.get(envelope.type)
    if move is None:
        return read_mark(envelope) if envelope.type == AS_OF_TYPE else _read_booking(key, envelope)
    payload = _normal(DECODE[move](NO_DATA if envelope.data is UNSET else envelope.data), PAYLOADS[move])
    faults = faults_beyond_shape(envelope, payload, key)
    if faults:
        return refused(faults)
    payload, reporter = _apart(payload)
    return Event(
        incident=f"{slug_of(envelope.source)}:{envelope.subject}",
        move=move,
        time=to_instant(envelope.time),
        source=envelope.source,
        id=envelope.id,
        payload=payload,
        data=Raw(encode(payload)),
        reporter=reporter,
    )


def _apart(payload: Payload) -> tuple[Payload, Reporter | None]:
    """Return a payload without the reporter's identity, and that identity when it says anything."""
    if not isinstance(payload, Reported) or payload.reporter is None:
        return payload, None
    return replace(payload, reporter=None), None if payload.reporter == NOBODY else payload.reporter


def _read_booking(key: bytes | None, envelope: Envelope) -> Booking | Refusal:
    act = ACT_OF_TYPE[envelope.type]
    payload = _normal(registers.DECODE[act](NO_DATA if envelope.data is UNSET else envelope.data), BOOKINGS[act])
    faults = faults_beyond_shape(envelope, payload, key)
    if faults:
        return refused(faults)
    address = f"{slug_of(envelope.source)}:{envelope.subject}"
    return Booking(address, act, to_instant(envelope.time), envelope.source, envelope.id, payload)


def _normal(payload: Said, kind: type[Said]) -> Said:
    """Return a payload with its words in Unicode NFC, so that equal names are equal.

    What names another incident or event is left as it came: so is the id that it has to equal.
    """
    words = encode(payload).decode()
    if words.isascii() or is_normalized("NFC", words):
        return payload
    return msgspec.convert(_in_nfc(msgspec.to_builtins(payload)), kind)


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
    **{type: PAYLOADS[move] for type, move in MOVE_OF_TYPE.items()},
    **{type: BOOKINGS[act] for type, act in ACT_OF_TYPE.items()},
}
