"""What every request passes through before its route: a limit to its body, headers of distrust, a net for errors."""

import logging
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.problems import Problem, problem_response
from api.open311.responses import PREFIX, GeoReportError, GeoReportRejection, respond_rejected

# The longest command is far below; what is longer is none of ours.
MAX_BODY_BYTES = 64 * 1024
# These read their bodies themselves, once they know who sends them, and have limits of their own.
_READ_BY_THEMSELVES = frozenset({"/events"})

_log = logging.getLogger(__name__)


class BodyLimit:
    """Reads the whole body before the route sees it, and answers 413 as soon as it grows too long."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _READ_BY_THEMSELVES:
            await self.app(scope, receive, send)
            return
        messages = [] if _announced(scope) > MAX_BODY_BYTES else await _within_limit(receive)
        if messages:
            await self.app(scope, _replayed(messages, receive), send)
        else:
            await _too_long(scope["path"])(scope, receive, send)


def _too_long(path: str) -> Response:
    words = f"The body is longer than {MAX_BODY_BYTES} bytes"
    if path.startswith(PREFIX):
        return respond_rejected(
            "xml" if path.endswith(".xml") else "json", GeoReportRejection(GeoReportError(413, words))
        )
    return problem_response(Problem(413, words))


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 20 else MAX_BODY_BYTES + 1


async def _within_limit(receive: Receive) -> list[Message]:
    """Return the messages of a body, or none when it is too long."""
    messages, size = list[Message](), 0
    while not messages or messages[-1].get("more_body", False):
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > MAX_BODY_BYTES:
            return []
    return messages


def _replayed(messages: Iterable[Message], receive: Receive) -> Receive:
    left = iter(messages)

    async def receive_again() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return receive_again


class SafeResponses:
    """Forbids browsers to guess types, and answers an error nobody thought of without telling of our insides."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = False

        async def send_guarded(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self.app(scope, receive, send_guarded)
        except Exception:
            if began:  # an answer broken off is the only way left to say that it is not whole
                raise
            _log.exception("%s %s failed", scope["method"], scope["path"])
            await problem_response(Problem(500, "The centre could not answer"))(scope, receive, send_guarded)


class HeadAsGet:
    """Answers HEAD as GET without the body, on every route that has a GET."""

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
            elif not ended:  # the live feed would never end by itself
                ended = True
                await send({"type": "http.response.body", "body": b""})

        await self.app(scope, receive, send_head)
