"""Reading Chicago's requests with their dated notes, as its Open311 server gave them: whole histories.

Every note becomes one event: `opened` is the report, `closed` the solution, or the merging of a duplicate into the
request it repeats; all else is a note. What was submitted before the request was opened is noted before the report.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from console.cities.city_map import ImportedEvent, RequestRow, UnreadableFile, imported_event, open_text
from ioc.incident.lifecycle import EventType

CITY = "chicago311"


def rows(file: Path) -> Iterator[RequestRow]:
    """Yield the requests of the file."""
    with open_text(file) as stream:
        try:
            requests = msgspec.json.decode(stream.read())
        except (msgspec.DecodeError, UnicodeDecodeError, OSError, EOFError) as error:
            raise UnreadableFile(f"The file {file} cannot be read:", [str(error)]) from error
    yield from requests


def events(row: RequestRow) -> Iterator[ImportedEvent]:
    """Yield an event for each of a request's notes."""
    for number, note in enumerate(row["notes"]):
        event_type, data = _event_of(row, note)
        moment = datetime.fromisoformat(note["datetime"])
        name = f"{number}-{note['type']}"
        yield imported_event(CITY, row["service_request_id"], event_type, moment, name, data)


def _event_of(row: RequestRow, note: RequestRow) -> tuple[EventType, dict[str, Any]]:
    words = {"text": words_of(note)}
    match note["type"]:
        case "opened":
            return EventType.REPORTED, {**_report(row), **words}
        case "closed" if row["extended_attributes"].get("duplicate"):
            return EventType.MERGED, {
                "into": f"{CITY}:{row['extended_attributes']['parent_service_request_id']}",
                **words,
            }
        case "closed":
            return EventType.RESOLVED, words
    return EventType.NOTED, words


def words_of(note: RequestRow) -> str:
    """Return the text of a note: its summary, and its description when it has one."""
    return ": ".join(text for text in (note["summary"], note.get("description")) if text)


def _report(row: RequestRow) -> dict[str, Any]:
    extended = row["extended_attributes"]
    return {
        "service": "imported",
        "category": row["service_name"],
        "title": row["service_name"],
        "unit": row["agency_responsible"],
        "ward": extended.get("ward"),
        "channel": extended.get("channel"),
        "lat": row["lat"],
        "lon": row["long"],
        "address": row["address"],
    }
