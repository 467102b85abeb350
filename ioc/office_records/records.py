"""The registers of the offices: tickets of queues, documents and answers to surveys. They are no incidents.

Nothing here is anybody's words: what a register does not count is not read.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec
from msgspec import Struct

from ioc.core.scalars import Code, Satisfaction, Score
from ioc.core.times import Instant


class Register(StrEnum):
    """What is booked."""

    TICKET = "ticket"
    DOCUMENT = "document"
    SURVEY = "survey"


class Act(StrEnum):
    """What can be booked; acts of one item with the same time are taken in this order."""

    ISSUED = "ticket.issued"
    CALLED = "ticket.called"
    SERVED = "ticket.served"
    LEFT = "ticket.left"
    RECEIVED = "document.received"
    SIGNED = "document.signed"
    SENT = "document.sent"
    ANSWERED = "survey.answered"


class BookingPayload(Struct, frozen=True, omit_defaults=True, gc=False):
    """A citizen's ticket was called, was served, or was given up: who it is about was said when it was issued."""


class About(BookingPayload, frozen=True, kw_only=True):
    """Which service, unit and ward are concerned. A document's unit is the one that received, signed or sent it."""

    service: Code
    unit: Code | None = None
    ward: Code | None = None


class Answered(About, frozen=True, kw_only=True):
    """One person's answer to a survey: a score of 1 to 5, a word, or both."""

    score: Score | None = None
    satisfaction: Satisfaction | None = None


BOOKINGS: Mapping[Act, type[BookingPayload]] = {
    Act.ISSUED: About,
    Act.CALLED: BookingPayload,
    Act.SERVED: BookingPayload,
    Act.LEFT: BookingPayload,
    Act.RECEIVED: About,
    Act.SIGNED: About,
    Act.SENT: About,
    Act.ANSWERED: Answered,
}

DECODE = {act: msgspec.json.Decoder(booked).decode for act, booked in BOOKINGS.items()}
REGISTER_OF: Mapping[Act, Register] = {act: Register(act.partition(".")[0]) for act in Act}
ACT_OF_TYPE: Mapping[str, Act] = {f"vn.ioc.{act}.v1": act for act in Act}


def event_type(act: Act) -> str:
    """Return the CloudEvents type of an act."""
    return f"vn.ioc.{act}.v1"


class Booking(Struct, frozen=True, gc=False):
    """One thing booked of one item. `time` is the sender's, in ms; (source, id) is its duplicate key.

    `key` is that of its record, `<source slug>:<subject>`; `item` is the register and the key: a ticket and a dossier
    may share a number.
    """

    key: str
    item: str
    act: Act
    time: Instant
    source: str
    id: str
    payload: BookingPayload
