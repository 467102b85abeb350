"""What no schema can say of an event: whether it came to the right place, in our time, and makes sense as a whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from ioc.core.cloudevents import Envelope, address_errors, time_errors
from ioc.core.rejections import FieldError
from ioc.core.sources import is_own
from ioc.core.times import TIME_OUT_OF_RANGE, is_plausible_moment
from ioc.incident.lifecycle import EVENT_TYPES, KIN, OWN
from ioc.incident.payloads import PAYLOADS, Assigned, Payload, Rated, Reported, Shelved, Updated
from ioc.office_records.records import BOOKINGS, Answered, BookingPayload

LONGEST_SHELVED = timedelta(days=7)
ASSIGNED_TO_NOBODY = "an assignment names a unit or an assignee"
UPDATES_NOTHING = "an update changes at least one field"
RATED_WITH_NOTHING = "a rating gives a score or a satisfaction"
ANSWERED_WITH_NOTHING = "an answer gives a score or a satisfaction"
Faults = tuple[FieldError, ...]
Check = Callable[[Envelope, str | None, Any], Iterable[FieldError]]
"""Looks at an envelope, the address of what it is about, and a payload that has what the check asks for."""


def faults_beyond_shape(
    envelope: Envelope, address: str | None, payload: Payload | BookingPayload, key: bytes | None
) -> Faults:
    """Return every such fault of an event whose shape is right. `address` is None when its source has no slug."""
    faults = [*address_errors(address, key)]
    for check in _CHECKS[type(payload)]:
        faults += check(envelope, address, payload)
    return tuple(faults)


def _assigned_to_nobody(_: Envelope, __: str | None, payload: Assigned) -> Faults:
    if payload.unit is None and payload.assignee is None:
        return (FieldError("data", ASSIGNED_TO_NOBODY),)
    return ()


def _no_verdict(_: Envelope, __: str | None, payload: Rated | Answered) -> Faults:
    if payload.score is None and payload.satisfaction is None:
        return (FieldError("data", RATED_WITH_NOTHING if isinstance(payload, Rated) else ANSWERED_WITH_NOTHING),)
    return ()


def _no_change(_: Envelope, __: str | None, payload: Updated) -> Faults:
    if payload == Updated(actor=payload.actor, text=payload.text, evidence=payload.evidence):
        return (FieldError("data", UPDATES_NOTHING),)
    return ()


_RELATED = ("into", "child", "parent")


def _own_relative(_: Envelope, address: str | None, payload: Payload) -> Faults:
    """Return the fault of an incident that would be a relative of its own."""
    relatives = ((name, getattr(payload, name, None)) for name in _RELATED)
    return tuple(
        FieldError(f"data.{name}", "is the incident itself") for name, one in relatives if one and one == address
    )


_DATES = ("due", "reported_at", "merged_at", "ended_at")


def _dues_out_of_time(_: Envelope, __: str | None, payload: Reported) -> Faults:
    """Return the dues given with a report that no calendar reaches."""
    if not payload.due:
        return ()
    return tuple(
        FieldError(f"data.due.{t}", TIME_OUT_OF_RANGE) for t, due in payload.due.items() if not is_plausible_moment(due)
    )


def _dates_out_of_time(_: Envelope, __: str | None, payload: Payload) -> Iterator[FieldError]:
    """Yield the moments it speaks of that no calendar reaches."""
    for name in _DATES:
        moment = getattr(payload, name, None)
        if isinstance(moment, datetime) and not is_plausible_moment(moment):
            yield FieldError(f"data.{name}", TIME_OUT_OF_RANGE)


def _off_the_shelf(envelope: Envelope, _: str | None, payload: Shelved) -> Iterator[FieldError]:
    """Yield what a shelving lacks: it is somebody's, for a reason, and not for long."""
    yield from (
        FieldError(f"data.{name}", "missing")
        for name in ("actor", "text")
        if not (getattr(payload, name) or "").strip()
    )
    if not is_plausible_moment(envelope.time):
        return
    if not envelope.time < payload.until <= envelope.time + LONGEST_SHELVED:
        yield FieldError("data.until", "must lie after the event, by seven days at most")


def _not_by_the_centre(envelope: Envelope, _: str | None, __: Payload) -> Iterator[FieldError]:
    if EVENT_TYPES[envelope.type] in OWN | KIN and not is_own(envelope.source):
        yield FieldError("source", "only the centre itself tells this")


def _checks_of(kind: type[Struct]) -> Iterator[Check]:
    """Yield what there is to be looked at in events with a kind of payload, in the order in which faults are told."""
    if kind in _SAYS_ENOUGH:
        yield _SAYS_ENOUGH[kind]
    if not set(_RELATED).isdisjoint(kind.__struct_fields__):
        yield _own_relative
    yield time_errors
    if kind is Reported:
        yield _dues_out_of_time
    elif not set(_DATES).isdisjoint(kind.__struct_fields__):
        yield _dates_out_of_time
    if kind is Shelved:
        yield _off_the_shelf
    if kind in {PAYLOADS[event_type] for event_type in OWN | KIN}:
        yield _not_by_the_centre


_SAYS_ENOUGH: Mapping[type[Struct], Check] = {
    Assigned: _assigned_to_nobody,
    Rated: _no_verdict,
    Answered: _no_verdict,
    Updated: _no_change,
}
_CHECKS = {kind: tuple(_checks_of(kind)) for kind in (*PAYLOADS.values(), *BOOKINGS.values())}
