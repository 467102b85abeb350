"""The items of the registers: what has been booked of each, and what that adds to the figures. Pure and total.

An item keeps the first act of each kind, by time, source and id, so the order in which they come makes no difference.
What cannot have been is not counted: nobody waits for less than no time, nor once they have gone.
"""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from ioc.catalogue import Catalogue
from ioc.decide import FUTURE_TOLERANCE
from ioc.errors import Fault, Reason, Refusal
from ioc.figures.aggregates import Contribution, Counted, Measure, Timing, Who
from ioc.names import catalogue_faults
from ioc.payloads import Satisfaction, satisfaction_of
from ioc.registers import About, Act, Answered, Booking, Register
from ioc.times import Instant


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
    def who(self) -> Who:
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


class Booked(NamedTuple):
    """What came of a booking. `item` is the very object given when nothing changed."""

    item: Item | None
    refusal: Refusal | None = None
    duplicate: bool = False


def book(item: Item | None, booking: Booking, now: Instant, catalogue: Catalogue) -> Booked:
    """Return the item with one act more, as of `now`."""
    refusal = refused_at_the_door(booking, now, catalogue)
    if refusal is not None:
        return Booked(item, refusal)
    old = None if item is None or is_past(item, now, catalogue) else item
    stamps = old.stamps if old is not None else {}
    if any(stamp.source == booking.source and stamp.id == booking.id for stamp in stamps.values()):
        return Booked(item, duplicate=True)
    stamp, known = _stamp(booking, catalogue), stamps.get(booking.act)
    if known is None or _order(stamp) < _order(known):
        stamps = {**stamps, booking.act: stamp}
    new = Item(booking.item, max(booking.time, old.last if old is not None else 0), stamps)
    return Booked(item if new == item else new)


def refused_at_the_door(booking: Booking, now: Instant, catalogue: Catalogue) -> Refusal | None:
    """Return why a booking is refused whatever is known of its item, or None.

    What is older than items are kept could be of one that is forgotten, and be counted twice.
    """
    if booking.time > now + FUTURE_TOLERANCE:
        return Refusal(Reason.IN_THE_FUTURE, (Fault("time", "ahead of the centre's clock"),))
    if booking.time < now - catalogue.items_kept:
        return Refusal(Reason.TOO_OLD, (Fault("time", "longer ago than items are kept"),))
    if isinstance(booking.payload, About):
        faults = catalogue_faults(booking.payload, booking.payload.service, catalogue)
        if faults:
            return Refusal(Reason.NOT_IN_CATALOGUE, faults)
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


OF_ITEMS: frozenset[Measure | Timing] = frozenset(
    {
        *(Timing.WAITING, Timing.SERVING),
        *(what for what in Measure if what.startswith(("tickets", "documents", "answers"))),
    }
)
"""What items alone contribute to windows."""


def counted(item: Item | None) -> Counted:
    """Return all an item adds to the aggregates, and under whom; nothing of none."""
    if item is None:
        return {}
    match item.register:
        case Register.TICKET:
            return _of_ticket(item.stamps)
        case Register.DOCUMENT:
            return _of_document(item.stamps)
        case Register.SURVEY:
            return _of_answer(item.stamps[Act.ANSWERED])


_Stamps = dict[Act, Stamp]


def _of_ticket(stamps: _Stamps) -> Counted:
    """A ticket counts from its issue on, under whom it was issued for, and until it was served or given up.

    The wait is not known when by the counter's clock it was called before it was issued.
    """
    issued, called = stamps.get(Act.ISSUED), stamps.get(Act.CALLED)
    if issued is None:
        return {}
    told: list[Contribution] = [(issued.time, Measure.TICKETS, 1)]
    end = _end_of(stamps)
    if called is not None and (end is None or called.time <= stamps[end].time):
        told.append((called.time, Measure.TICKETS_CALLED, 1))
        if called.time >= issued.time:
            told.append((called.time, Timing.WAITING, called.time - issued.time))
        if end is Act.SERVED:
            told.append((stamps[end].time, Timing.SERVING, stamps[end].time - called.time))
    if end is not None:
        what = Measure.TICKETS_SERVED if end is Act.SERVED else Measure.TICKETS_LEFT
        told.append((stamps[end].time, what, 1))
    return {issued.who: told}


def _end_of(stamps: _Stamps) -> Act | None:
    """Return what ended a ticket: the earlier of served and left; in one moment it was served."""
    ends = (act for act in (Act.SERVED, Act.LEFT) if act in stamps)
    return min(ends, key=lambda act: stamps[act].time, default=None)


_DOCUMENTS = {
    Act.RECEIVED: Measure.DOCUMENTS_RECEIVED,
    Act.SIGNED: Measure.DOCUMENTS_SIGNED,
    Act.SENT: Measure.DOCUMENTS_SENT,
}


def _of_document(stamps: _Stamps) -> Counted:
    """Each act counts under the unit that did it. What is signed only after it was sent went out unsigned."""
    told: dict[Who, list[Contribution]] = {}
    for act, what in _DOCUMENTS.items():
        if act in stamps:
            told.setdefault(stamps[act].who, []).append((stamps[act].time, what, 1))
    sent, signed = stamps.get(Act.SENT), stamps.get(Act.SIGNED)
    if sent is not None and signed is not None and signed.time <= sent.time:
        told[sent.who].append((sent.time, Measure.DOCUMENTS_SENT_SIGNED, 1))
    return told


_VERDICTS = {
    Satisfaction.SATISFIED: Measure.ANSWERS_SATISFIED,
    Satisfaction.ACCEPTED: Measure.ANSWERS_ACCEPTED,
    Satisfaction.NOT_SATISFIED: Measure.ANSWERS_NOT_SATISFIED,
}


def _of_answer(stamp: Stamp) -> Counted:
    told: list[Contribution] = [(stamp.time, Measure.ANSWERS, 1)]
    if stamp.satisfaction is not None:
        told.append((stamp.time, _VERDICTS[stamp.satisfaction], 1))
    if stamp.score is not None:
        told.append((stamp.time, Measure.ANSWERS_SCORED, 1))
        told.append((stamp.time, Measure.ANSWERS_SCORE, stamp.score))
    return {stamp.who: told}
