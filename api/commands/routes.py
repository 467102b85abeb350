"""POST /incidents/{id}/{command}: one route for each command of the lifecycle."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from api.commands import directives, events, merges
from api.commands.bodies import BODIES, CommandBody
from api.commands.dependencies import CommandContext, TheCommandContext
from api.commands.events import Ordered
from api.commands.idempotency import KeyUsed
from api.http.auth import AnOperator
from api.http.complete_rejection_route import CompleteRejectionRoute, first_of_each
from api.http.dependencies import the_metrics
from api.http.problems import Problem, shown
from api.http.publisher import NotPublished
from api.incidents.dependencies import KnownCard
from api.read_model.dependencies import the_read_model
from api.read_model.index.entry import IndexEntry
from ioc.core.cloudevents import STRUCTURED_HEADERS
from ioc.core.rejections import FieldError
from ioc.core.times import to_rfc3339
from ioc.incident.event import Event
from ioc.incident.state import HistoryEntry


class Accepted(BaseModel):
    """The event a command became. What it changed is shown once the workers have folded it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "event_id": "0b5c2c9e-6f0e-4b43-9a4b-0b1f6e1f3c55",
                    "source": "/operations-centre/field-reports",
                    "incident": "field-reports:PA-000123",
                    "type": "vn.ioc.incident.acknowledged.v1",
                    "time": "2024-04-16T09:30:00.000Z",
                }
            ]
        }
    )

    event_id: str
    source: str
    incident: str
    type: str
    time: str


class CommandRoute(CompleteRejectionRoute):
    """The route of a command: an incident's present state, its names and its relatives can speak against it."""

    def refusal(self, request: Request, faults: list[FieldError], body: object) -> Problem:
        """Return the refusal of a command, counted."""
        model = the_read_model.of(request)
        the_metrics.of(request).commands.labels(self.name, "422").inc()
        card = model.card(request.path_params["id"])
        if card is not None:
            faults = faults + events.standing_faults(self.name, body, card, model.catalogue)
            faults += [*merges.unknown(body, model), *merges.conflicts(body, card, model)]
        if isinstance(body, dict):
            faults = faults + BODIES[self.name].missing_fields(body)
        return Problem(422, "The command is not valid", first_of_each(faults))


router = APIRouter(tags=["commands"], route_class=CommandRoute)
Key = Annotated[str | None, Header(min_length=1, max_length=256, description="Becomes the id of the event")]


def _add(command: str, body_type: type[CommandBody]) -> None:
    async def order(
        operator: AnOperator,
        card: KnownCard,
        context: TheCommandContext,
        body: CommandBody,
        idempotency_key: Key = None,
    ) -> JSONResponse:
        if operator is not None:
            body = body.with_actor(operator.subject)
        return await _carry_out(command, card, context, body, idempotency_key)

    # FastAPI reads the body's model from the annotation; each command has its own.
    annotation: Any = Annotated[body_type, Body()]
    order.__annotations__["body"] = annotation
    router.add_api_route(
        f"/incidents/{{id:path}}/{command}",
        order,
        methods=["POST"],
        status_code=202,
        name=command,
        summary=command.replace("_", " ").capitalize() + (" of an incident" if "_" in command else " an incident"),
        description=body_type.__doc__,
        responses={202: {"model": Accepted}, **shown(401, 403, 404, 409, 413, 422, 503)},
    )


for _command, _body in BODIES.items():
    _add(_command, _body)


async def _carry_out(
    command: str, card: IndexEntry, context: CommandContext, body: CommandBody, key: str | None
) -> JSONResponse:
    order = events.ordered(command, card, body, key, context.model.now())
    if command == "direct":
        order = directives.by_the_centre(order, context.signer)
    try:
        if key is None and "signature" in order.data:
            fault = FieldError("Idempotency-Key", "needed with a signature: it is the id that was signed")
            raise Problem(422, "The command is not valid", [fault])
        answer = await _answer(command, card, context, order)
    except Problem as problem:
        context.metrics.commands.labels(command, str(problem.status)).inc()
        raise
    context.metrics.commands.labels(command, "202").inc()
    return JSONResponse(answer, 202)


async def _answer(command: str, card: IndexEntry, context: CommandContext, order: Ordered) -> dict[str, str]:
    event = events.as_read(order)
    if not isinstance(event, Event):
        faults = event + events.standing_faults(command, order.data, card, context.model.catalogue)
        faults += merges.unknown(order.data, context.model)
        raise Problem(422, "The command is not valid", faults)
    entry = events.carried_out(card, event)
    if entry is not None:
        return _again(order, event, entry)
    try:
        return await context.idempotency.once(event, lambda: _publish(command, card, context, order))
    except KeyUsed:
        raise _key_used() from None


def _again(order: Ordered, event: Event, entry: HistoryEntry) -> dict[str, str]:
    """Return the same answer again to a command that is sent again; the lifecycle may have gone on since."""
    if not events.same(entry, event):
        raise _key_used()
    return {**order.answer(), "time": to_rfc3339(entry.time)}


def _key_used() -> Problem:
    fault = FieldError("Idempotency-Key", "was used before, with another command or another body")
    return Problem(409, "The key belongs to another command", [fault])


async def _publish(command: str, card: IndexEntry, context: CommandContext, order: Ordered) -> dict[str, str]:
    if command == "direct":
        order = directives.signed(order, context.signer)
    _check(command, card, context, order)
    try:
        await context.publisher.publish(order.incident.encode(), order.encode(), STRUCTURED_HEADERS)
    except NotPublished as error:
        title = "The broker did not acknowledge the event; send it again, same key"
        raise Problem(503, title, members={"event_id": order.id}) from error
    return order.answer()


def _check(command: str, card: IndexEntry, context: CommandContext, order: Ordered) -> None:
    model = context.model
    faults = events.name_faults(order.data, card, model.catalogue) + merges.unknown(order.data, model)
    faults += directives.faults(command, order.data, card)
    if command == "direct":
        faults += directives.signature_faults(order, model.catalogue)
    state = [*events.state_faults(command, card), *merges.conflicts(order.data, card, model)]
    if faults:
        raise Problem(422, "The command is not valid", faults + state)
    if state:
        allowed = ", ".join(card.commands) or "none"
        title = "The command is not allowed in the present state"
        raise Problem(409, title, state, f"Allowed now: {allowed}")
