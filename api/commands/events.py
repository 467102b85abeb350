"""Operator commands and the events they become: an order is an event like everyone's."""

from typing import Any
from uuid import uuid4

from msgspec import Struct

from api.commands import directives
from api.commands.bodies import CommandBody, Direct
from api.read_model.index.entry import IndexEntry
from ioc.catalogue.city import Catalogue
from ioc.catalogue.reference_checks import catalogue_faults
from ioc.core.cloudevents import encode_cloudevent
from ioc.core.rejections import FieldError, Rejection
from ioc.core.sources import CENTRE
from ioc.core.times import Instant, to_instant, to_rfc3339
from ioc.incident.event import Event
from ioc.incident.lifecycle import COMMANDS, EventType, cloudevents_type
from ioc.incident.payloads import Assigned, Directed, Payload, Updated
from ioc.incident.state import HistoryEntry
from ioc.processors.reader import read_event


class Ordered(Struct, frozen=True):
    """An event that carries out a command; `time` in ms."""

    incident: str
    event_type: EventType
    id: str
    time: Instant
    data: dict[str, Any]

    @property
    def source(self) -> str:
        """The event's source: the centre, acting for the source the incident came from."""
        return CENTRE + self.incident.partition(":")[0]

    def encode(self) -> bytes:
        """Return the event as structured CloudEvent."""
        return encode_cloudevent(
            event_id=self.id,
            source=self.source,
            subject=self.incident.partition(":")[2],
            event_type=cloudevents_type(self.event_type),
            time=to_rfc3339(self.time),
            data=self.data,
            with_content_type=True,
        )

    def answer(self) -> dict[str, str]:
        """Return what the operator is told."""
        return {
            "event_id": self.id,
            "source": self.source,
            "incident": self.incident,
            "type": cloudevents_type(self.event_type),
            "time": to_rfc3339(self.time),
        }


def ordered(command: str, card: IndexEntry, body: CommandBody, key: str | None, now: Instant) -> Ordered:
    """Return the event of a command.

    It happened after all the operator could see, also when another service's clock runs ahead of ours.
    """
    time = max(now, card.incident.updated_at + 1)
    data = body.model_dump(mode="json", exclude_none=True)
    if isinstance(body, Direct) and body.time is not None:
        time = to_instant(body.time)
        del data["time"]  # the event's own
    return Ordered(card.incident.id, COMMANDS[command], key or str(uuid4()), time, data)


def as_read(event: Ordered) -> Event | list[FieldError]:
    """Return the event as the workers will read it, or every fault they would refuse it for."""
    read = read_event(event.incident.encode(), event.encode())
    if isinstance(read, Event):
        return read
    faults = read.errors if isinstance(read, Rejection) else ()
    return [FieldError(_as_sent(fault.field), fault.reason) for fault in faults] or [
        FieldError("body", "not understood")
    ]


def _as_sent(field: str) -> str:
    """Return the name that the command's sender knows a field of the event by."""
    names = {"data": "body", "id": "Idempotency-Key"}
    return names.get(field, field.removeprefix("data."))


def carried_out(card: IndexEntry, event: Event) -> HistoryEntry | None:
    """Return the entry of the history that this very event made, when it was sent before."""
    entries = card.incident.history
    return next((entry for entry in entries if entry.id == event.id and entry.source == event.source), None)


def same(entry: HistoryEntry, event: Event) -> bool:
    """True when an entry was made by this command with this body, whatever signature the centre put to it."""
    return entry.event_type is event.event_type and event.data in (entry.data, directives.unsigned(entry))


def standing_faults(command: str, body: object, card: IndexEntry, catalogue: Catalogue) -> list[FieldError]:
    """Return what speaks against a command however faulty its body is otherwise: its names, and the present state."""
    return [*name_faults(body, card, catalogue), *directives.faults(command, body, card), *state_faults(command, card)]


def state_faults(command: str, card: IndexEntry) -> list[FieldError]:
    """Return the fault of a command that the present state does not allow."""
    if command in card.commands:
        return []
    return [FieldError("command", f"'{command}' is not allowed; it is {card.incident.state}")]


def name_faults(body: object, card: IndexEntry, catalogue: Catalogue) -> list[FieldError]:
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
    return [FieldError(name, fault.reason) for name, faults in found for fault in faults]


def _is_text(word: object) -> bool:
    return isinstance(word, str)
