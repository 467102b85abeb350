"""GET /stream: the live feed as server-sent events."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import StreamingResponse

from api.feed.dependencies import TheFeed
from api.feed.feed import Feed
from api.feed.message import GZIP_HEADER, FeedMessage, compress
from api.http.dependencies import TheMetrics
from api.http.metrics import Metrics
from api.http.problems import problem_responses
from api.read_model.dependencies import WhenReady

router = APIRouter(tags=["feed"])

# How soon a browser reconnects after the connection broke (ms).
_RETRY = b"retry: 2000\n\n"
# gzip among the accepted encodings: without a weight, or with one above 0.
_GZIP = re.compile(r"(^|,)\s*gzip\s*(,|;\s*q=(?!0(\.0*)?\s*(,|$))|$)", re.IGNORECASE)

LastEventId = Annotated[str | None, Header(description="The id last heard; one this process does not know is a reset")]
AcceptedEncodings = Annotated[str, Header(include_in_schema=False)]


@router.get(
    "/stream",
    summary="Follow the live feed",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **problem_responses(422, 503)},
)
async def stream(
    _: WhenReady,
    feed: TheFeed,
    metrics: TheMetrics,
    last_event_id: LastEventId = None,
    accept_encoding: AcceptedEncodings = "",
) -> StreamingResponse:
    """Events snapshot, incident, figures, tick and reset. Last-Event-ID goes on where the line broke.

    It is packed once for all screens that take gzip.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept-Encoding"}
    batches = follow(feed, metrics, last_event_id)
    if _GZIP.search(accept_encoding):
        headers["Content-Encoding"] = "gzip"
        return StreamingResponse(_compressed(batches), headers=headers, media_type="text/event-stream")
    return StreamingResponse(_uncompressed(batches), headers=headers, media_type="text/event-stream")


async def _compressed(batches: AsyncIterator[list[FeedMessage]]) -> AsyncIterator[bytes]:
    yield GZIP_HEADER + compress(_RETRY)
    async for messages in batches:
        yield b"".join(message.compressed for message in messages)


async def _uncompressed(batches: AsyncIterator[list[FeedMessage]]) -> AsyncIterator[bytes]:
    yield _RETRY
    async for messages in batches:
        yield b"".join(message.encoded for message in messages)


async def follow(feed: Feed, metrics: Metrics, last_event_id: str | None) -> AsyncIterator[list[FeedMessage]]:
    """Yield the messages from where a screen left off, for as long as it is connected."""
    opening = _opening(feed, metrics, last_event_id)
    with feed.client() as client, metrics.screens.track_inprogress():
        yield opening
        while not client.closed:
            messages = await client.take()
            if client.overrun:
                metrics.resets.inc()
                messages = feed.reset()
                client.overrun = False
            if messages:
                yield messages


def _opening(feed: Feed, metrics: Metrics, last_event_id: str | None) -> list[FeedMessage]:
    if last_event_id is None:
        return feed.opening()
    position = feed.position_of(last_event_id)
    messages = None if position is None else feed.messages_after(position)
    if messages is not None:
        return messages
    metrics.resets.inc()
    return feed.reset()
