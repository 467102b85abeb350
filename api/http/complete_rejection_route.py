"""The route of an order: when its body is faulty, what speaks against the order besides is told too."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http.auth import check_operator
from api.http.problems import Problem, faults_of
from ioc.core.rejections import FieldError


class CompleteRejectionRoute(APIRoute):
    """A route that refuses with all faults at once. What is only asked for is refused as everywhere."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the handler with the fuller refusal."""
        handle = super().get_route_handler()

        async def handle_whole(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                if request.method == "GET":
                    raise
                await check_operator(request)  # a body that is no JSON is found before who sends it
                raise self.refusal(request, faults_of(error), error.body) from error
            except HTTPException as error:
                if error.status_code != 400:
                    raise
                await check_operator(request)
                # What the reader of JSON gave up on: not UTF-8, or nested without end.
                raise self.refusal(request, [FieldError("body", "not JSON in UTF-8")], None) from error

        return handle_whole

    def refusal(self, request: Request, faults: list[FieldError], body: object) -> Problem:
        """Return the whole refusal of a body that has these faults."""
        raise NotImplementedError


def first_of_each(faults: list[FieldError]) -> list[FieldError]:
    """Return one fault a field: the first word counts."""
    by_field = {fault.field: fault for fault in reversed(faults)}
    return list(by_field.values())[::-1]
