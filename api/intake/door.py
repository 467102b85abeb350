"""What the door makes of an event before it is written: by the same rules that the workers will read it by.

All that can be said without the state of what it is about is said here, so that its sender hears it at once. What only
the fold can see (a move the lifecycle does not allow, a history that is full) becomes a dead letter as of any event.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from api.intake.arrivals import Arrival
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.cloudevents import slug_of
from ioc.core.records import Outgoing
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.sources import CENTRE
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.core.watermark import Watermark
from ioc.decider import decide
from ioc.incident.event import Event
from ioc.office_records import items
from ioc.office_records.records import Booking
from ioc.processors import sensors
from ioc.processors.reader import read_event
from ioc.sensors.observations import OBSERVED_TYPE, Observation, read_observation

# The outcome of an event whose source is not the caller's to speak for.
FORBIDDEN = "forbidden"
TAKEN = "taken"
# Of one that was let in, and is not known to be safe with the broker.
UNCONFIRMED = "unconfirmed"


class Named(Struct, frozen=True):
    """By what the sender knows an event: its own words, None where there are none."""

    id: str | None = None
    source: str | None = None
    subject: str | None = None
    type: str | None = None

    @property
    def key(self) -> str | None:
        """The key of its record, `<source slug>:<subject>`; None when that cannot be said."""
        slug = None if self.source is None else slug_of(self.source)
        return None if slug is None or self.subject is None else f"{slug}:{self.subject}"


class Verdict(Struct, frozen=True):
    """What became of an event at the door: the record to be written, or why there is none."""

    named: Named
    record: Outgoing | None = None
    outcome: str = TAKEN
    errors: tuple[FieldError, ...] = ()


class Door(Struct, frozen=True):
    """By what events are judged. `now` is None where time is the events' own; `may_send` tells whose a source is."""

    catalogue: Catalogue
    now: Instant | None
    may_send: Callable[[str], bool]

    def judge(self, arrival: Arrival) -> Verdict:
        """Return the verdict of an event. Total, as reading is."""
        named = named_in(arrival)
        key = None if named.key is None else named.key.encode()
        observed = named.type == OBSERVED_TYPE
        read = (read_observation if observed else read_event)(key, arrival.value, arrival.headers)
        if isinstance(read, Watermark):
            return _refused(
                named, Rejection(Reason.UNKNOWN_TYPE, (FieldError("type", "not a type that is taken here"),))
            )
        if isinstance(read, Rejection):
            return _refused(named, read)
        if read.source.startswith(CENTRE) or not self.may_send(read.source):
            return Verdict(named, None, FORBIDDEN, (FieldError("source", "not yours to speak for"),))
        rejection = self._rejection(read)
        if rejection is not None:
            return _refused(named, rejection)
        topic = Topic.INDICATORS if observed else Topic.EVENTS
        return Verdict(named, Outgoing(topic, key or b"", arrival.value, arrival.headers))

    def _rejection(self, read: Event | Booking | Observation) -> Rejection | None:
        """Return why the fold would refuse it whatever it knows of what it is about, or None."""
        now = read.time if self.now is None else self.now
        if isinstance(read, Event):
            return decide.refused_at_the_door(read, now, self.catalogue)
        if isinstance(read, Booking):
            return items.refused_at_the_door(read, now, self.catalogue)
        return sensors.refused_at_the_door(read, now, self.catalogue)


def door_of(model: ReadModel, may_send: Callable[[str], bool]) -> Door:
    """Return the door as it stands now."""
    return Door(model.catalogue, None if model.clock.by_events else model.now(), may_send)


def anyones(_: str) -> bool:
    """Return that a source is the caller's to speak for: where nobody needs a token any is."""
    return True


def _refused(named: Named, rejection: Rejection) -> Verdict:
    """Return a refusal as its sender is told of it: the key is made here, of what another fault speaks of."""
    faults = tuple(fault for fault in rejection.errors if fault.field != "key") or rejection.errors
    return Verdict(named, None, rejection.reason, faults)


class _Names(Struct, frozen=True):
    id: Any = None
    source: Any = None
    subject: Any = None
    type: Any = None


_decode_names = msgspec.json.Decoder(_Names).decode


def named_in(arrival: Arrival) -> Named:
    """Return by what an event is known, also of one that is faulty otherwise."""
    said = {name: text for name, text in arrival.headers if name.startswith("ce_")}
    if said:
        return Named(*(_text(said.get(f"ce_{name}")) for name in Named.__struct_fields__))
    try:
        names = _decode_names(arrival.value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # the last of what is nested without end
        return Named()
    return Named(*(one if isinstance(one, str) else None for one in msgspec.structs.astuple(names)))


def _text(word: bytes | None) -> str | None:
    try:
        return None if word is None else word.decode()
    except UnicodeDecodeError:
        return None
