"""Maintenance windows: GET /maintenance, POST /maintenance, POST /maintenance/{id}/end."""

from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Header, Path, Query, Request
from msgspec.structs import replace
from starlette.responses import JSONResponse, Response

from api.http.auth import AnOperator
from api.http.complete_rejection_route import CompleteRejectionRoute, first_of_each
from api.http.dependencies import ThePublisher
from api.http.json import moment
from api.http.problems import Problem, shown
from api.http.publisher import NotPublished, Publisher
from api.http.responses import json_answer
from api.notifications.maintenance import EndWindow, OpenWindow, standing_faults, window_of
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
    """The route of a window: the catalogue and the time can speak against it."""

    def refusal(self, request: Request, faults: list[FieldError], body: object) -> Problem:
        """Return the refusal of a window, or of its end."""
        model = the_read_model.of(request)
        if self.name == "open_window":
            faults = faults + standing_faults(body, model.catalogue, model.now())
        return Problem(422, NOT_VALID, first_of_each(faults))


router = APIRouter(tags=["maintenance"], route_class=MaintenanceRoute)
Stage = Literal["coming", "active", "over", "called_off"]
Key = Annotated[str | None, Header(min_length=1, max_length=256, description="The same key opens one window only")]
Id = Annotated[str, Path(max_length=128, description="The window's id")]


@router.get(
    "/maintenance",
    summary="List maintenance windows",
    responses={200: {"model": WindowsShown}, **shown(422, 503)},
)
async def windows(
    model: TheReadModel,
    stage: Annotated[list[Stage], Query(description="Those to come, active, over or called off")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=1000, description="Most in the answer")] = 100,
) -> Response:
    """The latest start first. Of an active one, how many open incidents lie in its scope."""
    now = model.now()
    found = [one for one in model.maintenance.all.values() if not stage or stage_of(one, now) in stage]
    found.sort(key=lambda one: (one.start, one.id), reverse=True)
    return json_answer({"items": [_shown(one, model, now) for one in found[:limit]], "total": len(found)})


@router.post(
    "/maintenance",
    status_code=202,
    name="open_window",
    summary="Open a maintenance window",
    responses={202: {"model": WindowShown}, **shown(401, 403, 409, 413, 422, 503)},
)
async def open_window(
    operator: AnOperator,
    model: TheReadModel,
    publisher: ThePublisher,
    body: OpenWindow,
    idempotency_key: Key = None,
) -> JSONResponse:
    """Nobody is told of what happens in its scope while it is active; what is still open at its end is told once."""
    now = model.now()
    faults = standing_faults(body.model_dump(by_alias=True), model.catalogue, now)
    id = f"mw-{uuid4().hex if idempotency_key is None else digest(idempotency_key)}"
    wanted = window_of(id, body, body.actor if operator is None else operator.subject, now)
    known = model.maintenance.all.get(id)
    if known is not None and _asks_the_same(known, wanted):
        return JSONResponse(_shown(known, model, now), 202)
    if known is not None:
        fault = FieldError("Idempotency-Key", "was used before, with another body")
        raise Problem(409, "The key belongs to another window", [fault])
    if faults:
        raise Problem(422, NOT_VALID, faults)
    return await _write(model, publisher, wanted, now)


@router.post(
    "/maintenance/{id}/end",
    status_code=202,
    name="end_window",
    summary="End a maintenance window early",
    responses={202: {"model": WindowShown}, **shown(401, 403, 404, 409, 413, 422, 503)},
)
async def end_window(
    operator: AnOperator, model: TheReadModel, publisher: ThePublisher, id: Id, body: EndWindow
) -> JSONResponse:
    """What is still open in its scope is then told once; one that has not begun is called off."""
    now = model.now()
    known = model.maintenance.all.get(id)
    if known is None:
        raise Problem(404, "No such maintenance window")
    if known.ended_at is not None or known.end <= now:
        raise Problem(409, "The maintenance window has ended already")
    by = body.actor if operator is None else operator.subject
    return await _write(model, publisher, replace(known, ended_at=now, ended_by=by, ended_why=body.why), now)


async def _write(model: ReadModel, publisher: Publisher, window: MaintenanceWindow, now: Instant) -> JSONResponse:
    try:
        await publisher.publish(window.id.encode(), encode(window), (), Topic.MAINTENANCE)
    except NotPublished as error:
        raise Problem(503, "The broker did not acknowledge the window; send it again, same key") from error
    return JSONResponse(_shown(window, model, now), 202)


def _asks_the_same(known: MaintenanceWindow, wanted: MaintenanceWindow) -> bool:
    asked = ("scope", "start", "end", "by", "why")
    return all(getattr(known, name) == getattr(wanted, name) for name in asked)


def stage_of(window: MaintenanceWindow, now: Instant) -> Stage:
    """Return where a window stands."""
    if window.is_active(now):
        return "active"
    if window.start == window.until:
        return "called_off"
    return "over" if window.is_over(now) else "coming"


def _shown(window: MaintenanceWindow, model: ReadModel, now: Instant) -> dict[str, Any]:
    scope = window.scope
    stage = stage_of(window, now)
    covered = model.covered(window) if stage == "active" else 0
    return {
        "id": window.id,
        "stage": stage,
        "scope": {name: list(getattr(scope, name)) for name in scope.__struct_fields__},
        "from": to_rfc3339(window.start),
        "to": to_rfc3339(window.end),
        "by": window.by,
        "why": window.why,
        "opened_at": to_rfc3339(window.opened_at),
        "ended_at": moment(window.ended_at),
        "ended_by": window.ended_by,
        "ended_why": window.ended_why,
        "incidents": covered,
    }
