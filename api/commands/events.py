"""The event that carries out a command: an operator's command is an event like any service's."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from msgspec import Struct

from api.read_model.index.entry import IndexEntry
from ioc.core.cloudevents import encode_cloudevent
from ioc.core.rejections import FieldError, Rejection
from ioc.core.sources import CENTRE
from ioc.core.times import Instant, parse_instant, to_rfc3339
from ioc.incident.event import Event
from ioc.incident.lifecycle import COMMANDS, EventType, cloudevents_type
from ioc.processors.reader import read_event


class CommandEvent(Struct, frozen=True):
    """The event of a command before it is encoded; `time` in ms."""

    incident: str
    event_type: EventType
    event_id: str
    time: Instant
    data: dict[str, Any]

    def encode(self) -> bytes:
        """Return the structured CloudEvent. Its source is the centre, acting for the source of the incident."""
        slug, _, subject = self.incident.partition(":")
        return encode_cloudevent(
            event_id=self.event_id,
            source=CENTRE + slug,
            subject=subject,
            event_type=cloudevents_type(self.event_type),
            time=to_rfc3339(self.time),
            data=self.data,
            with_content_type=True,
        )


def event_of(command: str, entry: IndexEntry, values: Mapping[str, Any], key: str | None, now: Instant) -> CommandEvent:
    """Return the event of a command whose body gives these values. Its id is the Idempotency-Key, or a new one.

    It happens after everything the operator could see, even when the clock of another service runs ahead of ours;
    only a directive that was signed elsewhere brings its own `time`.
    """
    data = dict(values)
    given_time = data.pop("time", None)
    time = max(now, entry.incident.updated_at + 1) if given_time is None else parse_instant(given_time)
    return CommandEvent(entry.incident.id, COMMANDS[command], key or str(uuid4()), time, data)


def read_as_worker(incident: str, value: bytes) -> Event | list[FieldError]:
    """Return an encoded event as the workers will read it, or every error they would reject it for."""
    event = read_event(incident.encode(), value)
    if isinstance(event, Event):
        return event
    errors = event.errors if isinstance(event, Rejection) else ()
    return [FieldError(_field_of_command(error.field), error.reason) for error in errors] or [
        FieldError("body", "not understood")
    ]


def _field_of_command(field: str) -> str:
    """Return the name by which the sender of a command knows a field of its event."""
    names = {"data": "body", "id": "Idempotency-Key"}
    return names.get(field, field.removeprefix("data."))


def receipt_of(event: Event) -> dict[str, str]:
    """Return what the operator is told of the event of a command."""
    return {
        "event_id": event.id,
        "source": event.source,
        "incident": event.incident,
        "type": cloudevents_type(event.event_type),
        "time": to_rfc3339(event.time),
    }
