"""GET /georeport/bulk.csv: the incidents of a period as other cities publish theirs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from starlette.responses import StreamingResponse

from api.http.problems import Problem, problem_responses
from api.incidents.georeport import csv_lines, is_published
from api.read_model.dependencies import TheReadModel
from ioc.core.rejections import FieldError
from ioc.core.times import LAST_MOMENT, TIME_OUT_OF_RANGE, to_instant

router = APIRouter(tags=["figures"])
# So many lines are written before other requests get their turn.
_LINES_A_TURN = 500
_EXAMPLES = ("2025-10-01T00:00:00+07:00", "2025-11-01T00:00:00+07:00")


@router.get(
    "/georeport/bulk.csv",
    summary="Export the incidents of a period",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **problem_responses(422, 503)},
)
async def bulk(
    model: TheReadModel,
    start: Annotated[AwareDatetime, Query(alias="from", description="Reported since", examples=[_EXAMPLES[0]])],
    end: Annotated[AwareDatetime, Query(alias="to", description="Reported before", examples=[_EXAMPLES[1]])],
) -> StreamingResponse:
    """GeoReport Bulk, in the order of the reports. Dossiers are left out; no reporter's identity is in it."""
    period = {"from": to_instant(start), "to": to_instant(end)}
    errors = [
        FieldError(name, TIME_OUT_OF_RANGE) for name, instant in period.items() if not 0 <= instant <= LAST_MOMENT
    ]
    if period["to"] <= period["from"]:
        errors.append(FieldError("to", "must come after 'from'"))
    if errors:
        raise Problem(422, "The request is not valid", errors)
    catalogue = model.catalogue
    reported = model.reported(period["from"], period["to"])
    lines = csv_lines((entry for entry in reported if is_published(entry, catalogue)), catalogue)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="georeport.csv"'}
    return StreamingResponse(_chunks(lines), headers=headers, media_type="text/csv; charset=utf-8")


async def _chunks(lines: Iterator[str]) -> AsyncIterator[str]:
    while chunk := "".join(islice(lines, _LINES_A_TURN)):
        yield chunk
        await asyncio.sleep(0)
