"""What a map of a city's table gives, and the events it makes."""

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol, cast

from ioc.core.cloudevents import encode_cloudevent
from ioc.core.times import Instant, to_instant
from ioc.incident.lifecycle import EventType, cloudevents_type

RequestRow = dict[str, Any]


class ImportedEvent(NamedTuple):
    """An event to be published: when it happened (ms), its incident's id, and the CloudEvent."""

    at: Instant
    key: bytes
    value: bytes


class CityMap(Protocol):
    """Reads one city's file. Its events have the source `/imported/<name of the map>`."""

    def rows(self, file: Path) -> Iterator[RequestRow]:
        """Yield the requests of a file, plain or gzipped."""

    def events(self, row: RequestRow) -> Iterator[ImportedEvent]:
        """Yield all that is told of a request: its report, what was noted, its end."""


class Judging(Protocol):
    """Reads the verdicts that a city gave itself."""

    def rows(self, file: Path) -> Iterator[RequestRow]:
        """Yield the requests of a file, plain or gzipped."""

    def key(self, row: RequestRow) -> str:
        """Return the incident's id."""

    def verdict(self, row: RequestRow) -> bool | None:
        """Return the city's own verdict: True on time, False overdue, None when it gives none."""


def opened(file: Path) -> IO[str]:
    """Return a file as text, plain or gzipped."""
    opener = gzip.open if file.suffix == ".gz" else open
    return cast(IO[str], opener(file, "rt", encoding="utf-8", newline=""))


def table(file: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table with a line of names, plain or gzipped."""
    with opened(file) as stream:
        yield from csv.DictReader(stream)


def event(city: str, request: str, event_type: EventType, moment: datetime, id: str, data: RequestRow) -> ImportedEvent:
    """Return what happened to a request at a moment with a zone; empty fields are left out."""
    value = encode_cloudevent(
        event_id=f"{request}-{id}",
        source=f"/imported/{city}",
        subject=request,
        event_type=cloudevents_type(event_type),
        time=moment.isoformat(),
        data={name: value for name, value in data.items() if value not in (None, "", {})},
    )
    return ImportedEvent(to_instant(moment), f"{city}:{request}".encode(), value)


def degrees(text: str) -> float | None:
    """Return a coordinate, or None where there is none."""
    return float(text) if text else None
