"""Open311 GeoReport v2: what can be reported, and how reports stand."""

import asyncio
from collections.abc import Iterator
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from api.http.dependencies import TheSettings
from api.open311 import service_requests, services
from api.open311.responses import GeoReportError, GeoReportRejection, respond
from api.open311.route import add_route, check_jurisdiction, format_of, open311_router, require_service
from api.open311.schemas import Open311Definition, Open311Request, Open311Service
from api.read_model.dependencies import TheReadModel
from api.read_model.index.entry import IndexEntry
from api.read_model.index.filter import Filter
from api.read_model.read_model import ReadModel
from ioc.core.times import DAY, Instant, to_instant

# How far back a list goes at most, and how many a page holds, unless the request says less.
_PERIOD = 90 * DAY
_MOST = 1000
# So many entries are examined before other requests get their turn.
_ENTRIES_A_TURN = 500

router = open311_router()
ServiceCodePath = Annotated[
    str, Path(max_length=256, description="`<service>:<category>`", examples=["field-reports:tree"])
]
RequestId = Annotated[str, Path(max_length=321, description="As the report's answer gave it")]
RequestIdList = Annotated[
    str, Query(max_length=8192, description="These alone, comma-separated; all else is then ignored")
]
ServiceCodeList = Annotated[str, Query(max_length=8192, description="Of these services alone, comma-separated")]
StartDate = Annotated[
    AwareDatetime | None, Query(description="Reported since; 90 days before the end if it is not said")
]
EndDate = Annotated[AwareDatetime | None, Query(description="Reported before; now if it is not said")]
StatusList = Annotated[str, Query(max_length=64, description="open, closed, or both with a comma")]
PageNumber = Annotated[int, Query(ge=1, le=1000, description="Which page, from 1")]
PageSize = Annotated[int, Query(ge=1, le=_MOST, description="How many a page")]
Jurisdiction = Annotated[str, Query(max_length=256, description="Whose server is meant: must be this one's, if given")]


async def list_services(
    request: Request, model: TheReadModel, settings: TheSettings, jurisdiction_id: Jurisdiction = ""
) -> Response:
    """Each category of the services that people can use online; dossiers are left out."""
    check_jurisdiction(settings, jurisdiction_id)
    rows = [services.service_row(service) for service in services.reportable_services(model.catalogue)]
    return respond(format_of(request), "services", rows)


async def show_definition(
    request: Request,
    model: TheReadModel,
    settings: TheSettings,
    service_code: ServiceCodePath,
    jurisdiction_id: Jurisdiction = "",
) -> Response:
    """The ward it is in, and the checksum of a photo: none of them is required."""
    check_jurisdiction(settings, jurisdiction_id)
    definition = services.service_definition(require_service(service_code, model.catalogue), model.catalogue)
    return respond(format_of(request), "service_definition", definition)


async def list_requests(
    request: Request,
    model: TheReadModel,
    settings: TheSettings,
    service_request_id: RequestIdList = "",
    service_code: ServiceCodeList = "",
    start_date: StartDate = None,
    end_date: EndDate = None,
    status: StatusList = "open,closed",
    page: PageNumber = 1,
    page_size: PageSize = _MOST,
    jurisdiction_id: Jurisdiction = "",
) -> Response:
    """The newest first: of the last 90 days unless it is said otherwise, and of no longer time."""
    check_jurisdiction(settings, jurisdiction_id)
    entries: Iterator[IndexEntry | None]
    if service_request_id:
        entries = (_public_entry(incident_id, model) for incident_id in service_request_id.split(","))
    else:
        start, end = _period(model, start_date, end_date)
        entries = _reported(model, start, end, _split(service_code), _split(status))
    page_entries = await _page(entries, (page - 1) * page_size, page_size)
    rows = [service_requests.service_request(entry, model.catalogue) for entry in page_entries]
    return respond(format_of(request), "service_requests", rows)


def _split(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


async def _page(entries: Iterator[IndexEntry | None], first: int, count: int) -> list[IndexEntry]:
    """Return `count` entries from the `first` on, None not counted; other requests get their turn now and then."""
    passed, page = 0, list[IndexEntry]()
    for number, entry in enumerate(entries):
        if number % _ENTRIES_A_TURN == _ENTRIES_A_TURN - 1:
            await asyncio.sleep(0)
        if entry is None:
            continue
        if passed >= first:
            page.append(entry)
        passed += 1
        if len(page) == count:
            break
    return page


def _period(model: ReadModel, start: AwareDatetime | None, end: AwareDatetime | None) -> tuple[Instant, Instant]:
    end_at = model.now() + 1 if end is None else to_instant(end)
    start_at = end_at - _PERIOD if start is None else to_instant(start)
    if not 0 <= end_at - start_at <= _PERIOD:
        raise GeoReportRejection(GeoReportError(400, "start_date: must come before end_date, by 90 days at most"))
    return start_at, end_at


def _reported(
    model: ReadModel, start: Instant, end: Instant, codes: frozenset[str], states: frozenset[str]
) -> Iterator[IndexEntry | None]:
    """Return what was reported in a period, the newest first, and None for each entry that has none of the codes."""
    reportable = {service.service.code for service in services.reportable_services(model.catalogue)}
    service_codes = reportable & {code.partition(":")[0] for code in codes} if codes else reportable
    states = states & {"open", "closed"}
    if not service_codes or not states:
        return iter(())
    criteria = Filter(service=sorted(service_codes), open=None if len(states) == 2 else "open" in states)
    entries = model.reported(start, end, criteria, newest_first=True)
    return (entry if not codes or service_requests.code_of(entry.incident) in codes else None for entry in entries)


async def show_request(
    request: Request,
    model: TheReadModel,
    settings: TheSettings,
    service_request_id: RequestId,
    jurisdiction_id: Jurisdiction = "",
) -> Response:
    """How it stands: open or closed, who has it, and what the answer was. No reporter's identity is in it."""
    check_jurisdiction(settings, jurisdiction_id)
    entry = _public_entry(service_request_id, model)
    if entry is None:
        raise GeoReportRejection(GeoReportError(404, "service_request_id not found"))
    row = service_requests.service_request(entry, model.catalogue)
    return respond(format_of(request), "service_requests", [row])


def _public_entry(incident_id: str, model: ReadModel) -> IndexEntry | None:
    entry = model.entry(incident_id.strip())
    is_public = entry is not None and services.is_reportable(entry.incident.service, model.catalogue)
    return entry if is_public else None


add_route(router, "/services", list_services, "List what can be reported", list[Open311Service], 400, 404)
add_route(
    router, "/services/{service_code}", show_definition, "Show what a report may say", Open311Definition, 400, 404
)
add_route(router, "/requests", list_requests, "List reports", list[Open311Request], 400, 404)
add_route(router, "/requests/{service_request_id:path}", show_request, "Show a report", list[Open311Request], 400, 404)
