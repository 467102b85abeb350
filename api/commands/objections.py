"""What speaks against a command, all of it at once: its body, the names it gives, and the state of the incident."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from api.commands import directives, merges
from api.commands.bodies import BODIES
from api.http.json import Json
from api.http.problems import Problem
from api.read_model.index.entry import IndexEntry
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.catalogue.reference_checks import catalogue_errors
from ioc.core.rejections import FieldError
from ioc.core.scalars import Priority
from ioc.decider.urgency import lowers, missing_words
from ioc.incident.event import Event
from ioc.incident.payloads import Assigned, Directed, Payload, Updated
from ioc.incident.state import Incident


class Objections(Struct, frozen=True):
    """What speaks against a command: errors of the command itself, and conflicts with the present state."""

    errors: list[FieldError]
    conflicts: list[FieldError]

    @property
    def all(self) -> list[FieldError]:
        """The errors and the conflicts."""
        return self.errors + self.conflicts

    def check(self, entry: IndexEntry) -> None:
        """Raise Problem when anything speaks against a command: 422 with all of it, 409 when it is conflicts alone."""
        if self.errors:
            raise invalid(self.all)
        if self.conflicts:
            title = "The command is not allowed in the present state"
            raise Problem(409, title, self.conflicts, f"Allowed now: {', '.join(entry.commands) or 'none'}")


def invalid(errors: list[FieldError]) -> Problem:
    """Return the problem of a command that is not valid."""
    return Problem(422, "The command is not valid", errors)


def objections(
    command: str,
    body: object,
    entry: IndexEntry,
    model: ReadModel,
    errors: Iterable[FieldError] = (),
    event: Event | None = None,
) -> Objections:
    """Return all that speaks against a command, as far as its body, the catalogue and the read model tell.

    `body` is the decoded JSON and may be faulty. `errors` are those its reader found; `event` is the event of the
    command once it can be read.
    """
    values = body if isinstance(body, dict) else {}
    return Objections(
        [
            *errors,
            *(BODIES[command].missing_fields(values) if isinstance(body, dict) else ()),
            *_unknown_names(values, entry.incident.service, model.catalogue),
            *merges.unknown_parent(values, model),
            *directives.answer_errors(command, values, entry.incident),
            *(_lowering_errors(values, entry.incident) if command == "update" else ()),
            *(() if event is None else directives.signature_errors(event, model.catalogue)),
        ],
        [*_state_conflicts(command, entry), *merges.conflicts(values, entry, model)],
    )


def _state_conflicts(command: str, entry: IndexEntry) -> Iterator[FieldError]:
    if command not in entry.commands:
        yield FieldError("command", f"'{command}' is not allowed; it is {entry.incident.state}")


def _unknown_names(values: Json, service: str, catalogue: Catalogue) -> Iterator[FieldError]:
    """Yield an error for each name in a body that the catalogue does not know."""
    for name, payload in _payloads_with_names(values):
        yield from (FieldError(name, error.reason) for error in catalogue_errors(payload, service, catalogue))


def _payloads_with_names(values: Json) -> Iterator[tuple[str, Payload]]:
    """Yield each field that holds names of the catalogue, and a payload that says nothing else."""
    texts: dict[str, Any] = {name: value for name, value in values.items() if isinstance(value, str)}
    yield from ((name, Assigned(unit=texts[name])) for name in ("unit", "to") if name in texts)
    units = values.get("units")
    if isinstance(units, list) and all(isinstance(unit, str) for unit in units):
        yield "units", Directed(units=tuple(units))
    yield from ((name, Updated(**{name: texts[name]})) for name in ("service", "ward") if name in texts)


def _lowering_errors(values: Json, incident: Incident) -> Iterator[FieldError]:
    """Yield an error for each word that is missing when an urgent incident is made less urgent."""
    priority = values.get("priority")
    if not isinstance(priority, str) or priority not in set(Priority) or not lowers(incident, Priority(priority)):
        return
    actor, text = (word if isinstance(word, str) else None for word in (values.get("actor"), values.get("text")))
    for error in missing_words(Updated(actor=actor, text=text)):
        yield FieldError(error.field.removeprefix("data."), error.reason)
