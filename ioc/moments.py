"""What the centre itself brings about once a moment has come: an acknowledgement lapses, a shelving ends.

It is no silent change but an event in the log like everyone's, folded when it comes. Its id is made of its cause, so
that it counts once; what people did meanwhile wins over it.
"""

from collections.abc import Iterator

from msgspec import Struct

from ioc import deadlines
from ioc.catalogue import Catalogue
from ioc.emit import emit
from ioc.incident import Incident
from ioc.lane import Outgoing
from ioc.lifecycle import Move
from ioc.payloads import Lapsed, Payload
from ioc.sources import CENTRE
from ioc.steps import next_step_at
from ioc.times import Instant, to_datetime, to_rfc3339

_PART = "moments"
SOURCE = f"{CENTRE}{_PART}/"


class Moment(Struct, frozen=True):
    """An event to come: from `at` on it can be told."""

    at: Instant
    id: str
    move: Move
    time: Instant
    payload: Payload

    def event(self, incident: Incident) -> Outgoing:
        """Return the event that tells the incident."""
        return emit(_PART, incident.id, self.move, self.time, self.id, self.payload)


def to_come(incident: Incident, catalogue: Catalogue) -> Iterator[Moment]:
    """Yield what is to come of an open incident and is not on its way yet."""
    if incident.is_open:
        yield from (one for one in _all(incident, catalogue) if one.id not in incident.sent)


def _all(incident: Incident, catalogue: Catalogue) -> Iterator[Moment]:
    lapse = deadlines.lapses_at(incident, catalogue)
    if lapse is not None and incident.taken_at is not None:
        since = to_datetime(incident.taken_at)
        # On the very instant there is still time, as with every deadline.
        yield Moment(lapse + 1, f"lapsed/{to_rfc3339(incident.taken_at)}", Move.LAPSED, lapse + 1, Lapsed(since=since))
    until = incident.shelved_until
    if until is not None:
        yield Moment(until, f"unshelved/{to_rfc3339(until)}", Move.UNSHELVED, until, Payload())


def reached(incident: Incident, now: Instant, catalogue: Catalogue) -> Iterator[Moment]:
    """Yield what has come by `now`."""
    return (one for one in to_come(incident, catalogue) if one.at <= now)


def next_at(incident: Incident, catalogue: Catalogue) -> Instant | None:
    """Return when next something is to be announced or told; None when nothing is to come."""
    told = (one.at for one in to_come(incident, catalogue))
    announced = next_step_at(incident, catalogue)
    return min(told if announced is None else (announced, *told), default=None)
