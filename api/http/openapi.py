"""The OpenAPI document: what FastAPI finds out by itself, with the errors as the problem details they are."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.http.problems import EXAMPLES, MEDIA_TYPE

# The tag of the routes that answer as GeoReport v2 has it, errors too.
OPEN311 = "open311"


def install(api: FastAPI) -> None:
    """Let an API's document tell errors as problem details, each with an example."""
    found = api.openapi

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            told = found()
            _tell_no_422(told)
            for status, response in _responses(told):
                _as_problem(status, response)
        return found()

    api.openapi = document  # type: ignore[method-assign]


def _tell_no_422(document: dict[str, Any]) -> None:
    """Take out what FastAPI puts in of itself: a form of errors that nothing here is answered in."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if OPEN311 in operation["tags"]:
                operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def _responses(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the responses of all operations but Open311's, whose errors have a form of their own."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if OPEN311 not in operation["tags"]:
                yield from operation["responses"].items()


def _as_problem(status: str, response: dict[str, Any]) -> None:
    if int(status) in EXAMPLES:
        schema = {"$ref": "#/components/schemas/ProblemShown"}
        response["content"] = {MEDIA_TYPE: {"schema": schema, "example": EXAMPLES[int(status)]}}
