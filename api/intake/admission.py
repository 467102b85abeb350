"""Admission: whether an event that came over HTTP is written to the log, by the rules the workers will read it by.

Every error that shows without the state of the incident is found here, so that the sender is told at once. What only
the fold can see (an event the lifecycle does not allow, a full history) becomes a dead letter, as with any event.
"""

from collections.abc import Callable
from typing import Any, assert_never

import msgspec
from msgspec import Struct

from api.intake.http_binding import IncomingEvent
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.cloudevents import slug_of
from ioc.core.records import Outgoing
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.sources import CENTRE
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.core.watermark import Watermark
from ioc.decider import decide
from ioc.incident.event import Event
from ioc.office_records import items
from ioc.office_records.records import Booking
from ioc.processors import sensor_slice_fold
from ioc.processors.reader import read_event
from ioc.sensors.observations import OBSERVED_TYPE, Observation, read_observation

# Outcomes besides the reasons of rejections. Forbidden: the caller may not send events of the source.
FORBIDDEN = "forbidden"
TAKEN = "taken"
# Admitted, but not known to be safe with the broker.
UNCONFIRMED = "unconfirmed"


class EventIdentity(Struct, frozen=True):
    """How the sender identifies an event: attributes as they came, None where one is missing or no text."""

    id: str | None = None
    source: str | None = None
    subject: str | None = None
    type: str | None = None

    @property
    def key(self) -> str | None:
        """The key of its record, `<source slug>:<subject>`; None when source or subject cannot be read."""
        slug = None if self.source is None else slug_of(self.source)
        return None if slug is None or self.subject is None else f"{slug}:{self.subject}"


class AdmissionResult(Struct, frozen=True):
    """The record of an admitted event, or why it is not admitted; `outcome` is then a reason or `FORBIDDEN`."""

    identity: EventIdentity
    record: Outgoing | None = None
    outcome: str = TAKEN
    errors: tuple[FieldError, ...] = ()


class AdmissionPolicy(Struct, frozen=True):
    """What events are checked against.

    `now` is None where the clock is that of the events; `may_send` tells whether the caller may send for a source.
    """

    catalogue: Catalogue
    now: Instant | None
    may_send: Callable[[str], bool]

    def review(self, incoming: IncomingEvent) -> AdmissionResult:
        """Return the result for one event. It never fails, whatever the event holds."""
        identity = identity_of(incoming)
        key = None if identity.key is None else identity.key.encode()
        is_observation = identity.type == OBSERVED_TYPE
        event = (read_observation if is_observation else read_event)(key, incoming.value, incoming.headers)
        if isinstance(event, Watermark):
            return _rejected(identity, _NO_WATERMARKS)
        if isinstance(event, Rejection):
            return _rejected(identity, event)
        if event.source.startswith(CENTRE) or not self.may_send(event.source):
            return AdmissionResult(identity, None, FORBIDDEN, (FieldError("source", "not yours to speak for"),))
        rejection = self._rejection_of(event)
        if rejection is not None:
            return _rejected(identity, rejection)
        topic = Topic.INDICATORS if is_observation else Topic.EVENTS
        return AdmissionResult(identity, Outgoing(topic, key or b"", incoming.value, incoming.headers))

    def _rejection_of(self, event: Event | Booking | Observation) -> Rejection | None:
        """Return why the fold would reject an event in any state; None when it depends on the state."""
        now = event.time if self.now is None else self.now
        match event:
            case Event():
                return decide.admission_rejection(event, now, self.catalogue)
            case Booking():
                return items.admission_rejection(event, now, self.catalogue)
            case Observation():
                return sensor_slice_fold.admission_rejection(event, now, self.catalogue)
        assert_never(event)


_NO_WATERMARKS = Rejection(Reason.UNKNOWN_TYPE, (FieldError("type", "not a type that is taken here"),))


def admission_policy(model: ReadModel, may_send: Callable[[str], bool]) -> AdmissionPolicy:
    """Return the policy for the present catalogue and time."""
    return AdmissionPolicy(model.catalogue, None if model.clock.by_events else model.now(), may_send)


def any_source(_: str) -> bool:
    """Return True: where nobody needs a token, the caller may send for any source."""
    return True


def _rejected(identity: EventIdentity, rejection: Rejection) -> AdmissionResult:
    """Return a rejection without errors of the key when there are others: the key is made here, of what they name."""
    errors = tuple(error for error in rejection.errors if error.field != "key") or rejection.errors
    return AdmissionResult(identity, None, rejection.reason, errors)


class _Attributes(Struct, frozen=True):
    id: Any = None
    source: Any = None
    subject: Any = None
    type: Any = None


_decode_attributes = msgspec.json.Decoder(_Attributes).decode


def identity_of(incoming: IncomingEvent) -> EventIdentity:
    """Return how the sender identifies an event, also when the rest of the event is faulty."""
    headers = {name: value for name, value in incoming.headers if name.startswith("ce_")}
    if headers:
        return EventIdentity(*(_text(headers.get(f"ce_{name}")) for name in EventIdentity.__struct_fields__))
    try:
        attributes = _decode_attributes(incoming.value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # RecursionError: nested without end
        return EventIdentity()
    return EventIdentity(*(text if isinstance(text, str) else None for text in msgspec.structs.astuple(attributes)))


def _text(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
