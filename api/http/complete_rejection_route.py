"""A route that checks a request completely: a faulty body is rejected together with all other objections."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http.auth import require_operator
from api.http.problems import Problem, errors_of_request
from ioc.core.rejections import FieldError


class CompleteRejectionRoute(APIRoute):
    """A route whose rejection names all errors at once: those of the body's form, and those of what it asks for.

    A GET has no body and is rejected as everywhere else.
    """

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return FastAPI's handler, with the complete rejection in place of its own."""
        handle = super().get_route_handler()

        async def handle_completely(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                if request.method == "GET":
                    raise
                await require_operator(request)  # FastAPI reads the body before it asks who sent it
                raise self.rejection(request, errors_of_request(error), error.body) from error
            except HTTPException as error:
                if error.status_code != 400:
                    raise
                await require_operator(request)
                # The JSON reader gave up: the body is not UTF-8, or nested too deeply.
                raise self.rejection(request, [FieldError("body", "not JSON in UTF-8")], None) from error

        return handle_completely

    def rejection(self, request: Request, errors: list[FieldError], body: object) -> Problem:
        """Return the complete rejection of a body that has these errors. `body` is None when it is not JSON."""
        raise NotImplementedError


def first_error_per_field(errors: list[FieldError]) -> list[FieldError]:
    """Return the first error of each field, in order."""
    by_field = {error.field: error for error in reversed(errors)}
    return list(by_field.values())[::-1]
