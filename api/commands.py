"""Operator commands: what each may say, and the event it becomes: an order is an event like everyone's."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import uuid4

import msgspec
from msgspec import Struct
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    model_validator,
)

from api import directives
from api.card import Card
from ioc.catalogue import Catalogue
from ioc.errors import Fault, Refusal
from ioc.events import Event, read_event
from ioc.incident import Entry
from ioc.lifecycle import COMMANDS, Move, event_type
from ioc.names import catalogue_faults
from ioc.payloads import Assigned, Directed, Payload, Updated
from ioc.sources import CENTRE
from ioc.times import OUT_OF_TIME, Instant, is_of_our_time, to_instant, to_rfc3339

HEADERS = (("content-type", b"application/cloudevents+json"),)

Code = Annotated[str, Field(min_length=1, max_length=128)]
Line = Annotated[str, Field(max_length=512)]
Said = Annotated[str, Field(min_length=1, max_length=512, pattern=r"\S")]


def _as_text(moment: object) -> object:
    if isinstance(moment, datetime) or (isinstance(moment, str) and _RFC3339.match(moment)):
        return moment
    raise ValueError("must be a moment in RFC 3339, such as 2024-04-17T09:00:00+07:00")


def _of_our_time(moment: datetime) -> datetime:
    if not is_of_our_time(moment):
        raise ValueError(OUT_OF_TIME)
    return moment


_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")
# Strict would refuse text too, and JSON has no other moments; lax alone would take a number for one.
Moment = Annotated[AwareDatetime, Strict(False), BeforeValidator(_as_text), AfterValidator(_of_our_time)]


class Shown(BaseModel):
    """A photo or document that lies elsewhere; `public` when whoever knows the dossier's code may see it."""

    model_config = ConfigDict(extra="forbid", strict=True, title="Evidence")

    url: Annotated[str, Field(max_length=2048, description="https, without user or password")]
    sha256: Annotated[str, Field(description="Of what lies there, 64 digits in lower case")]
    media_type: Annotated[str, Field(description="Such as image/jpeg")]
    caption: Line | None = None
    public: bool = False


class Order(BaseModel):
    """What every command may say: who gives it, in what words, and what there is to show for it."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "text": "Đã gọi hiện trường"}]},
    )

    # Of these fields at least one must be given.
    one_of: ClassVar[tuple[str, ...]] = ()
    lacks: ClassVar[str] = ""

    actor: Line | None = None
    text: Annotated[str, Field(max_length=8192)] | None = None
    evidence: Annotated[list[Shown], Field(max_length=20)] | None = None

    def given_by(self, subject: str) -> Self:
        """Return the same as the order of the subject of a token."""
        return self.model_copy(update={"actor": subject})

    @classmethod
    def lacking(cls, said: Mapping[str, object]) -> list[Fault]:
        """Return the fault of a body that gives none of the fields of which one is needed."""
        given = not cls.one_of or any(said.get(field) is not None for field in cls.one_of)
        return [] if given else [Fault("body", cls.lacks)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for fault in self.lacking(self.__dict__):
            raise ValueError(fault.reason)
        return self


class Assign(Order):
    """Give the matter to a unit, a person, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"actor": "Ca trực 1", "unit": "so-xay-dung"}, {"assignee": "Tổ cơ động 2"}],
            "anyOf": [{"required": ["unit"]}, {"required": ["assignee"]}],
        }
    )
    one_of = ("unit", "assignee")
    lacks = "an assignment names a unit or an assignee"

    unit: Code | None = None
    assignee: Line | None = None


class Direct(Order):
    """Direct several units to act, by a moment if one is given. It is signed with the centre's own key.

    One signed elsewhere says `by` whom, at what `time`, and has its signature; the Idempotency-Key is the id signed.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"actor": "Ca trực 1", "units": ["so-y-te", "so-xay-dung"], "due": "2024-04-17T09:00:00+07:00"}
            ]
        }
    )

    units: Annotated[list[Code], Field(min_length=1, max_length=200)]
    due: Moment | None = None
    by: Annotated[Code | None, Field(description="Whom it comes from: the owner of the key it is signed with")] = None
    time: Annotated[Moment | None, Field(description="The time of an event signed elsewhere")] = None
    signature: Annotated[str, Field(min_length=1, max_length=512)] | None = None

    def given_by(self, subject: str) -> Self:
        """Return it as the subject's order; words that were signed elsewhere are not changed."""
        return self if self.signature is not None else super().given_by(subject)

    @classmethod
    def lacking(cls, said: Mapping[str, object]) -> list[Fault]:
        """Return a fault of what a directive that was signed elsewhere needs, and of what only such a one has."""
        if said.get("signature") is not None:
            needed = [name for name in ("by", "time") if said.get(name) is None]
            return [Fault(name, "needed with a signature: it was signed, too") for name in needed]
        return [] if said.get("time") is None else [Fault("time", "given with a signature alone")]


class AnswerDirective(Order):
    """Answer a directive for a unit it was given to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"directive": "7d1e", "unit": "so-y-te", "actor": "Trực ban", "text": "Đã cử xe cứu thương"}]
        }
    )

    directive: Annotated[str, Field(min_length=1, max_length=256, description="The id of its event")]
    unit: Code


class Update(Order):
    """Correct what is said of the matter; what is not given stays. Lowering what is urgent needs `actor` and `text`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"actor": "Ca trực 1", "priority": "urgent", "text": "Có người bị mắc kẹt"},
                {"actor": "Ca trực 1", "ward": "19753", "address": "25 Lê Lợi", "lat": 16.46, "lon": 107.59},
            ]
        }
    )
    one_of = ("service", "category", "priority", "title", "unit", "ward", "lat", "lon", "address")
    lacks = "an update changes at least one field"

    service: Code | None = None
    category: Code | None = None
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    title: Line | None = None
    unit: Code | None = None
    ward: Code | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    address: Line | None = None


class Escalate(Order):
    """Raise the matter to a level of the ladder."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "level": 2, "to": "so-xay-dung", "text": "Quá hạn"}]}
    )

    level: Annotated[int, Field(ge=1, le=9)] = 1
    to: Annotated[Code | None, Field(description="The unit it is raised to")] = None


class Merge(Order):
    """Say that the matter is the same as another, which it then follows; this also takes a proposal."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"actor": "Ca trực 1", "into": "field-reports:PA-000119"}]}
    )

    into: Annotated[str, Field(min_length=3, max_length=321, description="The incident it is the same as")]


class Shelve(Order):
    """Put the matter aside until a moment, seven days ahead at most: who does so, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"actor": "Ca trực 1", "text": "Chờ nước rút", "until": "2024-04-17T09:00:00+07:00"},
            ]
        }
    )

    actor: Said
    text: Annotated[str, Field(min_length=1, max_length=8192, pattern=r"\S")]
    until: Moment


class Rate(Order):
    """The citizen's verdict: a score of 1 to 5, a word, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"score": 4, "satisfaction": "satisfied"}],
            "anyOf": [{"required": ["score"]}, {"required": ["satisfaction"]}],
        }
    )
    one_of = ("score", "satisfaction")
    lacks = "a rating gives a score or a satisfaction"

    score: Annotated[int, Field(ge=1, le=5)] | None = None
    satisfaction: Literal["satisfied", "accepted", "not_satisfied"] | None = None


BODIES: dict[str, type[Order]] = {
    **dict.fromkeys(COMMANDS, Order),
    "assign": Assign,
    "direct": Direct,
    "acknowledge_directive": AnswerDirective,
    "report_directive": AnswerDirective,
    "update": Update,
    "escalate": Escalate,
    "rate": Rate,
    "shelve": Shelve,
    "merge": Merge,
}


class Ordered(Struct, frozen=True):
    """An event that carries out a command; `time` in ms."""

    incident: str
    move: Move
    id: str
    time: Instant
    data: dict[str, Any]

    @property
    def source(self) -> str:
        """The event's source: the centre, acting for the source the incident came from."""
        return CENTRE + self.incident.partition(":")[0]

    def encode(self) -> bytes:
        """Return the event as structured CloudEvent."""
        return msgspec.json.encode(
            {
                "specversion": "1.0",
                "id": self.id,
                "source": self.source,
                "type": event_type(self.move),
                "subject": self.incident.partition(":")[2],
                "time": to_rfc3339(self.time),
                "datacontenttype": "application/json",
                "data": self.data,
            }
        )

    def answer(self) -> dict[str, str]:
        """Return what the operator is told."""
        return {
            "event_id": self.id,
            "source": self.source,
            "incident": self.incident,
            "type": event_type(self.move),
            "time": to_rfc3339(self.time),
        }


def ordered(command: str, card: Card, body: Order, key: str | None, now: Instant) -> Ordered:
    """Return the event of a command.

    It happened after all the operator could see, also when another service's clock runs ahead of ours.
    """
    time = max(now, card.incident.updated_at + 1)
    data = body.model_dump(mode="json", exclude_none=True)
    if isinstance(body, Direct) and body.time is not None:
        time = to_instant(body.time)
        del data["time"]  # the event's own
    return Ordered(card.incident.id, COMMANDS[command], key or str(uuid4()), time, data)


def as_read(event: Ordered) -> Event | list[Fault]:
    """Return the event as the workers will read it, or every fault they would refuse it for."""
    read = read_event(event.incident.encode(), event.encode())
    if isinstance(read, Event):
        return read
    faults = read.faults if isinstance(read, Refusal) else ()
    return [Fault(_as_sent(fault.field), fault.reason) for fault in faults] or [Fault("body", "not understood")]


def _as_sent(field: str) -> str:
    """Return the name that the command's sender knows a field of the event by."""
    names = {"data": "body", "id": "Idempotency-Key"}
    return names.get(field, field.removeprefix("data."))


def carried_out(card: Card, event: Event) -> Entry | None:
    """Return the entry of the history that this very event made, when it was sent before."""
    entries = card.incident.history
    return next((entry for entry in entries if entry.id == event.id and entry.source == event.source), None)


def same(entry: Entry, event: Event) -> bool:
    """True when an entry was made by this command with this body, whatever signature the centre put to it."""
    return entry.move is event.move and event.data in (entry.data, directives.unsigned(entry))


def standing_faults(command: str, body: object, card: Card, catalogue: Catalogue) -> list[Fault]:
    """Return what speaks against a command however faulty its body is otherwise: its names, and the present state."""
    return [*name_faults(body, card, catalogue), *directives.faults(command, body, card), *state_faults(command, card)]


def state_faults(command: str, card: Card) -> list[Fault]:
    """Return the fault of a command that the present state does not allow."""
    if command in card.commands:
        return []
    return [Fault("command", f"'{command}' is not allowed; it is {card.incident.state}")]


def name_faults(body: object, card: Card, catalogue: Catalogue) -> list[Fault]:
    """Return the units named in a body, however faulty it is otherwise, that the catalogue does not know."""
    if not isinstance(body, dict):
        return []
    named: dict[str, Payload] = {name: Assigned(unit=body[name]) for name in ("unit", "to") if _is_text(body.get(name))}
    units = body.get("units")
    if isinstance(units, list) and all(map(_is_text, units)):
        named["units"] = Directed(units=tuple(units))
    named |= {name: Updated(**{name: body[name]}) for name in ("service", "ward") if _is_text(body.get(name))}
    service = card.incident.service
    found = ((name, catalogue_faults(said, service, catalogue)) for name, said in named.items())
    return [Fault(name, fault.reason) for name, faults in found for fault in faults]


def _is_text(word: object) -> bool:
    return isinstance(word, str)
