"""GET /stream: the live feed as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import StreamingResponse

from api.centre import Centre, ReadyCentre
from api.feed import Message
from api.problems import shown

router = APIRouter(tags=["feed"])

# How soon a browser comes back after the line broke (ms).
_RETRY = b"retry: 2000\n\n"


LastEventId = Annotated[str | None, Header(description="The id last heard; one this process does not know is a reset")]


@router.get(
    "/stream",
    summary="Follow the live feed",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **shown(422, 503)},
)
async def stream(centre: ReadyCentre, last_event_id: LastEventId = None) -> StreamingResponse:
    """Events snapshot, incident, figures, tick and reset. Last-Event-ID goes on where the line broke."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(follow(centre, last_event_id), headers=headers, media_type="text/event-stream")


async def follow(centre: Centre, last_event_id: str | None) -> AsyncIterator[bytes]:
    """Yield the feed from where a screen left off, for as long as it listens."""
    feed = centre.feed
    with feed.client() as client, centre.metrics.screens.track_inprogress():
        yield _RETRY + _encoded(centre, _opening(centre, last_event_id))
        while not client.closed:
            messages = await client.take()
            if client.overrun:
                client.overrun = False
                centre.metrics.resets.inc()
                messages = feed.anew()
            if messages:
                yield _encoded(centre, messages)


def _opening(centre: Centre, last_event_id: str | None) -> list[Message]:
    if last_event_id is None:
        return centre.feed.opening()
    place = centre.feed.place(last_event_id)
    known = None if place is None else centre.feed.since(place)
    if known is not None:
        return known
    centre.metrics.resets.inc()
    return centre.feed.anew()


def _encoded(centre: Centre, messages: list[Message]) -> bytes:
    return b"".join(message.encode(centre.feed.process) for message in messages)
