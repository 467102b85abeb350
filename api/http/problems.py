"""Errors as problem details (RFC 9457), which name all field errors at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from ioc.core.rejections import FieldError

MEDIA_TYPE = "application/problem+json"


class FaultShown(BaseModel):
    """One thing wrong: where, and what."""

    field: str
    reason: str


class ProblemShown(BaseModel):
    """Problem details as RFC 9457 has them; `errors` names all faults at once."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[FaultShown] = []
    event_id: str | None = Field(None, description="Of a command that may not have been written: send it with this key")


class Problem(Exception):
    """Ends a request with an error: its HTTP status, a title, and the errors of single fields.

    `members` are added to the body, `headers` to the response.
    """

    def __init__(
        self,
        status: int,
        title: str,
        errors: Sequence[FieldError] = (),
        detail: str = "",
        members: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.errors = errors
        self.detail = detail
        self.members = members or {}
        self.headers = headers or {}


def problem_response(problem: Problem) -> Response:
    """Return the response that tells a problem. 503 asks the client to try again after a second."""
    body: dict[str, object] = {
        **problem.members,
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "errors": [{"field": error.field, "reason": error.reason} for error in problem.errors],
    }
    if problem.detail:
        body["detail"] = problem.detail
    headers = {"Retry-After": "1", **problem.headers} if problem.status == 503 else dict(problem.headers)
    return Response(msgspec.json.encode(body), problem.status, headers, MEDIA_TYPE)


def errors_of_request(error: RequestValidationError) -> list[FieldError]:
    """Return the field errors of a request that FastAPI found invalid, each once."""
    errors = (FieldError(_field(detail), str(detail["msg"]).removeprefix("Value error, ")) for detail in error.errors())
    return list(dict.fromkeys(errors))


def _field(detail: Mapping[str, Any]) -> str:
    """Return the name of a field as its sender knows it: without where it was sent (body, query, header)."""
    if detail["type"] == "json_invalid":
        return "body"
    name = ".".join(map(str, detail["loc"][1:])) or "body"
    return name.encode(errors="replace").decode()  # half of a surrogate pair is JSON, but no text


def install_problem_handlers(api: FastAPI) -> None:
    """Make an API answer every error with problem details."""

    @api.exception_handler(Problem)
    async def on_problem(_: Request, problem: Problem) -> Response:
        return problem_response(problem)

    @api.exception_handler(HTTPException)
    async def on_http(_: Request, error: HTTPException) -> Response:
        response = problem_response(Problem(error.status_code, str(error.detail)))
        response.headers.update(error.headers or {})
        return response

    @api.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> Response:
        return problem_response(Problem(422, "The request is not valid", errors_of_request(error)))


_DESCRIPTIONS = {
    401: "A bearer token is needed, or it is not valid",
    403: "The token does not give the role that is needed",
    404: "No such incident, or nothing of it that is asked for",
    409: "Not allowed in the present state, or the key belongs to another command",
    413: "The body is too long",
    415: "Not a type of content that is taken",
    422: "Not valid; every fault is named",
    429: "The producer sends faster than it may; `Retry-After` says how many seconds to wait",
    503: "Not ready, or the broker did not answer: ask again",
}


def _example(status: int, title: str, *fields: tuple[str, str], **members: str) -> dict[str, object]:
    errors = [{"field": field, "reason": reason} for field, reason in fields]
    return {"type": "about:blank", "title": title, "status": status, "errors": errors, **members}


EXAMPLES = {
    401: _example(401, "A bearer token is needed"),
    403: _example(403, "The role operator is needed"),
    404: _example(404, "No such incident"),
    409: _example(
        409,
        "The command is not allowed in the present state",
        ("command", "'resume' is not allowed; it is assigned"),
        detail="Allowed now: assign, start, pause, resolve, escalate, direct",
    ),
    413: _example(413, "The body is longer than 65536 bytes"),
    415: _example(415, "Events come as application/cloudevents+json, as a batch of them, or with ce- headers"),
    422: _example(422, "The request is not valid", ("limit", "Input should be less than or equal to 1000")),
    429: _example(429, "More events than the producer may send"),
    503: _example(503, "The picture is still being read from the log"),
}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return the OpenAPI entries of the problems a route can answer with."""
    return {status: {"model": ProblemShown, "description": _DESCRIPTIONS[status]} for status in statuses}
