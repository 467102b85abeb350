"""The format of a city's table, as its YAML file describes it: what its columns, times and words mean."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from console.cities.city_map import UnreadableFile
from ioc.catalogue.reading.documents.yaml_values import UNREADABLE, read_yaml
from ioc.core.schema import schema_errors

ColumnName = Annotated[str, Meta(min_length=1)]
EndName = Literal["resolved", "cancelled", "rejected"]

_OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)\Z")
# A moment in the afternoon of a day that no format of dates mistakes for another month.
_SAMPLE = datetime(2017, 11, 23, 13, 5, 9, tzinfo=UTC)


class Columns(Struct, frozen=True, forbid_unknown_fields=True):
    """Which column holds what. Only the request's number and the time of its report are needed.

    `ended` is when it was over, `due` the city's own deadline for that; `lat` and `lon` are degrees.
    """

    id: ColumnName
    reported: ColumnName
    ended: ColumnName | None = None
    due: ColumnName | None = None
    category: ColumnName | None = None
    title: ColumnName | None = None
    unit: ColumnName | None = None
    ward: ColumnName | None = None
    channel: ColumnName | None = None
    lat: ColumnName | None = None
    lon: ColumnName | None = None
    address: ColumnName | None = None


class Endings(Struct, frozen=True, forbid_unknown_fields=True):
    """How a request that is over ended, by the city's own words in a column."""

    column: ColumnName
    words: Annotated[Mapping[str, EndName], Meta(min_length=1)]


class Verdicts(Struct, frozen=True, forbid_unknown_fields=True):
    """The words with which the city itself judges a request. Any other word is no verdict."""

    column: ColumnName
    on_time: Annotated[tuple[str, ...], Meta(min_length=1)]
    overdue: Annotated[tuple[str, ...], Meta(min_length=1)]


class TableFormat(Struct, frozen=True, forbid_unknown_fields=True):
    """A city's table. `zone` is that of times without one; `time` a format of `strptime`, without it ISO 8601.

    Without `endings` every request that is over was resolved. With `verdicts` the centre's can be compared with them.
    """

    city: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,63}(?![\\s\\S])")]
    zone: str
    columns: Columns
    time: str | None = None
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    service: str = "imported"
    endings: Endings | None = None
    verdicts: Verdicts | None = None

    def named_columns(self) -> list[str]:
        """Return the columns that the table must have, in the order of the format."""
        columns = [getattr(self.columns, name) for name in self.columns.__struct_fields__]
        columns += [words.column for words in (self.endings, self.verdicts) if words is not None]
        return [column for column in dict.fromkeys(columns) if column is not None]


def read_table_format(name: str, raw: bytes) -> TableFormat:
    """Return the format in a YAML file. Raises UnreadableFile with everything that is wrong with it."""
    errors: dict[str, None] = {}

    def report(field: str, problem: str) -> None:
        errors[f"{field}: {problem}"] = None

    document = read_yaml(raw, report)
    if isinstance(document, dict):
        _check(document, report)
    elif document is not UNREADABLE:
        report("-", "must be a mapping with city, zone and columns")
    if errors:
        raise UnreadableFile(f"The map {name} cannot be used:", list(errors))
    return msgspec.convert(document, TableFormat)


def _check(document: dict[str, Any], report: Callable[[str, str], None]) -> None:
    """Report what the schema refuses, and then what no schema can tell, of the fields that have the right type."""
    for error in schema_errors(TableFormat, document, is_author=True):
        report(error.field or "-", error.reason)
    if isinstance(zone := document.get("zone"), str) and zone_of(zone) is None:
        report("zone", f"unknown time zone '{zone}'; it is a name like Asia/Ho_Chi_Minh or an offset like \"-05:00\"")
    if isinstance(time := document.get("time"), str) and (problem := _time_problem(time)):
        report("time", problem)
    for word in _words_twice(document.get("verdicts")):
        report("verdicts", f"'{word}' cannot be both on_time and overdue")
    if isinstance(columns := document.get("columns"), dict):
        if "endings" in document and "ended" not in columns:
            report("columns.ended", "missing; endings are of requests with a time at which they were over")
        if ("lat" in columns) != ("lon" in columns):
            report("columns", "lat and lon belong together")


def zone_of(text: str) -> tzinfo | None:
    """Return a time zone by its name or its fixed offset, as `-05:00`; None when there is no such zone."""
    if offset := _OFFSET.match(text):
        hours, minutes = int(offset[2]), int(offset[3])
        size = timedelta(hours=hours, minutes=minutes)
        return timezone(-size if offset[1] == "-" else size) if hours < 24 else None
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):  # no name of a zone at all, a folder of zones, an unknown one
        return None


def _time_problem(time: str) -> str | None:
    try:
        sample = datetime.strptime(_SAMPLE.strftime(time), time)  # noqa: DTZ007  # it is only compared
    except ValueError as error:
        return f"no format of times: {error}"
    if sample.date() != _SAMPLE.date():
        return "must give the year, the month and the day"
    if sample.hour not in (0, _SAMPLE.hour):
        return "hours of a clock of twelve need %p"
    return None


def _words_twice(verdicts: object) -> Iterator[str]:
    if isinstance(verdicts, dict):
        on_time, overdue = verdicts.get("on_time"), verdicts.get("overdue")
        if isinstance(on_time, list) and isinstance(overdue, list):
            yield from (str(word) for word in on_time if word in overdue)
