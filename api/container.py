"""What every route works with, put together once."""

import time
from math import ceil
from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct, field

from api.app.metrics import Metrics
from api.commands.idempotency import IdempotencyCache
from api.feed.feed import Feed
from api.http.auth import Gate
from api.http.problems import Problem
from api.http.publisher import Publisher
from api.http.settings import ApiSettings
from api.identities.identities import Identities
from api.intake.backlog import Backlog
from api.intake.pace import Pace
from api.read_model.read_model import ReadModel
from ioc.signing.signer import Signer


class Centre(Struct):
    """The parts of a running API. `ready` becomes true when the read model has caught up with the log.

    `backlog` and `pace` bound what comes in over HTTP. `signer` signs the centre's own directives, when it has a key
    that the catalogue knows. `war_room` is the link to the meeting of an emergency; empty when there is none.
    """

    settings: ApiSettings
    model: ReadModel
    feed: Feed
    publisher: Publisher
    metrics: Metrics
    gate: Gate
    identities: Identities
    ready: bool = False
    sent: IdempotencyCache = field(default_factory=IdempotencyCache)
    backlog: Backlog = field(default_factory=Backlog)
    pace: Pace = field(default_factory=Pace)
    signer: Signer | None = None
    war_room: str = ""


def centre_of(request: Request) -> Centre:
    """Return the parts of the API that answers this request."""
    centre: Centre = request.app.state.centre
    return centre


def paced(centre: Centre, request: Request, sender: str | None, events: int) -> int:
    """Let so many events of a sender in and return 0, or return how many seconds it has to wait.

    Where nobody needs a token there is no sender, and the address counts.
    """
    if sender is None:
        sender = request.client.host if request.client is not None else ""
    return ceil(centre.pace.wait(sender, events, time.monotonic()))


# Those that requests depend on are coroutines, though they wait for nothing: FastAPI runs any other in a thread.
async def any_centre(request: Request) -> Centre:
    """Return the parts of the API that answers this request."""
    return centre_of(request)


AnyCentre = Annotated[Centre, Depends(any_centre)]


async def ready_centre(centre: AnyCentre) -> Centre:
    """Return the parts, or say that the picture is still being read: half a picture is worse than none."""
    if not centre.ready:
        raise Problem(503, "The picture is still being read from the log")
    return centre


ReadyCentre = Annotated[Centre, Depends(ready_centre)]
