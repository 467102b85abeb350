"""Semantic checks: what no schema can say of an event, such as whether its key is right and its times are plausible."""

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

LONGEST_SHELVING = timedelta(days=7)
ASSIGNED_TO_NOBODY = "an assignment names a unit or an assignee"
UPDATES_NOTHING = "an update changes at least one field"
RATED_WITH_NOTHING = "a rating gives a score or a satisfaction"
ANSWERED_WITH_NOTHING = "an answer gives a score or a satisfaction"

SemanticCheck = Callable[[Envelope, str | None, Any], Iterable[FieldError]]
"""Takes an envelope, the address of what it is about, and a payload with the fields the check looks at."""


def semantic_errors(
    envelope: Envelope, address: str | None, payload: Payload | BookingPayload, key: bytes | None
) -> tuple[FieldError, ...]:
    """Return every such error of an event whose shape is right. `address` is None when its source has no slug."""
    errors = [*address_errors(address, key)]
    for check in _CHECKS[type(payload)]:
        errors += check(envelope, address, payload)
    return tuple(errors)


def _assignment_errors(_: Envelope, __: str | None, payload: Assigned) -> tuple[FieldError, ...]:
    if payload.unit is None and payload.assignee is None:
        return (FieldError("data", ASSIGNED_TO_NOBODY),)
    return ()


def _verdict_errors(_: Envelope, __: str | None, payload: Rated | Answered) -> tuple[FieldError, ...]:
    if payload.score is None and payload.satisfaction is None:
        return (FieldError("data", RATED_WITH_NOTHING if isinstance(payload, Rated) else ANSWERED_WITH_NOTHING),)
    return ()


def _update_errors(_: Envelope, __: str | None, payload: Updated) -> tuple[FieldError, ...]:
    if payload == Updated(actor=payload.actor, text=payload.text, evidence=payload.evidence):
        return (FieldError("data", UPDATES_NOTHING),)
    return ()


_RELATIVES = ("into", "child", "parent")


def _relative_errors(_: Envelope, address: str | None, payload: Payload) -> Iterator[FieldError]:
    """Yield the error of an incident that would be its own relative."""
    for name in _RELATIVES:
        relative = getattr(payload, name, None)
        if relative and relative == address:
            yield FieldError(f"data.{name}", "is the incident itself")


_DATES = ("due", "reported_at", "merged_at", "ended_at")


def _due_errors(_: Envelope, __: str | None, payload: Reported) -> tuple[FieldError, ...]:
    """Return the errors of a report's dues that no calendar reaches."""
    if not payload.due:
        return ()
    implausible = (target for target, due in payload.due.items() if not is_plausible_moment(due))
    return tuple(FieldError(f"data.due.{target}", TIME_OUT_OF_RANGE) for target in implausible)


def _date_errors(_: Envelope, __: str | None, payload: Payload) -> Iterator[FieldError]:
    """Yield the dates of a payload that no calendar reaches."""
    for name in _DATES:
        moment = getattr(payload, name, None)
        if isinstance(moment, datetime) and not is_plausible_moment(moment):
            yield FieldError(f"data.{name}", TIME_OUT_OF_RANGE)


def _shelving_errors(envelope: Envelope, _: str | None, payload: Shelved) -> Iterator[FieldError]:
    """Yield what a shelving lacks: it has an actor and a reason, and it ends soon."""
    for name in ("actor", "text"):
        if not (getattr(payload, name) or "").strip():
            yield FieldError(f"data.{name}", "missing")
    if not is_plausible_moment(envelope.time):
        return
    if not envelope.time < payload.until <= envelope.time + LONGEST_SHELVING:
        yield FieldError("data.until", "must lie after the event, by seven days at most")


def _source_errors(envelope: Envelope, _: str | None, __: Payload) -> Iterator[FieldError]:
    if EVENT_TYPES[envelope.type] in OWN | KIN and not is_own(envelope.source):
        yield FieldError("source", "only the centre itself tells this")


def _checks_of(payload_type: type[Struct]) -> Iterator[SemanticCheck]:
    """Yield the checks of events with a type of payload, in the order in which their errors are listed."""
    if payload_type in _CONTENT_CHECKS:
        yield _CONTENT_CHECKS[payload_type]
    if not set(_RELATIVES).isdisjoint(payload_type.__struct_fields__):
        yield _relative_errors
    yield time_errors
    if payload_type is Reported:
        yield _due_errors
    elif not set(_DATES).isdisjoint(payload_type.__struct_fields__):
        yield _date_errors
    if payload_type is Shelved:
        yield _shelving_errors
    if payload_type in {PAYLOADS[event_type] for event_type in OWN | KIN}:
        yield _source_errors


_CONTENT_CHECKS: Mapping[type[Struct], SemanticCheck] = {
    Assigned: _assignment_errors,
    Rated: _verdict_errors,
    Answered: _verdict_errors,
    Updated: _update_errors,
}
_CHECKS = {payload_type: tuple(_checks_of(payload_type)) for payload_type in (*PAYLOADS.values(), *BOOKINGS.values())}
