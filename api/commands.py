"""Operator commands: what each may say, and the event it becomes: an order is an event like everyone's."""

from typing import Annotated, Any, Literal, Self
from uuid import uuid4

import msgspec
from msgspec import Struct
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from api.card import Card
from api.read_model import OPERATORS
from ioc.catalogue import Catalogue
from ioc.errors import Fault
from ioc.fold import catalogue_faults
from ioc.incident import Entry
from ioc.lifecycle import COMMANDS, Move, event_type
from ioc.payloads import DECODE, Assigned, Directed, Payload
from ioc.times import Instant, to_rfc3339

HEADERS = (("content-type", b"application/cloudevents+json"),)

Code = Annotated[str, Field(min_length=1, max_length=128)]
Line = Annotated[str, Field(max_length=512)]


class Order(BaseModel):
    """What every command may say: who gives it, and in what words."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"actor": "Ca trực 1"}]})

    actor: Line | None = None
    text: Annotated[str, Field(max_length=8192)] | None = None


class Assign(Order):
    """Give the matter to a unit, a person, or both."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"actor": "Ca trực 1", "assignee": "Tổ cơ động 2"}]})

    unit: Code | None = None
    assignee: Line | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.unit is None and self.assignee is None:
            raise ValueError("an assignment names a unit or an assignee")
        return self


class Direct(Order):
    """Direct several units to act, by a moment if one is given."""

    units: Annotated[list[Code], Field(min_length=1, max_length=200)]
    due: AwareDatetime | None = None


class Escalate(Order):
    """Raise the matter to a level of the ladder."""

    level: Annotated[int, Field(ge=1, le=9)] = 1
    to: Code | None = None


class Rate(Order):
    """The citizen's verdict: a score of 1 to 5, a word, or both."""

    score: Annotated[int, Field(ge=1, le=5)] | None = None
    satisfaction: Literal["satisfied", "accepted", "not_satisfied"] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.score is None and self.satisfaction is None:
            raise ValueError("a rating gives a score or a satisfaction")
        return self


BODIES: dict[str, type[Order]] = {
    **dict.fromkeys(COMMANDS, Order),
    "assign": Assign,
    "direct": Direct,
    "escalate": Escalate,
    "rate": Rate,
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
        return OPERATORS + self.incident.partition(":")[0]

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
    return Ordered(card.incident.id, COMMANDS[command], key or str(uuid4()), time, data)


def carried_out(card: Card, event: Ordered) -> Entry | None:
    """Return the entry of the history that this very event made, when it was sent before."""
    entries = card.incident.history
    return next((entry for entry in entries if entry.id == event.id and entry.source == event.source), None)


def name_faults(body: object, card: Card, catalogue: Catalogue) -> list[Fault]:
    """Return the units named in a body, however faulty it is otherwise, that the catalogue does not know."""
    if not isinstance(body, dict):
        return []
    named: list[Payload] = []
    if isinstance(body.get("unit"), str):
        named.append(Assigned(unit=body["unit"]))
    units = body.get("units")
    if isinstance(units, list) and all(isinstance(unit, str) for unit in units):
        named.append(Directed(units=tuple(units)))
    faults = [fault for payload in named for fault in catalogue_faults(payload, card.incident.service, catalogue)]
    return [Fault(fault.field.removeprefix("data."), fault.reason) for fault in faults]


def understood(event: Ordered) -> bool:
    """True when the workers will be able to read what the command says."""
    try:
        DECODE[event.move](msgspec.json.encode(event.data))
    except msgspec.DecodeError:
        return False
    return True
