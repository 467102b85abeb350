"""The incidents of a period as GeoReport Bulk: the table in which cities publish service requests, a line for each.

The columns are those of Open311's GeoReport Bulk (https://wiki.open311.org/GeoReport_Bulk/). Dossiers are people's own
affairs and are left out; a report that was merged into another is a line of its own: a citizen sent it.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from api.http.json import moment
from api.incidents.published import category_of, published_answer
from api.read_model.index.entry import IndexEntry
from ioc.catalogue.city import Catalogue
from ioc.core.times import to_rfc3339
from ioc.incident.lifecycle import CLOSED
from ioc.incident.state import Incident

COLUMNS = (
    "service_request_id",
    "requested_datetime",
    "updated_datetime",
    "closed_date",
    "status_description",
    "status_notes",
    "source",
    "service_name",
    "service_subtype",
    "description",
    "agency_responsible",
    "address",
    "lat",
    "long",
)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Line = tuple[str | float | None, ...]


def is_published(card: IndexEntry, catalogue: Catalogue) -> bool:
    """True of what a city publishes: everything but dossiers."""
    service = catalogue.services.get(card.incident.service)
    return service is None or not service.dossiers


def lines(cards: Iterable[IndexEntry], catalogue: Catalogue) -> Iterator[str]:
    """Yield the table line by line, its heading first; times in UTC, names as the city writes them."""
    yield _written(COLUMNS)
    for card in cards:
        yield _written(_line(card.incident, catalogue))


def _line(one: Incident, catalogue: Catalogue) -> Line:
    service, unit = catalogue.services.get(one.service), catalogue.units.get(one.unit or "")
    return (
        one.id,
        to_rfc3339(one.reported_at),
        to_rfc3339(one.updated_at),
        moment(one.closed_at),
        "closed" if one.state in CLOSED else "open",
        _words(published_answer(one)),
        _words(one.channel),
        service.name_vi if service is not None else one.service,
        _words(category_of(one, catalogue)),
        _words(one.title),
        unit.name if unit is not None else one.unit,
        _words(one.address),
        one.lat,
        one.lon,
    )


def _words(text: str | None) -> str | None:
    return f"'{text}" if text is not None and text.startswith(_FORMULA) else text


def _written(line: Iterable[str | float | None]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow("" if cell is None else cell for cell in line)
    return out.getvalue()
