"""The API, put together from its routes."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from time import perf_counter

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import document, problems
from api.centre import Centre
from api.guards import BodyLimit, Guarded, HeadAsGet
from api.metrics import METHODS, Metrics
from api.routes import (
    catalogue,
    commands,
    events,
    figures,
    georeport,
    groups,
    health,
    incidents,
    indicators,
    maintenance,
    notifications,
    open311,
    open311_report,
    registers,
    reporter,
    screen,
    stream,
    war_room,
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_api(centre: Centre, lifespan: Lifespan | None = None) -> FastAPI:
    """Return the API that answers from these parts. `lifespan` starts and stops what they need."""
    api = FastAPI(
        title="ioc",
        summary="A city's incidents: what stands open, by when it is due, and the centre's commands",
        docs_url=None,  # its page loads scripts from elsewhere; the document itself is at /openapi.json
        redoc_url=None,
        lifespan=lifespan,
    )
    api.state.centre = centre
    centre.metrics.watch(centre.model, lambda: centre.ready, lambda: centre.backlog.bytes)
    problems.install(api)
    document.install(api)
    for noun in (  # what comes most often first: routes are tried in turn
        events,
        open311_report,
        commands,
        reporter,
        groups,
        incidents,
        indicators,
        notifications,
        maintenance,
        registers,
        war_room,
        figures,
        georeport,
        open311,
        stream,
        catalogue,
        health,
        screen,
    ):
        api.include_router(noun.router)
    api.mount("/screen", screen.files)
    api.add_middleware(BodyLimit)
    api.add_middleware(HeadAsGet)
    api.add_middleware(Guarded)
    api.add_middleware(_Measured, metrics=centre.metrics)
    return api


class _Measured:
    """Counts and times every answer under the route that gave it; what no route knows is one."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()
        method = scope["method"] if scope["method"] in METHODS else "other"

        async def send_measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                self.metrics.requests.labels(method, route, str(message["status"])).inc()
                self.metrics.seconds.labels(route).observe(perf_counter() - began)
            await send(message)

        await self.app(scope, receive, send_measured)
