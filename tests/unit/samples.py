"""Events for the tests, as producers send them."""

from typing import Any

import msgspec

from ioc.catalogue import Catalogue, hue_folder, load_catalogue
from ioc.events import Event, read_event
from ioc.shard import Record
from ioc.times import Instant, parse_instant, to_rfc3339

CITY: Catalogue = load_catalogue(hue_folder())


def at(local: str) -> Instant:
    """Return the instant of a local time of Hue, such as 2026-04-14 08:00."""
    return parse_instant(local.replace(" ", "T") + "+07:00")


def body(
    move: str, time: Instant, id: str, subject: str = "1", source: str = "/hue/field-reports", **data: Any
) -> bytes:
    """Return a structured CloudEvent."""
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": id,
            "source": source,
            "subject": subject,
            "type": f"vn.ioc.incident.{move}.v1",
            "time": to_rfc3339(time),
            "data": data,
        }
    )


def event(move: str, time: Instant, id: str = "", subject: str = "1", **data: Any) -> Event:
    """Return an event of the incident field-reports:<subject>."""
    if move == "reported":
        data = {"service": "field-reports", **data}
    read = read_event(f"field-reports:{subject}".encode(), body(move, time, id or f"{move}-{time}", subject, **data))
    assert isinstance(read, Event), read
    return read


def record(offset: int, move: str, time: Instant, id: str = "", subject: str = "1", **data: Any) -> Record:
    """Return the same as a record of the log, appended at its own time."""
    if move == "reported":
        data = {"service": "field-reports", **data}
    value = body(move, time, id or f"{move}-{time}", subject, **data)
    return Record(offset, time, f"field-reports:{subject}".encode(), value)
