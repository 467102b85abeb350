"""The API, put together from its routes."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from time import perf_counter

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import health, screen_files
from api.app.middleware import BodyLimit, Guarded, HeadAsGet
from api.app.model_metrics import watch
from api.app.parts import Parts, put_parts
from api.catalogue import routes as catalogue_routes
from api.catalogue import war_room
from api.commands import routes as commands_routes
from api.feed import routes as feed_routes
from api.figures import routes as figures_routes
from api.http import openapi, problems
from api.http.metrics import METHODS, Metrics
from api.identities import routes as identities_routes
from api.incidents import georeport_routes, groups_routes
from api.incidents import routes as incidents_routes
from api.intake import routes as intake_routes
from api.notifications import maintenance_routes
from api.notifications import routes as notifications_routes
from api.open311 import report_routes
from api.open311 import routes as open311_routes
from api.registers import routes as registers_routes
from api.report import routes as report_pages_routes
from api.sensors import routes as sensors_routes

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_api(parts: Parts, lifespan: Lifespan | None = None) -> FastAPI:
    """Return the API that answers from these parts. `lifespan` starts and stops what they need."""
    api = FastAPI(
        title="ioc",
        summary="A city's incidents: what stands open, by when it is due, and the centre's commands",
        docs_url=None,  # its page loads scripts from elsewhere; the document itself is at /openapi.json
        redoc_url=None,
        lifespan=lifespan,
    )
    put_parts(api, parts)
    watch(parts)
    problems.install(api)
    openapi.install(api)
    for noun in (  # what comes most often first: routes are tried in turn
        intake_routes,
        report_routes,
        commands_routes,
        identities_routes,
        groups_routes,
        incidents_routes,
        sensors_routes,
        notifications_routes,
        maintenance_routes,
        registers_routes,
        war_room,
        figures_routes,
        report_pages_routes,
        georeport_routes,
        open311_routes,
        feed_routes,
        catalogue_routes,
        health,
        screen_files,
    ):
        api.include_router(noun.router)
    api.mount("/screen", screen_files.files)
    api.add_middleware(BodyLimit)
    api.add_middleware(HeadAsGet)
    api.add_middleware(Guarded)
    api.add_middleware(_Measured, metrics=parts.metrics)
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
