"""The map of a city's file: what every map reads, and the events it makes of that."""

import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, cast

from ioc.core.cloudevents import encode_cloudevent
from ioc.core.times import Instant, to_instant
from ioc.incident.lifecycle import EventType, cloudevents_type

RequestRow = dict[str, Any]
"""One request as its city's file has it, by the city's own names."""


class ImportedEvent(NamedTuple):
    """An event to be published: when it happened (ms), its incident's id, and the CloudEvent."""

    at: Instant
    key: bytes
    value: bytes


class UnreadableFile(ValueError):
    """A map, or a city's file read by it, cannot be used. `errors` lists everything that is wrong with it."""

    def __init__(self, title: str, errors: list[str]) -> None:
        super().__init__("\n  ".join([title, *errors]))
        self.title = title
        self.errors = errors


class CityMap(Protocol):
    """Reads one city's file. Its events have the source `/imported/<the city>`."""

    def rows(self, file: Path) -> Iterator[RequestRow]:
        """Yield the requests of a file, plain or gzipped. Raises UnreadableFile."""

    def events(self, row: RequestRow) -> Iterator[ImportedEvent]:
        """Yield all events of a request: its report, its notes, its end. Raises ValueError for a row it cannot read."""


def read_events(city_map: CityMap, file: Path) -> list[ImportedEvent]:
    """Return all events of a file. Raises UnreadableFile with every request that cannot be read."""
    events: list[ImportedEvent] = []
    errors: list[str] = []
    for number, row in enumerate(city_map.rows(file), 1):
        try:
            events += city_map.events(row)
        except ValueError as error:
            errors.append(f"request {number}: {error}")
    if errors:
        raise UnreadableFile(f"The table {file} has requests that cannot be read:", errors)
    return events


def open_text(file: Path) -> IO[str]:
    """Open a file as text, plain or gzipped. A byte order mark is left out."""
    opener = gzip.open if file.suffix == ".gz" else open
    return cast(IO[str], opener(file, "rt", encoding="utf-8-sig", newline=""))


def imported_event(
    city: str, request: str, event_type: EventType, moment: datetime, name: str, data: RequestRow
) -> ImportedEvent:
    """Return what happened to a request at a moment with a zone. `name` is unique in it; empty fields are left out."""
    value = encode_cloudevent(
        event_id=f"{request}-{name}",
        source=f"/imported/{city}",
        subject=request,
        event_type=cloudevents_type(event_type),
        time=moment.isoformat(),
        data={field: value for field, value in data.items() if value not in (None, "", {})},
    )
    return ImportedEvent(to_instant(moment), f"{city}:{request}".encode(), value)
