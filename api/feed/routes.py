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
from api.http.problems import shown
from api.read_model.dependencies import WhenReady

router = APIRouter(tags=["feed"])

# How soon a browser comes back after the line broke (ms).
_RETRY = b"retry: 2000\n\n"
# Named as one that is taken: with no weight, or with one above 0.
_GZIP = re.compile(r"(^|,)\s*gzip\s*(,|;\s*q=(?!0(\.0*)?\s*(,|$))|$)", re.IGNORECASE)

LastEventId = Annotated[str | None, Header(description="The id last heard; one this process does not know is a reset")]
Accepted = Annotated[str, Header(include_in_schema=False)]


@router.get(
    "/stream",
    summary="Follow the live feed",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **shown(422, 503)},
)
async def stream(
    _: WhenReady, feed: TheFeed, metrics: TheMetrics, last_event_id: LastEventId = None, accept_encoding: Accepted = ""
) -> StreamingResponse:
    """Events snapshot, incident, figures, tick and reset. Last-Event-ID goes on where the line broke.

    It is packed once for all screens that take gzip.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept-Encoding"}
    batches = follow(feed, metrics, last_event_id)
    if _GZIP.search(accept_encoding):
        headers["Content-Encoding"] = "gzip"
        return StreamingResponse(_packed(batches), headers=headers, media_type="text/event-stream")
    return StreamingResponse(_plain(batches), headers=headers, media_type="text/event-stream")


async def _packed(feed: AsyncIterator[list[FeedMessage]]) -> AsyncIterator[bytes]:
    yield GZIP_HEADER + compress(_RETRY)
    async for messages in feed:
        yield b"".join(message.packed for message in messages)


async def _plain(feed: AsyncIterator[list[FeedMessage]]) -> AsyncIterator[bytes]:
    yield _RETRY
    async for messages in feed:
        yield b"".join(message.written for message in messages)


async def follow(feed: Feed, metrics: Metrics, last_event_id: str | None) -> AsyncIterator[list[FeedMessage]]:
    """Yield the feed from where a screen left off, for as long as it listens."""
    opening = _opening(feed, metrics, last_event_id)
    with feed.client() as client, metrics.screens.track_inprogress():
        yield opening
        while not client.closed:
            messages = await client.take()
            if client.overrun:
                metrics.resets.inc()
                messages = feed.anew()
                client.overrun = False
            if messages:
                yield messages


def _opening(feed: Feed, metrics: Metrics, last_event_id: str | None) -> list[FeedMessage]:
    if last_event_id is None:
        return feed.opening()
    place = feed.place(last_event_id)
    known = None if place is None else feed.since(place)
    if known is not None:
        return known
    metrics.resets.inc()
    return feed.anew()
