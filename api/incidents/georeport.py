"""The incidents of a period as GeoReport Bulk: the table in which cities publish service requests, one line for each.

The columns are those of Open311's GeoReport Bulk (https://wiki.open311.org/GeoReport_Bulk/). Dossiers are private and
left out; a report that was merged into another has a line of its own, as a citizen sent it.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from api.http.json import optional_rfc3339
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
# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

CsvRow = tuple[str | float | None, ...]


def is_published(entry: IndexEntry, catalogue: Catalogue) -> bool:
    """True when the city publishes an incident: all but dossiers."""
    service = catalogue.services.get(entry.incident.service)
    return service is None or not service.dossiers


def csv_lines(entries: Iterable[IndexEntry], catalogue: Catalogue) -> Iterator[str]:
    """Yield the table line by line, its heading first; times in UTC, names as the city writes them."""
    yield _csv_line(COLUMNS)
    for entry in entries:
        yield _csv_line(_row(entry.incident, catalogue))


def _row(incident: Incident, catalogue: Catalogue) -> CsvRow:
    service, unit = catalogue.services.get(incident.service), catalogue.units.get(incident.unit or "")
    return (
        incident.id,
        to_rfc3339(incident.reported_at),
        to_rfc3339(incident.updated_at),
        optional_rfc3339(incident.closed_at),
        "closed" if incident.state in CLOSED else "open",
        _safe_text(published_answer(incident)),
        _safe_text(incident.channel),
        service.name_vi if service is not None else incident.service,
        _safe_text(category_of(incident, catalogue)),
        _safe_text(incident.title),
        unit.name if unit is not None else incident.unit,
        _safe_text(incident.address),
        incident.lat,
        incident.lon,
    )


def _safe_text(text: str | None) -> str | None:
    """Return a text with a quote before it when a spreadsheet would take it for a formula."""
    return f"'{text}" if text is not None and text.startswith(_FORMULA) else text


def _csv_line(cells: Iterable[str | float | None]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow("" if cell is None else cell for cell in cells)
    return out.getvalue()
