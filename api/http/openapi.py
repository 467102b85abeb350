"""The OpenAPI document: FastAPI's own, with every error shown as problem details."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.http.problems import EXAMPLES, MEDIA_TYPE

# The tag of the GeoReport v2 routes, whose errors have the form of that standard.
OPEN311 = "open311"


def install_problem_schemas(api: FastAPI) -> None:
    """Make an API's document show errors as problem details, each with an example."""
    generate = api.openapi

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            schema = generate()
            _drop_default_errors(schema)
            for status, response in _responses(schema):
                _show_problem(status, response)
        return generate()

    api.openapi = document  # type: ignore[method-assign]


def _drop_default_errors(document: dict[str, Any]) -> None:
    """Remove FastAPI's own schema of errors, which no route here answers with."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if OPEN311 in operation["tags"]:
                operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def _responses(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield status and response of all operations but those of Open311."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if OPEN311 not in operation["tags"]:
                yield from operation["responses"].items()


def _show_problem(status: str, response: dict[str, Any]) -> None:
    if int(status) in EXAMPLES:
        schema = {"$ref": "#/components/schemas/ProblemShown"}
        response["content"] = {MEDIA_TYPE: {"schema": schema, "example": EXAMPLES[int(status)]}}
