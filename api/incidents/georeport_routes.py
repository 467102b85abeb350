"""GET /georeport/bulk.csv: the incidents of a period as other cities publish theirs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from starlette.responses import StreamingResponse

from api.http.problems import Problem, shown
from api.incidents.georeport import is_published, lines
from api.read_model.dependencies import TheReadModel
from ioc.core.rejections import FieldError
from ioc.core.times import LAST_MOMENT, TIME_OUT_OF_RANGE, to_instant

router = APIRouter(tags=["figures"])
# So many lines are written before others get their turn.
_AT_ONCE = 500
_EXAMPLES = ("2025-10-01T00:00:00+07:00", "2025-11-01T00:00:00+07:00")


@router.get(
    "/georeport/bulk.csv",
    summary="Export the incidents of a period",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **shown(422, 503)},
)
async def bulk(
    model: TheReadModel,
    start: Annotated[AwareDatetime, Query(alias="from", description="Reported since", examples=[_EXAMPLES[0]])],
    end: Annotated[AwareDatetime, Query(alias="to", description="Reported before", examples=[_EXAMPLES[1]])],
) -> StreamingResponse:
    """GeoReport Bulk, in the order of the reports. Dossiers are left out; no reporter's identity is in it."""
    moments = {"from": to_instant(start), "to": to_instant(end)}
    faults = [FieldError(name, TIME_OUT_OF_RANGE) for name, at in moments.items() if not 0 <= at <= LAST_MOMENT]
    if moments["to"] <= moments["from"]:
        faults.append(FieldError("to", "must come after 'from'"))
    if faults:
        raise Problem(422, "The request is not valid", faults)
    catalogue = model.catalogue
    cards = (one for one in model.reported(moments["from"], moments["to"]) if is_published(one, catalogue))
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="georeport.csv"'}
    return StreamingResponse(_sent(lines(cards, catalogue)), headers=headers, media_type="text/csv; charset=utf-8")


async def _sent(table: Iterator[str]) -> AsyncIterator[str]:
    while part := "".join(islice(table, _AT_ONCE)):
        yield part
        await asyncio.sleep(0)
