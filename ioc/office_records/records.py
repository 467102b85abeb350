"""Bookings: the events of the registers of the offices, read from the same topic as those of incidents.

They hold no free text: what a register does not count is not read.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from msgspec import Struct

from ioc.core.exhaustive import total
from ioc.core.scalars import Code, Satisfaction, Score
from ioc.core.times import Instant


class Register(StrEnum):
    """The registers, by what is booked in them."""

    TICKET = "ticket"
    DOCUMENT = "document"
    SURVEY = "survey"


class Act(StrEnum):
    """What can be booked. Acts of one item with the same time are taken in this order."""

    ISSUED = "ticket.issued"
    CALLED = "ticket.called"
    SERVED = "ticket.served"
    LEFT = "ticket.left"
    RECEIVED = "document.received"
    SIGNED = "document.signed"
    SENT = "document.sent"
    ANSWERED = "survey.answered"


class BookingPayload(Struct, frozen=True, omit_defaults=True, gc=False):
    """A ticket was called, served or given up: which service it is for was said when it was issued."""


class ServicePayload(BookingPayload, frozen=True, kw_only=True):
    """Which service, unit and ward an act counts under. A document's unit received, signed or sent it."""

    service: Code
    unit: Code | None = None
    ward: Code | None = None


class Answered(ServicePayload, frozen=True, kw_only=True):
    """One person's answer to a survey: a score of 1 to 5, a word, or both."""

    score: Score | None = None
    satisfaction: Satisfaction | None = None


_BOOKINGS: Mapping[Act, type[BookingPayload]] = {
    Act.ISSUED: ServicePayload,
    Act.CALLED: BookingPayload,
    Act.SERVED: BookingPayload,
    Act.LEFT: BookingPayload,
    Act.RECEIVED: ServicePayload,
    Act.SIGNED: ServicePayload,
    Act.SENT: ServicePayload,
    Act.ANSWERED: Answered,
}

BOOKINGS = total(_BOOKINGS, Act)
"""The payload of each act."""

DECODE = {act: msgspec.json.Decoder(payload).decode for act, payload in BOOKINGS.items()}
"""The decoder of each act's payload."""

REGISTER_OF: Mapping[Act, Register] = {act: Register(act.partition(".")[0]) for act in Act}
ACT_OF_TYPE: Mapping[str, Act] = {f"vn.ioc.{act}.v1": act for act in Act}


def cloudevents_type(act: Act) -> str:
    """Return the CloudEvents type of an act."""
    return f"vn.ioc.{act}.v1"


class Booking(Struct, frozen=True, gc=False):
    """One act of one item. `time` is the sender's, in ms; (source, id) identifies duplicates.

    `key` is that of the record, `<source slug>:<subject>`; `item` is the register and the key, since a ticket and a
    document may share a number.
    """

    key: str
    item: str
    act: Act
    time: Instant
    source: str
    id: str
    payload: BookingPayload
