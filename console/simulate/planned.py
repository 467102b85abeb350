"""A record the simulated city will send, and when."""

from typing import Any, NamedTuple

import msgspec

from ioc.lifecycle import Move, event_type
from ioc.times import Instant, to_rfc3339

# Whoever handles a matter works in the centre's own system; only reports come from the services themselves.
HANDLING = "/operations-centre/"
REPORTING = "/hue/"


class Planned(NamedTuple):
    """A record for the topic of events. It is sent at `at` (ms), which can be later than what it tells of."""

    at: Instant
    key: bytes
    value: bytes


class Subject(NamedTuple):
    """The incident a record is about: the service that reports it, and its number there."""

    service: str
    number: str

    @property
    def key(self) -> bytes:
        """The incident's id, which is the key of all its records."""
        return f"{self.service}:{self.number}".encode()


def told(subject: Subject, move: Move, time: Instant, id: str, **data: Any) -> Planned:
    """Return the event of a move, sent when it happens."""
    source = (REPORTING if move is Move.REPORTED else HANDLING) + subject.service
    event = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": event_type(move),
        "subject": subject.number,
        "time": to_rfc3339(time),
        "datacontenttype": "application/json",
        "data": {name: value for name, value in data.items() if value is not None},
    }
    return Planned(time, subject.key, msgspec.json.encode(event))
