"""Routes of GeoReport v2: each in JSON and in XML, and refused as the standard has it."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse, Response

from api.http.openapi import OPEN311
from api.http.problems import Problem, faults_of
from api.http.settings import ApiSettings
from api.open311.answers import PREFIX, Form, Refused, Said, refusal
from api.open311.schemas import Open311Error
from api.open311.services import Matter, matter
from ioc.catalogue.city import Catalogue

Endpoint = Callable[..., Awaitable[Response]]


class Open311Route(APIRoute):
    """A route whose refusals are told as GeoReport v2 has it, in the form the path asks for."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the handler that tells them so."""
        handle = super().get_route_handler()

        async def handle_told(request: Request) -> Response:
            try:
                return await handle(request)
            except Refused as refused:
                return refusal(form_of(request), refused)
            except Problem as problem:
                wait = 1 if problem.status == 503 else None
                return refusal(form_of(request), Refused(Said(problem.status, problem.title), retry_after=wait))
            except RequestValidationError as error:
                said = [Said(400, f"{fault.field}: {fault.reason}") for fault in faults_of(error)]
                return refusal(form_of(request), Refused(*said))

        return handle_told


def form_of(request: Request) -> Form:
    """Return the form a path asks for."""
    return cast(Form, request.url.path.rpartition(".")[2])


def open311_router() -> APIRouter:
    """Return an empty router of such routes."""
    return APIRouter(prefix=PREFIX, tags=[OPEN311], route_class=Open311Route)


def known_matter(code: str, catalogue: Catalogue) -> Matter:
    """Return what a `service_code` stands for. Raises Refused."""
    known = matter(code, catalogue)
    if known is None:
        raise Refused(Said(404, "service_code not found"))
    return known


def check_jurisdiction(settings: ApiSettings, given: str) -> None:
    """Raise Refused when another jurisdiction's server is meant."""
    ours = settings.jurisdiction
    if ours and given not in ("", ours):
        raise Refused(Said(404, "jurisdiction_id not found"))


_ERRORS = {
    400: "Not valid; every fault is named",
    403: "The api_key is missing, or does not give what is needed",
    404: "There is no such service, request or jurisdiction",
    413: "The body is too long",
    429: "The producer sends faster than it may",
    503: "Not ready, or the broker did not answer: ask again",
}


def add(
    router: APIRouter, path: str, endpoint: Endpoint, summary: str, shape: Any, *errors: int, posted: Any = None
) -> None:
    """Add a route in both forms; one that is posted to has a body as `posted` describes it."""
    status = 200 if posted is None else 201
    for form, media_type in (("json", "application/json"), ("xml", "text/xml")):
        as_xml = {"content": {"text/xml": {"schema": {"type": "string"}}}}
        shown = {"model": shape} if form == "json" else as_xml
        refused = {"model": list[Open311Error]} if form == "json" else as_xml
        router.add_api_route(
            f"{path}.{form}",
            endpoint,
            methods=["GET" if posted is None else "POST"],
            status_code=status,
            summary=f"{summary} ({form.upper()})",
            name=f"{endpoint.__name__}_{form}",
            response_class=JSONResponse if form == "json" else Response,
            responses={
                status: {**shown, "description": media_type},
                **{code: {**refused, "description": _ERRORS[code]} for code in (*errors, 503)},
            },
            openapi_extra=posted,
        )
