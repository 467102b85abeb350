"""Puts the API together: its parts, routes and middleware."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from api.app import process_routes, screen_files
from api.app.middleware import BodyLimit, HeadAsGet, SafeResponses
from api.app.model_metrics import register_model_metrics
from api.app.parts import Parts, bind_parts
from api.app.request_metrics import RequestMetrics
from api.catalogue import routes as catalogue_routes
from api.catalogue import war_room_routes
from api.commands import routes as commands_routes
from api.feed import routes as feed_routes
from api.figures import routes as figures_routes
from api.http.openapi import install_problem_schemas
from api.http.problems import install_problem_handlers
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
    bind_parts(api, parts)
    register_model_metrics(parts)
    install_problem_handlers(api)
    install_problem_schemas(api)
    for routes in (  # the busiest first: they are tried in this order
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
        war_room_routes,
        figures_routes,
        report_pages_routes,
        georeport_routes,
        open311_routes,
        feed_routes,
        catalogue_routes,
        process_routes,
        screen_files,
    ):
        api.include_router(routes.router)
    api.mount("/screen", screen_files.files)
    api.add_middleware(BodyLimit)
    api.add_middleware(HeadAsGet)
    api.add_middleware(SafeResponses)
    api.add_middleware(RequestMetrics, metrics=parts.metrics)
    return api
