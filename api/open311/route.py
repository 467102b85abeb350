"""The routes of GeoReport v2: each in JSON and in XML, with the errors of the standard."""

from collections.abc import Awaitable, Callable
from typing import Any, assert_never, cast

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse, Response

from api.http.openapi import OPEN311
from api.http.problems import Problem, errors_of_request
from api.http.settings import ApiSettings
from api.open311.responses import PREFIX, GeoReportError, GeoReportRejection, ResponseFormat, respond_rejected
from api.open311.schemas import Open311Error
from api.open311.services import ReportableService, find_service
from ioc.catalogue.city import Catalogue

Endpoint = Callable[..., Awaitable[Response]]


class Open311Route(APIRoute):
    """A route that rejects requests as GeoReport v2 has it, in the format that the path asks for."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the handler that turns problems into errors of GeoReport v2."""
        handle = super().get_route_handler()

        async def handle_in_format(request: Request) -> Response:
            try:
                return await handle(request)
            except (GeoReportRejection, Problem, RequestValidationError) as error:
                return respond_rejected(format_of(request), _rejection_of(error))

        return handle_in_format


def _rejection_of(error: GeoReportRejection | Problem | RequestValidationError) -> GeoReportRejection:
    match error:
        case GeoReportRejection():
            return error
        case Problem():
            wait = 1 if error.status == 503 else None
            return GeoReportRejection(GeoReportError(error.status, error.title), retry_after=wait)
        case RequestValidationError():
            return GeoReportRejection(
                *(GeoReportError(400, f"{each.field}: {each.reason}") for each in errors_of_request(error))
            )
    assert_never(error)


def format_of(request: Request) -> ResponseFormat:
    """Return the format that a path asks for."""
    return cast(ResponseFormat, request.url.path.rpartition(".")[2])


def open311_router() -> APIRouter:
    """Return an empty router whose routes are of GeoReport v2."""
    return APIRouter(prefix=PREFIX, tags=[OPEN311], route_class=Open311Route)


def require_service(code: str, catalogue: Catalogue) -> ReportableService:
    """Return the service with a `service_code`. Raises GeoReportRejection when there is none."""
    service = find_service(code, catalogue)
    if service is None:
        raise GeoReportRejection(GeoReportError(404, "service_code not found"))
    return service


def check_jurisdiction(settings: ApiSettings, jurisdiction_id: str) -> None:
    """Raise GeoReportRejection when a request is meant for another jurisdiction."""
    if settings.jurisdiction and jurisdiction_id not in ("", settings.jurisdiction):
        raise GeoReportRejection(GeoReportError(404, "jurisdiction_id not found"))


_ERRORS = {
    400: "Not valid; every fault is named",
    403: "The api_key is missing, or does not give what is needed",
    404: "There is no such service, request or jurisdiction",
    413: "The body is too long",
    429: "The producer sends faster than it may",
    503: "Not ready, or the broker did not answer: ask again",
}


def add_route(
    router: APIRouter, path: str, endpoint: Endpoint, summary: str, schema: Any, *errors: int, post_body: Any = None
) -> None:
    """Add a GET route in both formats, or a POST route whose body the OpenAPI fragment `post_body` describes.

    `schema` is the model of a successful response, `errors` are the statuses it can be rejected with besides 503.
    """
    status = 200 if post_body is None else 201
    for file_type, media_type in (("json", "application/json"), ("xml", "text/xml")):
        as_xml = {"content": {"text/xml": {"schema": {"type": "string"}}}}
        success = {"model": schema} if file_type == "json" else as_xml
        rejection = {"model": list[Open311Error]} if file_type == "json" else as_xml
        router.add_api_route(
            f"{path}.{file_type}",
            endpoint,
            methods=["GET" if post_body is None else "POST"],
            status_code=status,
            summary=f"{summary} ({file_type.upper()})",
            name=f"{endpoint.__name__}_{file_type}",
            response_class=JSONResponse if file_type == "json" else Response,
            responses={
                status: {**success, "description": media_type},
                **{code: {**rejection, "description": _ERRORS[code]} for code in (*errors, 503)},
            },
            openapi_extra=post_body,
        )
