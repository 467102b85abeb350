"""The middleware of every request: a limit to its body, safe responses to unexpected errors, HEAD as GET."""

import logging
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import Problem, problem_response
from api.open311.responses import PREFIX, GeoReportError, GeoReportRejection, respond_rejected

# Far above the longest command.
MAX_BODY_BYTES = 64 * 1024
# Routes that read their bodies themselves, once they know the sender, and have limits of their own.
_OWN_LIMIT_PATHS = frozenset({"/events"})

_log = logging.getLogger(__name__)


class BodyLimit:
    """Reads the whole body before the route sees it; answers 413 as soon as it is longer than `MAX_BODY_BYTES`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _OWN_LIMIT_PATHS:
            await self.app(scope, receive, send)
            return
        messages = [] if _declared_length(scope) > MAX_BODY_BYTES else await _read_within_limit(receive)
        if messages:
            await self.app(scope, _replay(messages, receive), send)
        else:
            await _too_long_response(scope["path"])(scope, receive, send)


def _too_long_response(path: str) -> Response:
    title = f"The body is longer than {MAX_BODY_BYTES} bytes"
    if path.startswith(PREFIX):
        return respond_rejected(
            "xml" if path.endswith(".xml") else "json", GeoReportRejection(GeoReportError(413, title))
        )
    return problem_response(Problem(413, title))


def _declared_length(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 20 else MAX_BODY_BYTES + 1


async def _read_within_limit(receive: Receive) -> list[Message]:
    """Return the messages of a body; no messages when it is too long."""
    messages, size = list[Message](), 0
    while not messages or messages[-1].get("more_body", False):
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > MAX_BODY_BYTES:
            return []
    return messages


def _replay(messages: Iterable[Message], receive: Receive) -> Receive:
    buffered = iter(messages)

    async def receive_again() -> Message:
        message = next(buffered, None)
        return await receive() if message is None else message

    return receive_again


class SafeResponses:
    """Forbids browsers to guess content types, and answers unexpected errors without showing their cause."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_safely(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self.app(scope, receive, send_safely)
        except Exception:
            if started:  # breaking off the response is the only way left to show that it is incomplete
                raise
            _log.exception("%s %s failed", scope["method"], scope["path"])
            await problem_response(Problem(500, "The centre could not answer"))(scope, receive, send_safely)


class HeadAsGet:
    """Answers HEAD like GET, without the body, on every route that has a GET."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        scope["method"] = "GET"
        ended = False

        async def send_head(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                await send(message)
            elif not ended:  # the live feed would never end
                ended = True
                await send({"type": "http.response.body", "body": b""})

        await self.app(scope, receive, send_head)
