"""The way of a command to the log: read as the workers will read it, checked, signed, and published once."""

from typing import Any

from msgspec import Struct

from api.commands import directives
from api.commands.dependencies import CommandContext
from api.commands.events import CommandEvent, event_of, read_as_worker, receipt_of
from api.commands.idempotency import KeyUsed, Receipt, history_entry_of, is_same_command
from api.commands.objections import invalid, objections
from api.http.problems import Problem
from api.http.publisher import NotPublished
from api.read_model.index.entry import IndexEntry
from ioc.core.cloudevents import STRUCTURED_HEADERS
from ioc.core.rejections import FieldError
from ioc.core.times import to_rfc3339
from ioc.incident.event import Event
from ioc.incident.history_entry import HistoryEntry


class Command(Struct, frozen=True):
    """A command with a valid body: its incident as it stands, what the body gives, and its Idempotency-Key."""

    name: str
    entry: IndexEntry
    values: dict[str, Any]
    key: str | None


async def dispatch(command: Command, context: CommandContext) -> Receipt:
    """Return the receipt of a command once the broker has its event. Raises Problem: 409, 422 or 503.

    A command that is sent again gets the same receipt again, also when the lifecycle has gone on since.
    """
    draft = event_of(command.name, command.entry, command.values, command.key, context.model.now())
    draft = directives.from_centre(draft, context.signer)
    value = draft.encode()
    event = directives.id_errors(command.values, command.key) or read_as_worker(draft.incident, value)
    if not isinstance(event, Event):
        raise invalid(objections(command.name, command.values, command.entry, context.model, errors=event).all)
    history_entry = history_entry_of(event, command.entry.incident)
    if history_entry is not None:
        return _receipt_again(history_entry, event)
    try:
        return await context.idempotency.once(event, lambda: _publish(command, context, draft, value, event))
    except KeyUsed:
        raise _key_used() from None


def _receipt_again(history_entry: HistoryEntry, event: Event) -> Receipt:
    if not is_same_command(history_entry, event):
        raise _key_used()
    return {**receipt_of(event), "time": to_rfc3339(history_entry.time)}


def _key_used() -> Problem:
    error = FieldError("Idempotency-Key", "was used before, with another command or another body")
    return Problem(409, "The key belongs to another command", [error])


async def _publish(
    command: Command, context: CommandContext, draft: CommandEvent, value: bytes, event: Event
) -> Receipt:
    value, event = directives.signed_by_centre(draft, value, event, context.signer)
    objections(command.name, command.values, command.entry, context.model, event=event).check(command.entry)
    try:
        await context.publisher.publish(event.incident.encode(), value, STRUCTURED_HEADERS)
    except NotPublished as error:
        title = "The broker did not acknowledge the event; send it again, same key"
        raise Problem(503, title, members={"event_id": event.id}) from error
    return receipt_of(event)
