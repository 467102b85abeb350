"""Reading Los Angeles' table of service requests: no deadlines, but requests cancelled and referred to others.

Its times are local, of twelve hours and without a zone. They are all read at one fixed offset, that of its standard
time, so that their order is kept exactly.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from console.cities.maps import ImportedEvent, RequestRow, degrees, event, table
from ioc.incident.lifecycle import EventType

CITY = "la311"
_ZONE = timezone(timedelta(hours=-8))
# How a request ended; one that is open has not. Whoever it was referred to does not tell this city what came of it.
_ENDS: Mapping[str, EventType] = {
    "Closed": EventType.RESOLVED,
    "Cancelled": EventType.CANCELLED,
    "Referred Out": EventType.REJECTED,
}

rows = table


def events(row: RequestRow) -> Iterator[ImportedEvent]:
    """Yield the report of a row, and its end when it has one."""
    yield _event(row, EventType.REPORTED, row["CreatedDate"], _report(row))
    if row["ClosedDate"]:
        yield _event(row, _ENDS[row["Status"]], row["ClosedDate"], {})


def _event(row: RequestRow, event_type: EventType, local: str, data: dict[str, Any]) -> ImportedEvent:
    moment = datetime.strptime(local, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=_ZONE)
    return event(CITY, row["SRNumber"], event_type, moment, event_type, data)


def _report(row: RequestRow) -> dict[str, Any]:
    return {
        "service": "imported",
        "category": row["RequestType"],
        "title": row["RequestType"],
        "unit": row["Owner"],
        "ward": row["CD"],
        "channel": row["RequestSource"],
        "lat": degrees(row["Latitude"]),
        "lon": degrees(row["Longitude"]),
        "address": row["Address"],
    }
