"""Open311 GeoReport v2: what can be reported, and how reports stand."""

import asyncio
from collections.abc import Iterator
from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from api.http.dependencies import TheSettings
from api.open311 import requests, services
from api.open311.answers import Refused, Said, answer
from api.open311.public_route import add, check_jurisdiction, form_of, known_matter, open311_router
from api.open311.schemas import Open311Definition, Open311Request, Open311Service
from api.read_model.dependencies import TheReadModel
from api.read_model.index.entry import IndexEntry
from api.read_model.index.filter import Filter
from api.read_model.read_model import ReadModel
from ioc.core.times import DAY, Instant, to_instant

# So far back, and so many, a list goes that does not say otherwise.
_PERIOD = 90 * DAY
_MOST = 1000
# So many are looked at before others get their turn.
_AT_ONCE = 500

router = open311_router()
Code = Annotated[str, Path(max_length=256, description="`<service>:<category>`", examples=["field-reports:tree"])]
RequestId = Annotated[str, Path(max_length=321, description="As the report's answer gave it")]
Ids = Annotated[str, Query(max_length=8192, description="These alone, comma-separated; all else is then ignored")]
Codes = Annotated[str, Query(max_length=8192, description="Of these services alone, comma-separated")]
Since = Annotated[AwareDatetime | None, Query(description="Reported since; 90 days before the end if it is not said")]
Until = Annotated[AwareDatetime | None, Query(description="Reported before; now if it is not said")]
Status = Annotated[str, Query(max_length=64, description="open, closed, or both with a comma")]
PageNumber = Annotated[int, Query(ge=1, le=1000, description="Which page, from 1")]
PageSize = Annotated[int, Query(ge=1, le=_MOST, description="How many a page")]
Jurisdiction = Annotated[str, Query(max_length=256, description="Whose server is meant: must be this one's, if given")]


async def list_services(
    request: Request, model: TheReadModel, settings: TheSettings, jurisdiction_id: Jurisdiction = ""
) -> Response:
    """Each category of the services that people can use online; dossiers are left out."""
    check_jurisdiction(settings, jurisdiction_id)
    shown = [services.service_shown(one) for one in services.matters(model.catalogue)]
    return answer(form_of(request), "services", shown)


async def show_definition(
    request: Request, model: TheReadModel, settings: TheSettings, service_code: Code, jurisdiction_id: Jurisdiction = ""
) -> Response:
    """The ward it is in, and the checksum of a photo: none of them is required."""
    check_jurisdiction(settings, jurisdiction_id)
    shown = services.definition_shown(known_matter(service_code, model.catalogue), model.catalogue)
    return answer(form_of(request), "service_definition", shown)


async def list_requests(
    request: Request,
    model: TheReadModel,
    settings: TheSettings,
    service_request_id: Ids = "",
    service_code: Codes = "",
    start_date: Since = None,
    end_date: Until = None,
    status: Status = "open,closed",
    page: PageNumber = 1,
    page_size: PageSize = _MOST,
    jurisdiction_id: Jurisdiction = "",
) -> Response:
    """The newest first: of the last 90 days unless it is said otherwise, and of no longer time."""
    check_jurisdiction(settings, jurisdiction_id)
    found: Iterator[IndexEntry | None]
    if service_request_id:
        found = (_card(id, model) for id in service_request_id.split(","))
    else:
        since, until = _period(model, start_date, end_date)
        found = _reported(model, since, until, _listed(service_code), _listed(status))
    first = (page - 1) * page_size
    shown = [requests.request_shown(card, model.catalogue) for card in await _part(found, first, page_size)]
    return answer(form_of(request), "service_requests", shown)


def _listed(said: str) -> frozenset[str]:
    return frozenset(filter(None, said.split(",")))


async def _part(found: Iterator[IndexEntry | None], first: int, count: int) -> list[IndexEntry]:
    """Return `count` of what is found, from the `first` on; others get their turn now and then."""
    passed, part = 0, list[IndexEntry]()
    for number, card in enumerate(found):
        if number % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)
        if card is None:
            continue
        if passed >= first:
            part.append(card)
        passed += 1
        if len(part) == count:
            break
    return part


def _period(model: ReadModel, start: AwareDatetime | None, end: AwareDatetime | None) -> tuple[Instant, Instant]:
    until = model.now() + 1 if end is None else to_instant(end)
    since = until - _PERIOD if start is None else to_instant(start)
    if not 0 <= until - since <= _PERIOD:
        raise Refused(Said(400, "start_date: must come before end_date, by 90 days at most"))
    return since, until


def _reported(
    model: ReadModel, since: Instant, until: Instant, codes: frozenset[str], states: frozenset[str]
) -> Iterator[IndexEntry | None]:
    """Return what was reported in a period, the newest first, and None for each that has none of the codes."""
    matters, of = services.matters(model.catalogue), {code.partition(":")[0] for code in codes}
    asked = {one.service.code for one in matters if not codes or one.service.code in of}
    states = states & {"open", "closed"}
    if not asked or not states:
        return iter(())
    wanted = Filter(service=sorted(asked), open=None if len(states) == 2 else "open" in states)
    found = model.reported(since, until, wanted, newest_first=True)
    return (card if not codes or requests.code_of(card.incident) in codes else None for card in found)


async def show_request(
    request: Request,
    model: TheReadModel,
    settings: TheSettings,
    service_request_id: RequestId,
    jurisdiction_id: Jurisdiction = "",
) -> Response:
    """How it stands: open or closed, who has it, and what the answer was. No reporter's identity is in it."""
    check_jurisdiction(settings, jurisdiction_id)
    card = _card(service_request_id, model)
    if card is None:
        raise Refused(Said(404, "service_request_id not found"))
    return answer(form_of(request), "service_requests", [requests.request_shown(card, model.catalogue)])


def _card(id: str, model: ReadModel) -> IndexEntry | None:
    card = model.card(id.strip())
    return card if card is not None and _is_shown(card, model) else None


def _is_shown(card: IndexEntry, model: ReadModel) -> bool:
    return services.is_reportable(card.incident.service, model.catalogue)


add(router, "/services", list_services, "List what can be reported", list[Open311Service], 400, 404)
add(router, "/services/{service_code}", show_definition, "Show what a report may say", Open311Definition, 400, 404)
add(router, "/requests", list_requests, "List reports", list[Open311Request], 400, 404)
add(router, "/requests/{service_request_id:path}", show_request, "Show a report", list[Open311Request], 400, 404)
