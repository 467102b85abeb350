"""Where a running API keeps its parts, and the dependency by which a route gets each of them."""

from typing import Generic, TypeVar

from fastapi import FastAPI, Request

PartT = TypeVar("PartT")


class AppKey(Generic[PartT]):
    """The key of one part in the state of an API, and the dependency that returns the part to a route.

    The call is a coroutine though it waits for nothing: FastAPI runs plain functions in threads.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def bind(self, api: FastAPI, part: PartT) -> None:
        """Give an API its part, or another in its place."""
        setattr(api.state, self._name, part)

    def of(self, request: Request) -> PartT:
        """Return the part of the API that answers this request."""
        part: PartT = getattr(request.app.state, self._name)
        return part

    async def __call__(self, request: Request) -> PartT:
        """Return the part of the API that answers this request."""
        return self.of(request)
