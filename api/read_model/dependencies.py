"""The dependencies of routes on the read model: on whatever it holds, or on the whole picture."""

from typing import Annotated

from fastapi import Depends, Request
from msgspec import Struct

from api.http.app_key import AppKey
from api.http.problems import Problem
from api.read_model.read_model import ReadModel


class Readiness(Struct):
    """Whether the read model has caught up with the end that the log had at the start."""

    ready: bool = False


the_readiness = AppKey[Readiness]("readiness")
the_read_model = AppKey[ReadModel]("read_model")

AnyReadModel = Annotated[ReadModel, Depends(the_read_model)]


async def check_ready(request: Request) -> None:
    """Answer 503 while the log is still being read: half a picture is worse than none."""
    if not the_readiness.of(request).ready:
        raise Problem(503, "The picture is still being read from the log")


WhenReady = Annotated[None, Depends(check_ready)]


async def ready_read_model(_: WhenReady, request: Request) -> ReadModel:
    """Return the read model once it holds the whole picture."""
    return the_read_model.of(request)


TheReadModel = Annotated[ReadModel, Depends(ready_read_model)]
