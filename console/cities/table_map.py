"""The map of a city whose requests are a table, one row a request, by the format its YAML file describes."""

import csv
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeVar

from console.cities.city_map import ImportedEvent, RequestRow, UnreadableFile, imported_event, open_text
from console.cities.table_format import TableFormat, zone_of
from ioc.incident.lifecycle import EventType

MAX_TITLE = 512
_TEXTS = ("category", "title", "unit", "ward", "channel")

CellT = TypeVar("CellT")


class TableMap:
    """Reads a table of requests: a report each, an end when there is one, and the city's own verdict."""

    def __init__(self, table_format: TableFormat) -> None:
        zone = zone_of(table_format.zone)
        assert zone is not None, "a format that was read has a zone there is"
        self.format = table_format
        self._zone: tzinfo = zone
        self._verdicts = _verdict_words(table_format)

    @property
    def has_verdicts(self) -> bool:
        """True when the city gives verdicts of its own, on time or not."""
        return self.format.verdicts is not None

    def rows(self, file: Path) -> Iterator[RequestRow]:
        """Yield the requests of a file, plain or gzipped. Raises UnreadableFile, also when columns are missing."""
        with open_text(file) as stream:
            try:
                reader = csv.DictReader(stream, delimiter=self.format.delimiter, restval="")
                self._check_columns(file, reader.fieldnames or ())
                yield from reader
            except (UnicodeDecodeError, csv.Error, OSError, EOFError) as error:
                raise UnreadableFile(f"The table {file} cannot be read:", [f"-: {error}"]) from error

    def _check_columns(self, file: Path, present: Collection[str]) -> None:
        missing = [column for column in self.format.named_columns() if column not in present]
        if missing:
            title = f"The table {file} does not fit the map of {self.format.city}:"
            raise UnreadableFile(title, [f"column '{column}' is missing" for column in missing])

    def key(self, row: RequestRow) -> str:
        """Return the incident's id."""
        return f"{self.format.city}:{row[self.format.columns.id]}"

    def verdict(self, row: RequestRow) -> bool | None:
        """Return the city's own verdict: True on time, False overdue, None when it gives none."""
        verdicts = self.format.verdicts
        return None if verdicts is None else self._verdicts.get(row[verdicts.column])

    def events(self, row: RequestRow) -> Iterator[ImportedEvent]:
        """Yield the report of a row, and its end when it has one. Raises ValueError."""
        columns = self.format.columns
        yield self._event(row, EventType.REPORTED, columns.reported, self._report(row))
        if columns.ended is not None and row[columns.ended]:
            yield self._event(row, self._ending(row), columns.ended, {})

    def _event(self, row: RequestRow, event_type: EventType, column: str, data: RequestRow) -> ImportedEvent:
        request, moment = row[self.format.columns.id], self._moment(row, column)
        if not request:
            raise ValueError(f"{self.format.columns.id}: missing")
        return imported_event(self.format.city, request, event_type, moment, event_type, data)

    def _ending(self, row: RequestRow) -> EventType:
        endings = self.format.endings
        if endings is None:
            return EventType.RESOLVED
        word = row[endings.column]
        if word not in endings.words:
            raise ValueError(f"{endings.column}: '{word}' is none of the words of endings")
        return EventType(endings.words[word])

    def _report(self, row: RequestRow) -> RequestRow:
        columns = self.format.columns
        texts = {name: _text(row, getattr(columns, name)) for name in _TEXTS}
        return {
            "service": self.format.service,
            **texts,
            "title": texts["title"][:MAX_TITLE],
            "lat": _parsed(row, columns.lat, float),
            "lon": _parsed(row, columns.lon, float),
            "address": _text(row, columns.address),
            "due": {"resolve": self._moment(row, columns.due).isoformat()} if _text(row, columns.due) else {},
        }

    def _moment(self, row: RequestRow, column: str | None) -> datetime:
        moment = _parsed(row, column, self._parse_time)
        if moment is None:
            raise ValueError(f"{column}: missing")
        return moment

    def _parse_time(self, text: str) -> datetime:
        time = self.format.time  # with or without a zone
        moment = datetime.fromisoformat(text) if time is None else datetime.strptime(text, time)  # noqa: DTZ007
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=self._zone)


def _verdict_words(table_format: TableFormat) -> dict[str, bool]:
    verdicts = table_format.verdicts
    if verdicts is None:
        return {}
    return {**dict.fromkeys(verdicts.on_time, True), **dict.fromkeys(verdicts.overdue, False)}


def _text(row: RequestRow, column: str | None) -> str:
    return row[column] if column is not None else ""


def _parsed(row: RequestRow, column: str | None, parse: Callable[[str], CellT]) -> CellT | None:
    """Return what a cell holds, None when it is empty. Raises ValueError that names the column."""
    text = _text(row, column)
    try:
        return parse(text) if text else None
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None
