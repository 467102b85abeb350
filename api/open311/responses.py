"""Responses of GeoReport v2 in JSON and in XML, errors included. What is absent is null."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, assert_never
from xml.etree import ElementTree

from msgspec import Struct
from starlette.responses import Response

from api.http.responses import json_response

ResponseFormat = Literal["json", "xml"]

# All paths of the standard begin with it.
PREFIX = "/open311/v2"

# The XML element of each member of a list.
_MEMBER_ELEMENTS = {
    "attributes": "attribute",
    "errors": "error",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
# XML 1.0 has no place for these characters, escaped or not.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class GeoReportError(Struct, frozen=True):
    """One thing wrong with a request: its code, which is an HTTP status, and what is wrong."""

    code: int
    description: str


class GeoReportRejection(Exception):
    """A request is rejected with all its errors; the code of the first is the status of the response."""

    def __init__(self, *errors: GeoReportError, retry_after: int | None = None) -> None:
        super().__init__(errors)
        self.errors = errors
        self.retry_after = retry_after


def respond(
    response_format: ResponseFormat, root: str, body: Sequence[Any] | Mapping[str, Any], status: int = 200
) -> Response:
    """Return a response in one of the two formats; in XML the body stands in an element `root`."""
    match response_format:
        case "json":
            return json_response(body, status)
        case "xml":
            return _xml_response(root, body, status)
    assert_never(response_format)


def respond_rejected(response_format: ResponseFormat, rejection: GeoReportRejection) -> Response:
    """Return the errors of a rejected request."""
    errors = [{"code": error.code, "description": error.description} for error in rejection.errors]
    response = respond(response_format, "errors", errors, rejection.errors[0].code)
    if rejection.retry_after is not None:
        response.headers["Retry-After"] = str(rejection.retry_after)
    return response


def _xml_response(root: str, body: Any, status: int) -> Response:
    element = ElementTree.Element(root)
    _fill(element, body)
    text = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    return Response(text, status, {"Cache-Control": "no-store"}, "text/xml; charset=utf-8")


def _fill(element: ElementTree.Element, content: Any) -> None:
    """Put content into an element: the members of a mapping by their names, those of a list by the list's table."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            _fill(ElementTree.SubElement(element, name), value)
    elif isinstance(content, list | tuple):
        for member in content:
            _fill(ElementTree.SubElement(element, _MEMBER_ELEMENTS[element.tag]), member)
    elif isinstance(content, bool):
        element.text = str(content).lower()
    elif content is not None:
        element.text = _NOT_IN_XML.sub("", str(content))
