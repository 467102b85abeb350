"""Maintenance windows: GET /maintenance, POST /maintenance, POST /maintenance/{id}/end."""

from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Header, Path, Query, Request
from msgspec.structs import replace
from starlette.responses import JSONResponse, Response

from api.http.auth import OperatorCaller
from api.http.complete_rejection_route import CompleteRejectionRoute, first_error_per_field
from api.http.dependencies import ThePublisher
from api.http.json import optional_rfc3339
from api.http.problems import Problem, problem_responses
from api.http.publisher import NotPublished, Publisher
from api.http.responses import json_response
from api.notifications.maintenance_bodies import EndWindow, OpenWindow, window_of
from api.notifications.maintenance_checks import semantic_errors
from api.notifications.schemas import WindowShown, WindowsShown
from api.read_model.dependencies import TheReadModel, the_read_model
from api.read_model.read_model import ReadModel
from ioc.core.rejections import FieldError
from ioc.core.times import Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.notifications.maintenance import MaintenanceWindow
from ioc.notifications.notification import digest
from ioc.processors.serde import encode

NOT_VALID = "The window is not valid"


class MaintenanceRoute(CompleteRejectionRoute):
    """A route of maintenance windows: a faulty body is rejected with all that catalogue and time object to."""

    def rejection(self, request: Request, errors: list[FieldError], body: object) -> Problem:
        """Return the complete rejection of a window, or of its early end."""
        model = the_read_model.of(request)
        if self.name == "open_window":
            errors = errors + semantic_errors(body, model.catalogue, model.now())
        return Problem(422, NOT_VALID, first_error_per_field(errors))


router = APIRouter(tags=["maintenance"], route_class=MaintenanceRoute)
WindowStage = Literal["coming", "active", "over", "called_off"]
WindowKey = Annotated[
    str | None, Header(min_length=1, max_length=256, description="The same key opens one window only")
]
WindowId = Annotated[str, Path(alias="id", max_length=128, description="The window's id")]


@router.get(
    "/maintenance",
    summary="List maintenance windows",
    responses={200: {"model": WindowsShown}, **problem_responses(422, 503)},
)
async def windows(
    model: TheReadModel,
    stage: Annotated[list[WindowStage], Query(description="Those to come, active, over or called off")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=1000, description="Most in the answer")] = 100,
) -> Response:
    """The latest start first. Of an active one, how many open incidents lie in its scope."""
    now = model.now()
    matches = [window for window in model.maintenance.all.values() if not stage or stage_of(window, now) in stage]
    matches.sort(key=lambda window: (window.start, window.id), reverse=True)
    items = [_serialize(window, model, now) for window in matches[:limit]]
    return json_response({"items": items, "total": len(matches)})


@router.post(
    "/maintenance",
    status_code=202,
    name="open_window",
    summary="Open a maintenance window",
    responses={202: {"model": WindowShown}, **problem_responses(401, 403, 409, 413, 422, 503)},
)
async def open_window(
    operator: OperatorCaller,
    model: TheReadModel,
    publisher: ThePublisher,
    body: OpenWindow,
    idempotency_key: WindowKey = None,
) -> JSONResponse:
    """Nobody is told of what happens in its scope while it is active; what is still open at its end is told once."""
    now = model.now()
    errors = semantic_errors(body.model_dump(by_alias=True), model.catalogue, now)
    window_id = f"mw-{uuid4().hex if idempotency_key is None else digest(idempotency_key)}"
    window = window_of(window_id, body, body.actor if operator is None else operator.subject, now)
    existing = model.maintenance.all.get(window_id)
    if existing is not None and _is_same_request(existing, window):
        return JSONResponse(_serialize(existing, model, now), 202)
    if existing is not None:
        error = FieldError("Idempotency-Key", "was used before, with another body")
        raise Problem(409, "The key belongs to another window", [error])
    if errors:
        raise Problem(422, NOT_VALID, errors)
    return await _publish(model, publisher, window, now)


@router.post(
    "/maintenance/{id}/end",
    status_code=202,
    name="end_window",
    summary="End a maintenance window early",
    responses={202: {"model": WindowShown}, **problem_responses(401, 403, 404, 409, 413, 422, 503)},
)
async def end_window(
    operator: OperatorCaller, model: TheReadModel, publisher: ThePublisher, window_id: WindowId, body: EndWindow
) -> JSONResponse:
    """What is still open in its scope is then told once; one that has not begun is called off."""
    now = model.now()
    window = model.maintenance.all.get(window_id)
    if window is None:
        raise Problem(404, "No such maintenance window")
    if window.ended_at is not None or window.end <= now:
        raise Problem(409, "The maintenance window has ended already")
    by = body.actor if operator is None else operator.subject
    return await _publish(model, publisher, replace(window, ended_at=now, ended_by=by, ended_why=body.why), now)


async def _publish(model: ReadModel, publisher: Publisher, window: MaintenanceWindow, now: Instant) -> JSONResponse:
    try:
        await publisher.publish(window.id.encode(), encode(window), (), Topic.MAINTENANCE)
    except NotPublished as error:
        raise Problem(503, "The broker did not acknowledge the window; send it again, same key") from error
    return JSONResponse(_serialize(window, model, now), 202)


def _is_same_request(existing: MaintenanceWindow, window: MaintenanceWindow) -> bool:
    fields = ("scope", "start", "end", "by", "why")
    return all(getattr(existing, name) == getattr(window, name) for name in fields)


def stage_of(window: MaintenanceWindow, now: Instant) -> WindowStage:
    """Return the stage of a window at an instant. A window that was ended before its start is called off."""
    if window.is_active(now):
        return "active"
    if window.start == window.actual_end:
        return "called_off"
    return "over" if window.is_over(now) else "coming"


def _serialize(window: MaintenanceWindow, model: ReadModel, now: Instant) -> dict[str, Any]:
    scope = window.scope
    stage = stage_of(window, now)
    covered = model.count_covered(window) if stage == "active" else 0
    return {
        "id": window.id,
        "stage": stage,
        "scope": {name: list(getattr(scope, name)) for name in scope.__struct_fields__},
        "from": to_rfc3339(window.start),
        "to": to_rfc3339(window.end),
        "by": window.by,
        "why": window.why,
        "opened_at": to_rfc3339(window.opened_at),
        "ended_at": optional_rfc3339(window.ended_at),
        "ended_by": window.ended_by,
        "ended_why": window.ended_why,
        "incidents": covered,
    }
