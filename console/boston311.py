"""Reading Boston's table of service requests.

Its times are local and without a zone. They are all read at one fixed offset, that of its standard time, so that
their order, on which the city's verdict rests, is kept exactly.
"""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = "/imported/boston311"
SLUG = "boston311"
OFFSET = "-05:00"


class Planned(NamedTuple):
    """An event to be published: its moment as sortable text, its incident's subject, and its members."""

    time: str
    subject: str
    event: dict[str, Any]


def rows(file: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of the table, plain or gzipped."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def verdict(row: dict[str, str]) -> bool | None:
    """Return the city's own verdict: True on time, False overdue, None when it gives none."""
    return {"ONTIME": True, "OVERDUE": False}.get(row["ontime"])


def key(row: dict[str, str]) -> str:
    """Return the incident id of a row."""
    return f"{SLUG}:{row['case_enquiry_id']}"


def events(row: dict[str, str]) -> Iterator[Planned]:
    """Yield the report of a row, and its solution when it has one."""
    yield _planned(row, "reported", row["open_dt"], _report(row))
    if row["closed_dt"]:
        yield _planned(row, "resolved", row["closed_dt"], {})


def _planned(row: dict[str, str], move: str, moment: str, data: dict[str, Any]) -> Planned:
    case = row["case_enquiry_id"]
    event = {
        "specversion": "1.0",
        "id": f"{case}-{move}",
        "source": SOURCE,
        "subject": case,
        "type": f"vn.ioc.incident.{move}.v1",
        "time": _moment(moment),
        "data": data,
    }
    return Planned(_moment(moment), case, event)


def _moment(local: str) -> str:
    return local.replace(" ", "T") + OFFSET


def _report(row: dict[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "service": "imported",
        "category": row["type"],
        "title": row["case_title"][:512],
        "unit": row["department"],
        "ward": row["ward"],
        "channel": row["source"],
        "lat": float(row["latitude"]) if row["latitude"] else None,
        "lon": float(row["longitude"]) if row["longitude"] else None,
    }
    if row["target_dt"]:
        data["due"] = {"resolve": _moment(row["target_dt"])}
    return {name: value for name, value in data.items() if value not in (None, "")}
