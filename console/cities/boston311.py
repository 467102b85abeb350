"""Reading Boston's table of service requests.

Its times are local and without a zone. They are all read at one fixed offset, that of its standard time, so that
their order, on which the city's verdict rests, is kept exactly.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from console.cities.maps import ImportedEvent, RequestRow, degrees, event, table
from ioc.incident.lifecycle import EventType

CITY = "boston311"
OFFSET = "-05:00"

rows = table


def verdict(row: RequestRow) -> bool | None:
    """Return the city's own verdict: True on time, False overdue, None when it gives none."""
    return {"ONTIME": True, "OVERDUE": False}.get(row["ontime"])


def key(row: RequestRow) -> str:
    """Return the incident id of a row."""
    return f"{CITY}:{row['case_enquiry_id']}"


def events(row: RequestRow) -> Iterator[ImportedEvent]:
    """Yield the report of a row, and its solution when it has one."""
    yield _event(row, EventType.REPORTED, row["open_dt"], _report(row))
    if row["closed_dt"]:
        yield _event(row, EventType.RESOLVED, row["closed_dt"], {})


def _event(row: RequestRow, event_type: EventType, local: str, data: dict[str, Any]) -> ImportedEvent:
    return event(CITY, row["case_enquiry_id"], event_type, datetime.fromisoformat(_moment(local)), event_type, data)


def _moment(local: str) -> str:
    return local.replace(" ", "T") + OFFSET


def _report(row: RequestRow) -> dict[str, Any]:
    return {
        "service": "imported",
        "category": row["type"],
        "title": row["case_title"][:512],
        "unit": row["department"],
        "ward": row["ward"],
        "channel": row["source"],
        "lat": degrees(row["latitude"]),
        "lon": degrees(row["longitude"]),
        "due": {"resolve": _moment(row["target_dt"])} if row["target_dt"] else {},
    }
