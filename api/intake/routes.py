"""POST /events: the way in for services that cannot speak Kafka."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.auth import AProducer
from api.http.problems import Problem, shown
from api.http.publisher import NotPublished
from api.http.responses import json_answer
from api.intake.arrivals import (
    BATCH,
    MOST_EVENTS,
    STRUCTURED,
    Arrival,
    NotABatch,
    NotEvents,
    TooMany,
    arrivals,
    is_batch,
)
from api.intake.dependencies import Intake, TheIntake
from api.intake.door import FORBIDDEN, TAKEN, UNCONFIRMED, Door, Verdict, anyones, door_of
from api.intake.schemas import IntakeShown
from api.intake.writing import write
from api.read_model.dependencies import TheReadModel
from ioc.core.rejections import FieldError, Reason

# A batch of the longest events would be far longer; who has such ones sends fewer at once.
MOST_BYTES = 4 * 1024 * 1024
# So many events are judged before others get their turn.
_AT_ONCE = 50
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
    BATCH: {"schema": {"type": "array", "maxItems": MOST_EVENTS, "items": _EVENT}},
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
        **shown(401, 403, 413, 415, 422, 429, 503),
    },
    openapi_extra={"requestBody": {"required": True, "content": _BODIES}},
)
async def take(producer: AProducer, model: TheReadModel, intake: TheIntake, request: Request) -> Response:
    """One event (structured, or binary with `ce-` headers), or a batch of up to 1,000; 256 KiB each, 4 MiB together.

    It is answered once the broker has written them on all its copies. The same (`source`, `id`) again counts once, so
    whatever was answered 503, or not at all, can be sent again. What the lifecycle does not allow is not seen here: it
    becomes a dead letter.
    """
    if intake.is_full():
        raise _busy()
    with intake.backlog.in_hand() as hold:
        came = await _came(request, intake, hold)
        wait = intake.seconds_to_wait(request, None if producer is None else producer.subject, len(came))
        if wait:
            raise Problem(429, "More events than the producer may send", headers={"Retry-After": str(wait)})
        verdicts = await _judged(came, door_of(model, anyones if producer is None else producer.may_send))
        await _write(verdicts, intake)
    return _answer(verdicts, is_batch(request.headers.get("content-type", "")))


async def _came(request: Request, intake: Intake, hold: Callable[[int], None]) -> list[Arrival]:
    body = await _body(request, intake, hold)
    try:
        return arrivals(request.headers.raw, body)
    except NotEvents:
        accepted = ", ".join((STRUCTURED, BATCH, "or any with ce- headers"))
        raise Problem(415, "Not a type of content that events come in", detail=f"Taken are {accepted}") from None
    except NotABatch:
        raise Problem(422, "The batch is not valid", [FieldError("body", "not a JSON array")]) from None
    except TooMany:
        raise Problem(413, f"The batch has more than {MOST_EVENTS} events") from None


async def _body(request: Request, intake: Intake, hold: Callable[[int], None]) -> bytes:
    """Return the body, read while there is room for it."""
    parts, size = list[bytes](), 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        hold(len(part))
        if size > MOST_BYTES:
            raise Problem(413, f"The body is longer than {MOST_BYTES} bytes")
        if intake.is_full():
            raise _busy()
    return b"".join(parts)


def _busy() -> Problem:
    return Problem(503, "The broker is away, or too much waits for it: send it again later")


async def _judged(came: Sequence[Arrival], door: Door) -> list[Verdict]:
    verdicts = list[Verdict]()
    for start in range(0, len(came), _AT_ONCE):
        if start:
            await asyncio.sleep(0)
        verdicts += map(door.judge, came[start : start + _AT_ONCE])
    return verdicts


async def _write(verdicts: Sequence[Verdict], intake: Intake) -> None:
    """Write what is let in, and count what became of all of them."""
    taken = TAKEN
    try:
        await write([one.record for one in verdicts if one.record is not None], intake.publisher, intake.backlog)
    except NotPublished as error:
        taken = UNCONFIRMED
        raise Problem(503, "The broker did not acknowledge every event: send all of them again") from error
    finally:
        for outcome, times in Counter(taken if one.record is not None else one.outcome for one in verdicts).items():
            intake.metrics.intake.labels("events", outcome).inc(times)


def _answer(verdicts: Sequence[Verdict], batch: bool) -> Response:
    taken = sum(one.record is not None for one in verdicts)
    if verdicts and not taken:
        raise _refusal(verdicts, batch)
    told = {"taken": taken, "refused": len(verdicts) - taken, "events": [_told(one) for one in verdicts]}
    return json_answer(told, 202 if taken == len(verdicts) else 207)


def _told(verdict: Verdict) -> dict[str, object]:
    named, taken = verdict.named, verdict.record is not None
    return {
        "id": named.id,
        "source": named.source,
        "subject": named.subject,
        "key": named.key,
        "outcome": "taken" if taken else "refused",
        "reason": None if taken else verdict.outcome,
        "errors": [{"field": fault.field, "reason": fault.reason} for fault in verdict.errors],
    }


def _refusal(verdicts: Sequence[Verdict], batch: bool) -> Problem:
    """Return the problem of a request of which nothing was taken; of a batch, fields say which event they are of."""
    outcomes = {one.outcome for one in verdicts}
    status = _STATUS.get(outcomes.pop(), 422) if len(outcomes) == 1 else 422
    if batch:
        faults = [
            FieldError(f"{number}.{fault.field}", fault.reason)
            for number, one in enumerate(verdicts)
            for fault in one.errors
        ]
        return Problem(status, "Every event of the batch is refused", faults)
    (one,) = verdicts
    return Problem(status, "The event is refused", one.errors, members={"reason": one.outcome})


_STATUS = {Reason.TOO_LARGE: 413, FORBIDDEN: 403}
