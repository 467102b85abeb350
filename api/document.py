"""The OpenAPI document: what FastAPI finds out by itself, with the errors as the problem details they are."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.problems import EXAMPLES, MEDIA_TYPE


def install(api: FastAPI) -> None:
    """Let an API's document tell errors as problem details, each with an example."""
    found = api.openapi

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            told = found()
            for status, response in _responses(told):
                _as_problem(status, response)
        return found()

    api.openapi = document  # type: ignore[method-assign]


def _responses(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for operations in document["paths"].values():
        for operation in operations.values():
            yield from operation["responses"].items()


def _as_problem(status: str, response: dict[str, Any]) -> None:
    if int(status) in EXAMPLES:
        schema = {"$ref": "#/components/schemas/ProblemShown"}
        response["content"] = {MEDIA_TYPE: {"schema": schema, "example": EXAMPLES[int(status)]}}
