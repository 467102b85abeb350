"""Open311 GeoReport v2: POST of a report, a form that becomes an event like that of any service."""

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
from api.intake.admission import TAKEN, UNCONFIRMED, admission_policy, any_source
from api.intake.dependencies import Intake, TheIntake
from api.intake.http_binding import IncomingEvent
from api.intake.publication import publish_bounded
from api.open311 import reports
from api.open311.responses import GeoReportError, GeoReportRejection, respond
from api.open311.route import add_route, check_jurisdiction, format_of, open311_router, require_service
from api.open311.schemas import Open311Taken
from api.open311.services import ReportableService
from api.read_model.dependencies import TheReadModel
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.records import Outgoing
from ioc.incident.event import Event
from ioc.processors.reader import read_event

_URLENCODED = "application/x-www-form-urlencoded"

router = open311_router()
ReportKey = Annotated[
    str | None, Header(min_length=1, max_length=256, description="The same key makes one report only")
]


async def take_report(
    request: Request,
    model: TheReadModel,
    settings: TheSettings,
    gate: TheGate,
    intake: TheIntake,
    idempotency: TheIdempotencyCache,
    idempotency_key: ReportKey = None,
) -> Response:
    """A form of `service_code`, a place (`lat` and `long`, or `address_string`) and a `description`.

    Who reports (`first_name`, `last_name`, `phone`, `email`) is kept apart from all else. A photo at `media_url` is
    evidence when `attribute[media_sha256]` is given, else part of the words. `api_key` is a token of a producer that
    speaks for `/open311`. It is answered once the broker has written the report on all its copies; sent again with the
    same `Idempotency-Key` it is one report.
    """
    if intake.is_full():
        raise _unconfirmed("The broker is away, or too much waits for it: send it again later")
    form = await _read_form(request)
    sender = _sender(request, gate, form)
    wait = intake.seconds_to_wait(request, sender or None, 1)
    if wait:
        raise GeoReportRejection(GeoReportError(429, "More reports than the producer may send"), retry_after=wait)
    check_jurisdiction(settings, form.get("jurisdiction_id", ""))
    service = _service_of(form, model.catalogue)
    report = reports.encode_report(form, service, reports.report_id(sender, idempotency_key), model.now())
    record = _admit(report, model, intake.metrics)
    await _publish_once(record, model, intake, idempotency)
    receipt = {"service_request_id": record.key.decode(), "service_notice": None, "account_id": None}
    return respond(format_of(request), "service_requests", [receipt], 201)


async def _read_form(request: Request) -> reports.ReportForm:
    form = None
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _URLENCODED:
        form = reports.read_form(await request.body())
    if form is None:
        raise GeoReportRejection(GeoReportError(400, f"The body must be {_URLENCODED}, in UTF-8"))
    return form


def _sender(request: Request, gate: Gate, form: reports.ReportForm) -> str:
    """Return the subject of the `api_key`: it is a token, and may come as a bearer token, too."""
    if gate.is_open:
        return ""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    try:
        caller = gate.caller_of(form.get("api_key") or (bearer if scheme.lower() == "bearer" else ""))
    except InvalidToken:
        raise GeoReportRejection(GeoReportError(403, "api_key missing or invalid")) from None
    if not _may_report(caller):
        raise GeoReportRejection(
            GeoReportError(
                403, f"api_key is of nobody who has the role {Role.PRODUCER} and speaks for {reports.SOURCE}"
            )
        )
    return caller.subject


def _may_report(caller: Caller) -> bool:
    return Role.PRODUCER in caller.roles and caller.may_send(reports.SOURCE)


def _service_of(form: reports.ReportForm, catalogue: Catalogue) -> ReportableService:
    """Return the service that is reported to. Raises GeoReportRejection with the errors of the location, too."""
    errors = list(reports.location_errors(form))
    if "service_code" not in form:
        raise GeoReportRejection(GeoReportError(400, "service_code not provided"), *errors)
    try:
        service = require_service(form["service_code"], catalogue)
    except GeoReportRejection as rejection:
        raise GeoReportRejection(*rejection.errors, *errors) from None
    if errors:
        raise GeoReportRejection(*errors)
    return service


def _admit(report: bytes, model: ReadModel, metrics: Metrics) -> Outgoing:
    """Return the record of a report. Raises GeoReportRejection with every error, by the rules of all events."""
    result = admission_policy(model, any_source).review(IncomingEvent(report))
    if result.record is None:
        metrics.intake.labels(OPEN311, result.outcome).inc()
        raise GeoReportRejection(*dict.fromkeys(map(reports.error_of_form, result.errors)))
    return result.record


async def _publish_once(record: Outgoing, model: ReadModel, intake: Intake, idempotency: IdempotencyCache) -> None:
    """Publish a report, unless the same report was published under its key before."""
    event = read_event(record.key, record.value, record.headers)
    if not isinstance(event, Event):
        raise TypeError("an event that is admitted can be read")
    reported = model.entry(event.incident)
    if reported is not None and all(history_entry.data != event.data for history_entry in reported.incident.history):
        raise _key_used()
    if reported is not None:
        return
    try:
        await idempotency.once(event, lambda: _publish(record, intake))
    except KeyUsed:
        raise _key_used() from None


async def _publish(record: Outgoing, intake: Intake) -> dict[str, str]:
    try:
        await publish_bounded([record], intake.publisher, intake.backlog)
    except NotPublished as error:
        intake.metrics.intake.labels(OPEN311, UNCONFIRMED).inc()
        raise _unconfirmed("The broker did not acknowledge the report: send it again, same Idempotency-Key") from error
    intake.metrics.intake.labels(OPEN311, TAKEN).inc()
    return {}


def _key_used() -> GeoReportRejection:
    return GeoReportRejection(GeoReportError(400, "Idempotency-Key: was used before, with another report"))


def _unconfirmed(description: str) -> GeoReportRejection:
    return GeoReportRejection(GeoReportError(503, description), retry_after=1)


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
_POST_BODY = {
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

add_route(
    router,
    "/requests",
    take_report,
    "Report something",
    list[Open311Taken],
    *(400, 403, 404, 413, 429),
    post_body=_POST_BODY,
)
