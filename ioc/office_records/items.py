"""The items of the registers: what has been booked of each, and what that adds to the figures. Pure and total.

An item keeps the first act of each kind, by time, source and id, so the order in which they come makes no difference.
What cannot have been is not counted: nobody waits for less than no time, nor once they have gone.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reference_checks import catalogue_errors
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import FigureKey, Satisfaction, satisfaction_of
from ioc.core.times import FUTURE_TOLERANCE, Instant
from ioc.office_records.records import About, Act, Answered, Booking, Register


class Stamp(Struct, array_like=True, frozen=True, omit_defaults=True, gc=False):
    """An act as it is kept: when, by whom it was told, and as much of what was told as is counted."""

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
        """The service, unit and ward it is counted under."""
        return (self.service, self.unit, self.ward)


_REGISTERS: Mapping[str, Register] = {register: register for register in Register}


class Item(Struct, frozen=True, omit_defaults=True, gc=False):
    """A ticket, a document or an answer. `last` is the latest moment anything was told of (ms)."""

    id: str
    last: Instant
    stamps: dict[Act, Stamp]

    @property
    def register(self) -> Register:
        """The register it is booked in."""
        return _REGISTERS[self.id.partition("/")[0]]


class BookingDecision(NamedTuple):
    """What came of a booking. `item` is the very object given when nothing changed."""

    item: Item | None
    rejection: Rejection | None = None
    duplicate: bool = False


def book(item: Item | None, booking: Booking, now: Instant, catalogue: Catalogue) -> BookingDecision:
    """Return the item with one act more, as of `now`."""
    rejection = admission_rejection(booking, now, catalogue)
    if rejection is not None:
        return BookingDecision(item, rejection)
    old = None if item is None or is_past(item, now, catalogue) else item
    stamps = old.stamps if old is not None else {}
    if any(stamp.source == booking.source and stamp.id == booking.id for stamp in stamps.values()):
        return BookingDecision(item, duplicate=True)
    stamp, known = _stamp(booking, catalogue), stamps.get(booking.act)
    if known is None or _order(stamp) < _order(known):
        stamps = {**stamps, booking.act: stamp}
    new = Item(booking.item, max(booking.time, old.last if old is not None else 0), stamps)
    return BookingDecision(item if new == item else new)


def admission_rejection(booking: Booking, now: Instant, catalogue: Catalogue) -> Rejection | None:
    """Return why a booking is refused whatever is known of its item, or None.

    What is older than items are kept could be of one that is forgotten, and be counted twice.
    """
    if booking.time > now + FUTURE_TOLERANCE:
        return Rejection(Reason.IN_THE_FUTURE, (FieldError("time", "ahead of the centre's clock"),))
    if booking.time < now - catalogue.items_kept:
        return Rejection(Reason.TOO_OLD, (FieldError("time", "longer ago than items are kept"),))
    if isinstance(booking.payload, About):
        faults = catalogue_errors(booking.payload, booking.payload.service, catalogue)
        if faults:
            return Rejection(Reason.NOT_IN_CATALOGUE, faults)
    return None


def is_past(item: Item, now: Instant, catalogue: Catalogue) -> bool:
    """True when an item is no longer kept: all that could be told of it again is too old by now."""
    return item.last < now - catalogue.items_kept


def _stamp(booking: Booking, catalogue: Catalogue) -> Stamp:
    """Return what is kept of an act. As with incidents, the unit is the service's where none is named."""
    said = booking.payload
    if not isinstance(said, About):
        return Stamp(booking.time, booking.source, booking.id)
    unit = said.unit or catalogue.services[said.service].unit or ""
    score = said.score if isinstance(said, Answered) else None
    word = said.satisfaction or satisfaction_of(score) if isinstance(said, Answered) else None
    return Stamp(booking.time, booking.source, booking.id, said.service, unit, said.ward or "", score, word)


def _order(stamp: Stamp) -> tuple[Instant, str, str]:
    return (stamp.time, stamp.source, stamp.id)
