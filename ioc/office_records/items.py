"""The items of the registers, and how a booking changes them. Pure and total.

An item stores the first act of each kind by time, source and id, so that the order in which they come does not matter.
Acts in an impossible order are stored too, but `ioc.figures.item_contributions` counts no wait of less than no time.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reference_checks import catalogue_errors
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import FigureKey, Satisfaction, satisfaction_of
from ioc.core.times import FUTURE_TOLERANCE, Instant
from ioc.office_records.records import Act, Answered, Booking, Register, ServicePayload


class Stamp(Struct, array_like=True, frozen=True, omit_defaults=True, gc=False):
    """An act as an item stores it: when, from which source, and what of its payload is counted."""

    time: Instant
    source: str
    id: str
    service: str = ""
    unit: str = ""
    ward: str = ""
    score: int | None = None
    satisfaction: Satisfaction | None = None

    @property
    def figure_key(self) -> FigureKey:
        """The service, unit and ward it counts under."""
        return (self.service, self.unit, self.ward)


_REGISTERS: Mapping[str, Register] = {register: register for register in Register}


class Item(Struct, frozen=True, omit_defaults=True, gc=False):
    """A ticket, a document or an answer to a survey. `last` is the time of its latest act (ms)."""

    id: str
    last: Instant
    stamps: dict[Act, Stamp]

    @property
    def register(self) -> Register:
        """The register it is booked in."""
        return _REGISTERS[self.id.partition("/")[0]]


class BookingDecision(NamedTuple):
    """What came of a booking. `item` is the object that was passed in when nothing changed."""

    item: Item | None
    rejection: Rejection | None = None
    duplicate: bool = False


def book(item: Item | None, booking: Booking, now: Instant, catalogue: Catalogue) -> BookingDecision:
    """Return what comes of booking an act, as of `now` (ms): the item with it, or why it is rejected."""
    rejection = admission_rejection(booking, now, catalogue)
    if rejection is not None:
        return BookingDecision(item, rejection)
    old = None if item is None or is_forgotten(item, now, catalogue) else item
    stamps = old.stamps if old is not None else {}
    if any(stamp.source == booking.source and stamp.id == booking.id for stamp in stamps.values()):
        return BookingDecision(item, duplicate=True)
    stamp, existing = _stamp(booking, catalogue), stamps.get(booking.act)
    if existing is None or _order(stamp) < _order(existing):
        stamps = {**stamps, booking.act: stamp}
    new = Item(booking.item, max(booking.time, old.last if old is not None else 0), stamps)
    return BookingDecision(item if new == item else new)


def admission_rejection(booking: Booking, now: Instant, catalogue: Catalogue) -> Rejection | None:
    """Return why a booking is rejected whatever the state of its item; None when it is admitted.

    A booking older than items are kept could belong to an item that is forgotten, and be counted twice.
    """
    if booking.time > now + FUTURE_TOLERANCE:
        return Rejection(Reason.IN_THE_FUTURE, (FieldError("time", "ahead of the centre's clock"),))
    if booking.time < now - catalogue.items_kept:
        return Rejection(Reason.TOO_OLD, (FieldError("time", "longer ago than items are kept"),))
    if isinstance(booking.payload, ServicePayload):
        errors = catalogue_errors(booking.payload, booking.payload.service, catalogue)
        if errors:
            return Rejection(Reason.NOT_IN_CATALOGUE, errors)
    return None


def is_forgotten(item: Item, now: Instant, catalogue: Catalogue) -> bool:
    """True when an item need not be kept: any act of it that came again would be too old."""
    return item.last < now - catalogue.items_kept


def _stamp(booking: Booking, catalogue: Catalogue) -> Stamp:
    """Return what an item stores of an act. As with incidents, the unit is the service's if none is named."""
    payload = booking.payload
    if not isinstance(payload, ServicePayload):
        return Stamp(booking.time, booking.source, booking.id)
    unit = payload.unit or catalogue.services[payload.service].unit or ""
    score = payload.score if isinstance(payload, Answered) else None
    satisfaction = payload.satisfaction or satisfaction_of(score) if isinstance(payload, Answered) else None
    return Stamp(
        booking.time, booking.source, booking.id, payload.service, unit, payload.ward or "", score, satisfaction
    )


def _order(stamp: Stamp) -> tuple[Instant, str, str]:
    return (stamp.time, stamp.source, stamp.id)
