"""POST /incidents/{id}/{command}: one route for each command of the lifecycle."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from api.commands.bodies import BODIES, CommandBody
from api.commands.dependencies import CommandContext, TheCommandContext
from api.commands.dispatch import Command, dispatch
from api.commands.objections import invalid, objections
from api.http.auth import OperatorCaller
from api.http.complete_rejection_route import CompleteRejectionRoute, first_error_per_field
from api.http.dependencies import the_metrics
from api.http.problems import Problem, problem_responses
from api.incidents.dependencies import TheEntry
from api.read_model.dependencies import the_read_model
from ioc.core.rejections import FieldError


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
    """The route of a command. A faulty body is rejected with all that speaks against the command besides."""

    def rejection(self, request: Request, errors: list[FieldError], body: object) -> Problem:
        """Return the rejection of a command with a faulty body, counted."""
        model = the_read_model.of(request)
        the_metrics.of(request).commands.labels(self.name, "422").inc()
        entry = model.entry(request.path_params["id"])
        if entry is not None:
            errors = objections(self.name, body, entry, model, errors=errors).all
        return invalid(first_error_per_field(errors))


router = APIRouter(tags=["commands"], route_class=CommandRoute)
IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=256, description="Becomes the id of the event")]


def _add(command: str, body_type: type[CommandBody]) -> None:
    async def post_command(
        operator: OperatorCaller,
        entry: TheEntry,
        context: TheCommandContext,
        body: CommandBody,
        idempotency_key: IdempotencyKey = None,
    ) -> JSONResponse:
        if operator is not None:
            body = body.with_actor(operator.subject)
        values = body.model_dump(mode="json", exclude_none=True)
        return await _dispatch_counted(Command(command, entry, values, idempotency_key), context)

    # FastAPI reads the body's model from the annotation; each command has its own.
    annotation: Any = Annotated[body_type, Body()]
    post_command.__annotations__["body"] = annotation
    router.add_api_route(
        f"/incidents/{{id:path}}/{command}",
        post_command,
        methods=["POST"],
        status_code=202,
        name=command,
        summary=command.replace("_", " ").capitalize() + (" of an incident" if "_" in command else " an incident"),
        description=body_type.__doc__,
        responses={202: {"model": Accepted}, **problem_responses(401, 403, 404, 409, 413, 422, 503)},
    )


for _command, _body in BODIES.items():
    _add(_command, _body)


async def _dispatch_counted(command: Command, context: CommandContext) -> JSONResponse:
    counter = context.metrics.commands
    try:
        receipt = await dispatch(command, context)
    except Problem as problem:
        counter.labels(command.name, str(problem.status)).inc()
        raise
    counter.labels(command.name, "202").inc()
    return JSONResponse(receipt, 202)
