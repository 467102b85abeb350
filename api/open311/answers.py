"""Answers as GeoReport v2 has them, in JSON and in XML, errors too. Null is what is absent."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from xml.etree import ElementTree

from msgspec import Struct
from starlette.responses import Response

from api.http.responses import json_answer

Form = Literal["json", "xml"]

# All paths of the standard's begin so.
PREFIX = "/open311/v2"

# What the members of each list are called in XML.
_ONE_OF = {
    "attributes": "attribute",
    "errors": "error",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
# XML 1.0 has no place for these, escaped or not.
_NO_LETTERS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Said(Struct, frozen=True):
    """One thing wrong with a request: its code, which is a status of HTTP, and what it is."""

    code: int
    description: str


class Refused(Exception):
    """A request that is answered with what is wrong with it; the first word's code is the answer's status."""

    def __init__(self, *said: Said, retry_after: int | None = None) -> None:
        super().__init__(said)
        self.said = said
        self.retry_after = retry_after


def answer(form: Form, root: str, body: Sequence[Any] | Mapping[str, Any], status: int = 200) -> Response:
    """Return a body in one of the two forms; in XML it stands in an element `root`."""
    if form == "json":
        return json_answer(body, status)
    element = ElementTree.Element(root)
    _fill(element, body)
    text = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    return Response(text, status, {"Cache-Control": "no-store"}, "text/xml; charset=utf-8")


def refusal(form: Form, refused: Refused) -> Response:
    """Return what is wrong with a request."""
    told = [{"code": one.code, "description": one.description} for one in refused.said]
    response = answer(form, "errors", told, refused.said[0].code)
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _fill(element: ElementTree.Element, said: Any) -> None:
    """Put what is said into an element: members by their names, a list's by what one of them is called."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            _fill(ElementTree.SubElement(element, name), value)
    elif isinstance(said, list | tuple):
        for one in said:
            _fill(ElementTree.SubElement(element, _ONE_OF[element.tag]), one)
    elif isinstance(said, bool):
        element.text = str(said).lower()
    elif said is not None:
        element.text = _NO_LETTERS.sub("", str(said))
