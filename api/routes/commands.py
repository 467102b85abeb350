"""POST /incidents/{id}/{command}: one route for each command of the lifecycle."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api import commands
from api.card import Card
from api.centre import Centre, KnownCard, ReadyCentre, centre_of
from api.commands import BODIES, Order, Ordered
from api.problems import Problem, faults_of, shown
from api.publisher import NotPublished
from ioc.errors import Fault
from ioc.lifecycle import COMMANDS, TRANSITIONS, commands_in
from ioc.times import to_rfc3339


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


class CommandRoute(APIRoute):
    """When the body is faulty, the units the catalogue does not know are named too: all faults at once."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the handler with the fuller refusal."""
        handle = super().get_route_handler()

        async def handle_whole(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                centre = centre_of(request)
                card = centre.model.card(request.path_params["id"])
                names = commands.name_faults(error.body, card, centre.model.catalogue) if card else []
                raise Problem(422, "The command is not valid", [*faults_of(error), *names]) from error

        return handle_whole


router = APIRouter(tags=["commands"], route_class=CommandRoute)
Key = Annotated[str | None, Header(min_length=1, max_length=256, description="Becomes the id of the event")]


def _add(command: str, body_type: type[Order]) -> None:
    async def order(card: KnownCard, centre: ReadyCentre, body: Order, idempotency_key: Key = None) -> JSONResponse:
        return await _carry_out(command, card, centre, body, idempotency_key)

    # FastAPI reads the body's model from the annotation; each command has its own.
    annotation: Any = Annotated[body_type, Body()]
    order.__annotations__["body"] = annotation
    router.add_api_route(
        f"/incidents/{{id:path}}/{command}",
        order,
        methods=["POST"],
        status_code=202,
        name=command,
        summary=f"{command.capitalize()} an incident",
        description=body_type.__doc__,
        responses={202: {"model": Accepted}, **shown(404, 409, 422, 503)},
    )


for _command, _body in BODIES.items():
    _add(_command, _body)


async def _carry_out(command: str, card: Card, centre: Centre, body: Order, key: str | None) -> JSONResponse:
    event = commands.ordered(command, card, body, key, centre.model.now())
    try:
        answer = _answered_before(card, event) or await _publish(command, card, centre, event)
    except Problem as problem:
        centre.metrics.commands.labels(command, str(problem.status)).inc()
        raise
    centre.metrics.commands.labels(command, "202").inc()
    return JSONResponse(answer, 202)


def _answered_before(card: Card, event: Ordered) -> dict[str, str] | None:
    """Return the same answer again to a command that is sent again; the lifecycle may have gone on since."""
    entry = commands.carried_out(card, event)
    if entry is None:
        return None
    if entry.move is not event.move:
        fault = Fault("Idempotency-Key", f"was used for '{entry.move}'")
        raise Problem(409, "The key belongs to another command", [fault])
    return {**event.answer(), "time": to_rfc3339(entry.time)}


async def _publish(command: str, card: Card, centre: Centre, event: Ordered) -> dict[str, str]:
    faults = commands.name_faults(event.data, card, centre.model.catalogue)
    if faults or not commands.understood(event):
        raise Problem(422, "The command is not valid", faults or [Fault("body", "not understood")])
    state = card.incident.state
    if state not in TRANSITIONS[COMMANDS[command]]:
        allowed = ", ".join(commands_in(state)) or "none"
        fault = Fault("command", f"'{command}' is not allowed; it is {state}")
        raise Problem(409, "The command is not allowed in the present state", [fault], f"Allowed now: {allowed}")
    try:
        await centre.publisher.publish(event.incident.encode(), event.encode(), commands.HEADERS)
    except NotPublished as error:
        raise Problem(503, "The broker did not acknowledge the event; send it again, same key") from error
    return event.answer()
