"""What no schema can say of an event: whether it came to the right place, in our time, and makes sense as a whole."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ioc.envelopes import Envelope, out_of_time, slug_of, wrong_address
from ioc.errors import Fault
from ioc.lifecycle import KIN, MOVE_OF_TYPE, OWN
from ioc.payloads import Assigned, Payload, Rated, Reported, Shelved, Updated
from ioc.registers import Answered, Booked
from ioc.sources import is_own
from ioc.times import OUT_OF_TIME, is_of_our_time

LONGEST_SHELVED = timedelta(days=7)


def faults_beyond_shape(envelope: Envelope, payload: Payload | Booked, key: bytes | None) -> tuple[Fault, ...]:
    """Return every such fault of an event whose shape is right."""
    return (
        *wrong_address(envelope.source, envelope.subject, key),
        *_missing_words(payload),
        *_own_relative(f"{slug_of(envelope.source)}:{envelope.subject}", payload),
        *out_of_time(envelope),
        *_dates_out_of_time(payload),
        *_off_the_shelf(envelope, payload),
        *_not_by_the_centre(envelope),
    )


def _dates_out_of_time(payload: Payload | Booked) -> Iterator[Fault]:
    """Yield the moments it speaks of that no calendar reaches."""
    if isinstance(payload, Reported):
        yield from (Fault(f"data.due.{t}", OUT_OF_TIME) for t, due in payload.due.items() if not is_of_our_time(due))
    for field in ("due", "reported_at", "merged_at", "ended_at"):
        moment = getattr(payload, field, None)
        if isinstance(moment, datetime) and not is_of_our_time(moment):
            yield Fault(f"data.{field}", OUT_OF_TIME)


def _own_relative(incident: str, payload: Payload | Booked) -> list[Fault]:
    """Return the fault of an incident that would be a relative of its own."""
    related = ("into", "child", "parent")
    return [Fault(f"data.{one}", "is the incident itself") for one in related if getattr(payload, one, "") == incident]


def _missing_words(payload: Payload | Booked) -> list[Fault]:
    match payload:
        case Assigned(unit=None, assignee=None):
            return [Fault("data", "an assignment names a unit or an assignee")]
        case Rated(score=None, satisfaction=None):
            return [Fault("data", "a rating gives a score or a satisfaction")]
        case Answered(score=None, satisfaction=None):
            return [Fault("data", "an answer gives a score or a satisfaction")]
        case Updated() if payload == Updated(actor=payload.actor, text=payload.text, evidence=payload.evidence):
            return [Fault("data", "an update changes at least one field")]
    return []


def _off_the_shelf(envelope: Envelope, payload: Payload | Booked) -> Iterator[Fault]:
    """Yield what a shelving lacks: it is somebody's, for a reason, and not for long."""
    if not isinstance(payload, Shelved):
        return
    yield from (
        Fault(f"data.{name}", "missing") for name in ("actor", "text") if not (getattr(payload, name) or "").strip()
    )
    if not is_of_our_time(envelope.time):
        return
    if not envelope.time < payload.until <= envelope.time + LONGEST_SHELVED:
        yield Fault("data.until", "must lie after the event, by seven days at most")


def _not_by_the_centre(envelope: Envelope) -> Iterator[Fault]:
    if MOVE_OF_TYPE.get(envelope.type) in OWN | KIN and not is_own(envelope.source):
        yield Fault("source", "only the centre itself tells this")
