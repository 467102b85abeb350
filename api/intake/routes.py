"""POST /events: the way in for services that cannot speak Kafka."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.auth import ProducerCaller
from api.http.problems import Problem, problem_responses
from api.http.publisher import NotPublished
from api.http.responses import json_response
from api.intake.admission import (
    FORBIDDEN,
    TAKEN,
    UNCONFIRMED,
    AdmissionPolicy,
    AdmissionResult,
    admission_policy,
    any_source,
)
from api.intake.dependencies import Intake, TheIntake
from api.intake.http_binding import (
    BATCH,
    MAX_BATCH_EVENTS,
    STRUCTURED,
    BatchTooLong,
    IncomingEvent,
    MalformedBatch,
    UnsupportedContentMode,
    events_of_request,
    is_batch,
)
from api.intake.publication import publish_bounded
from api.intake.schemas import IntakeShown
from api.read_model.dependencies import TheReadModel
from ioc.core.rejections import FieldError, Reason

# A batch of the longest events would be far longer; a producer that has such events sends fewer at once.
MAX_BODY_BYTES = 4 * 1024 * 1024
# So many events are reviewed before other requests get their turn.
_EVENTS_A_TURN = 50
_EVENT = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "subject", "time"],
    "properties": {
        "specversion": {"const": "1.0"},
        **{name: {"type": "string", "maxLength": 256} for name in ("id", "source", "subject")},
        "type": {"type": "string", "description": "Such as vn.ioc.incident.reported.v1"},
        "time": {"type": "string", "format": "date-time"},
        "data": {"type": "object", "description": "As the JSON Schema of its type has it: docs/contract"},
    },
}
_BODIES = {
    STRUCTURED: {"schema": _EVENT},
    BATCH: {"schema": {"type": "array", "maxItems": MAX_BATCH_EVENTS, "items": _EVENT}},
    "application/json": {"schema": {"type": "object", "description": "The data alone; all else in `ce-` headers"}},
}

router = APIRouter(tags=["events"])


@router.post(
    "/events",
    status_code=202,
    summary="Send events as CloudEvents",
    responses={
        202: {"model": IntakeShown, "description": "All are safe with the broker"},
        207: {"model": IntakeShown, "description": "Of a batch some are safe with the broker, others refused"},
        **problem_responses(401, 403, 413, 415, 422, 429, 503),
    },
    openapi_extra={"requestBody": {"required": True, "content": _BODIES}},
)
async def take(producer: ProducerCaller, model: TheReadModel, intake: TheIntake, request: Request) -> Response:
    """One event (structured, or binary with `ce-` headers), or a batch of up to 1,000; 256 KiB each, 4 MiB together.

    It is answered once the broker has written them on all its copies. The same (`source`, `id`) again counts once, so
    whatever was answered 503, or not at all, can be sent again. What the lifecycle does not allow is not seen here: it
    becomes a dead letter.
    """
    if intake.is_full():
        raise _busy()
    with intake.backlog.in_hand() as hold:
        events = await _read_events(request, intake, hold)
        wait = intake.seconds_to_wait(request, None if producer is None else producer.subject, len(events))
        if wait:
            raise Problem(429, "More events than the producer may send", headers={"Retry-After": str(wait)})
        results = await _review(events, admission_policy(model, any_source if producer is None else producer.may_send))
        await _publish(results, intake)
    return _respond(results, is_batch(request.headers.get("content-type", "")))


async def _read_events(request: Request, intake: Intake, hold: Callable[[int], None]) -> list[IncomingEvent]:
    body = await _read_body(request, intake, hold)
    try:
        return events_of_request(request.headers.raw, body)
    except UnsupportedContentMode:
        accepted = ", ".join((STRUCTURED, BATCH, "or any with ce- headers"))
        raise Problem(415, "Not a type of content that events come in", detail=f"Taken are {accepted}") from None
    except MalformedBatch:
        raise Problem(422, "The batch is not valid", [FieldError("body", "not a JSON array")]) from None
    except BatchTooLong:
        raise Problem(413, f"The batch has more than {MAX_BATCH_EVENTS} events") from None


async def _read_body(request: Request, intake: Intake, hold: Callable[[int], None]) -> bytes:
    """Return the body, read while there is room for it."""
    chunks, size = list[bytes](), 0
    async for chunk in request.stream():
        chunks.append(chunk)
        size += len(chunk)
        hold(len(chunk))
        if size > MAX_BODY_BYTES:
            raise Problem(413, f"The body is longer than {MAX_BODY_BYTES} bytes")
        if intake.is_full():
            raise _busy()
    return b"".join(chunks)


def _busy() -> Problem:
    return Problem(503, "The broker is away, or too much waits for it: send it again later")


async def _review(events: Sequence[IncomingEvent], policy: AdmissionPolicy) -> list[AdmissionResult]:
    results = list[AdmissionResult]()
    for start in range(0, len(events), _EVENTS_A_TURN):
        if start:
            await asyncio.sleep(0)
        results += map(policy.review, events[start : start + _EVENTS_A_TURN])
    return results


async def _publish(results: Sequence[AdmissionResult], intake: Intake) -> None:
    """Publish what is admitted, and count the outcomes of all events."""
    admitted = TAKEN
    records = [result.record for result in results if result.record is not None]
    try:
        await publish_bounded(records, intake.publisher, intake.backlog)
    except NotPublished as error:
        admitted = UNCONFIRMED
        raise Problem(503, "The broker did not acknowledge every event: send all of them again") from error
    finally:
        outcomes = Counter(result.outcome if result.record is None else admitted for result in results)
        for outcome, count in outcomes.items():
            intake.metrics.intake.labels("events", outcome).inc(count)


def _respond(results: Sequence[AdmissionResult], batch: bool) -> Response:
    admitted = sum(result.record is not None for result in results)
    if results and not admitted:
        raise _rejection(results, batch)
    document = {"taken": admitted, "refused": len(results) - admitted, "events": [_row(result) for result in results]}
    return json_response(document, 202 if admitted == len(results) else 207)


def _row(result: AdmissionResult) -> dict[str, object]:
    identity, is_admitted = result.identity, result.record is not None
    return {
        "id": identity.id,
        "source": identity.source,
        "subject": identity.subject,
        "key": identity.key,
        "outcome": "taken" if is_admitted else "refused",
        "reason": None if is_admitted else result.outcome,
        "errors": [{"field": error.field, "reason": error.reason} for error in result.errors],
    }


def _rejection(results: Sequence[AdmissionResult], batch: bool) -> Problem:
    """Return the problem of a request none of whose events is admitted; fields of a batch begin with the number."""
    outcomes = {result.outcome for result in results}
    status = _STATUS.get(outcomes.pop(), 422) if len(outcomes) == 1 else 422
    if batch:
        errors = [
            FieldError(f"{number}.{error.field}", error.reason)
            for number, result in enumerate(results)
            for error in result.errors
        ]
        return Problem(status, "Every event of the batch is refused", errors)
    (result,) = results
    return Problem(status, "The event is refused", result.errors, members={"reason": result.outcome})


_STATUS = {Reason.TOO_LARGE: 413, FORBIDDEN: 403}
