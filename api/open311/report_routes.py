"""Open311 GeoReport v2: POST of a report, a form that becomes an event like everyone's."""

from typing import Annotated

from fastapi import Header, Request
from starlette.responses import Response

from api.commands.dependencies import TheIdempotencyCache
from api.commands.idempotency import IdempotencyCache, KeyUsed
from api.http.auth import Caller, Gate, InvalidToken, Role, TheGate
from api.http.dependencies import TheSettings
from api.http.metrics import Metrics
from api.http.openapi import OPEN311
from api.http.publisher import NotPublished
from api.intake.arrivals import Arrival
from api.intake.dependencies import Intake, TheIntake
from api.intake.door import TAKEN, UNCONFIRMED, anyones, door_of
from api.intake.writing import write
from api.open311 import reports
from api.open311.answers import Refused, Said, answer
from api.open311.public_route import add, check_jurisdiction, form_of, known_matter, open311_router
from api.open311.schemas import Open311Taken
from api.open311.services import Matter
from api.read_model.dependencies import TheReadModel
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.records import Outgoing
from ioc.incident.event import Event
from ioc.processors.reader import read_event

_URLENCODED = "application/x-www-form-urlencoded"

router = open311_router()
Key = Annotated[str | None, Header(min_length=1, max_length=256, description="The same key makes one report only")]


async def take_report(
    request: Request,
    model: TheReadModel,
    settings: TheSettings,
    gate: TheGate,
    intake: TheIntake,
    idempotency: TheIdempotencyCache,
    idempotency_key: Key = None,
) -> Response:
    """A form of `service_code`, a place (`lat` and `long`, or `address_string`) and a `description`.

    Who reports (`first_name`, `last_name`, `phone`, `email`) is kept apart from all else. A photo at `media_url` is
    evidence when `attribute[media_sha256]` is given, else part of the words. `api_key` is a token of a producer that
    speaks for `/open311`. It is answered once the broker has written the report on all its copies; sent again with the
    same `Idempotency-Key` it is one report.
    """
    if intake.is_full():
        raise _unconfirmed("The broker is away, or too much waits for it: send it again later")
    form = await _posted(request)
    sender = _sender(request, gate, form)
    wait = intake.seconds_to_wait(request, sender or None, 1)
    if wait:
        raise Refused(Said(429, "More reports than the producer may send"), retry_after=wait)
    check_jurisdiction(settings, form.get("jurisdiction_id", ""))
    matter = _matter_of(form, model.catalogue)
    told = reports.event(form, matter, reports.name_of(sender, idempotency_key), model.now())
    record = _judged(told, model, intake.metrics)
    await _write_once(record, model, intake, idempotency)
    taken = {"service_request_id": record.key.decode(), "service_notice": None, "account_id": None}
    return answer(form_of(request), "service_requests", [taken], 201)


async def _posted(request: Request) -> reports.Form:
    form = None
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _URLENCODED:
        form = reports.read_form(await request.body())
    if form is None:
        raise Refused(Said(400, f"The body must be {_URLENCODED}, in UTF-8"))
    return form


def _sender(request: Request, gate: Gate, form: reports.Form) -> str:
    """Return who an `api_key` was made out to: it is a token, and may come as a bearer token too."""
    if gate.open:
        return ""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    try:
        caller = gate.caller(form.get("api_key") or (bearer if scheme.lower() == "bearer" else ""))
    except InvalidToken:
        raise Refused(Said(403, "api_key missing or invalid")) from None
    if not _may_report(caller):
        raise Refused(
            Said(403, f"api_key is of nobody who has the role {Role.PRODUCER} and speaks for {reports.SOURCE}")
        )
    return caller.subject


def _may_report(caller: Caller) -> bool:
    return Role.PRODUCER in caller.roles and caller.may_send(reports.SOURCE)


def _matter_of(form: reports.Form, catalogue: Catalogue) -> Matter:
    """Return what a report is about. Raises Refused with all that is wrong with its place besides."""
    said = list(reports.faults(form))
    if "service_code" not in form:
        raise Refused(Said(400, "service_code not provided"), *said)
    try:
        matter = known_matter(form["service_code"], catalogue)
    except Refused as refused:
        raise Refused(*refused.said, *said) from None
    if said:
        raise Refused(*said)
    return matter


def _judged(told: bytes, model: ReadModel, metrics: Metrics) -> Outgoing:
    """Return the record of a report, or every fault of it, by the rules of all events."""
    verdict = door_of(model, anyones).judge(Arrival(told))
    if verdict.record is None:
        metrics.intake.labels(OPEN311, verdict.outcome).inc()
        raise Refused(*dict.fromkeys(map(reports.as_sent, verdict.errors)))
    return verdict.record


async def _write_once(record: Outgoing, model: ReadModel, intake: Intake, idempotency: IdempotencyCache) -> None:
    """Write a report, unless the very same was written under its key before."""
    event = read_event(record.key, record.value, record.headers)
    if not isinstance(event, Event):
        raise TypeError("what the door lets in can be read")
    known = model.card(event.incident)
    if known is not None and all(entry.data != event.data for entry in known.incident.history):
        raise _key_used()
    if known is not None:
        return
    try:
        await idempotency.once(event, lambda: _write(record, intake))
    except KeyUsed:
        raise _key_used() from None


async def _write(record: Outgoing, intake: Intake) -> dict[str, str]:
    try:
        await write([record], intake.publisher, intake.backlog)
    except NotPublished as error:
        intake.metrics.intake.labels(OPEN311, UNCONFIRMED).inc()
        raise _unconfirmed("The broker did not acknowledge the report: send it again, same Idempotency-Key") from error
    intake.metrics.intake.labels(OPEN311, TAKEN).inc()
    return {}


def _key_used() -> Refused:
    return Refused(Said(400, "Idempotency-Key: was used before, with another report"))


def _unconfirmed(words: str) -> Refused:
    return Refused(Said(503, words), retry_after=1)


_FIELDS = (
    "service_code",
    "lat",
    "long",
    "address_string",
    "description",
    "first_name",
    "last_name",
    "phone",
    "email",
    "media_url",
    "attribute[ward]",
    "attribute[media_sha256]",
    "jurisdiction_id",
    "api_key",
)
_POSTED = {
    "security": [{"HTTPBearer": [Role.PRODUCER]}],
    "requestBody": {
        "required": True,
        "content": {
            _URLENCODED: {
                "schema": {
                    "type": "object",
                    "required": ["service_code"],
                    "properties": {name: {"type": "string"} for name in _FIELDS},
                }
            }
        },
    },
}

add(
    router,
    "/requests",
    take_report,
    "Report something",
    list[Open311Taken],
    *(400, 403, 404, 413, 429),
    posted=_POSTED,
)
