"""What every route works with, put together once."""

import time
from math import ceil
from typing import Annotated

from fastapi import Depends, Path, Request
from msgspec import Struct, field

from api.card import Card
from api.feed import Feed
from api.identities import Identities
from api.intake.backlog import Backlog
from api.intake.pace import Pace
from api.metrics import Metrics
from api.problems import Problem
from api.publisher import Publisher
from api.read_model import ReadModel
from api.roles import Gate
from api.sent import SentLately
from api.settings import ApiSettings
from ioc.signatures import Signer


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
    sent: SentLately = field(default_factory=SentLately)
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


IncidentId = Annotated[str, Path(description="`<source slug>:<subject>`", examples=["field-reports:PA-000123"])]


async def known_card(id: IncidentId, centre: ReadyCentre) -> Card:
    """Return the incident named in the path, or 404."""
    card = centre.model.card(id)
    if card is None:
        raise Problem(404, "No such incident")
    return card


KnownCard = Annotated[Card, Depends(known_card)]
