"""Handling-time aggregates: what each incident contributes to which window, and windows that can be added up.

An incident's contributions are a function of its state alone. A fold applies the difference between those of the old
state and the new, so late events, reopenings and changes of unit correct the windows they belong to, exactly.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, field

from ioc.incident import LADDER, Incident
from ioc.lifecycle import State
from ioc.payloads import Satisfaction
from ioc.sketch import Sketch
from ioc.times import DAY, MINUTE, Instant

# Minute windows serve the live views; after this long only the day windows are kept.
MINUTES_KEPT = 3 * DAY


class Span(StrEnum):
    """The two base windows; every longer view is a sum of them."""

    MINUTE = "minute"
    DAY = "day"


class Cell(NamedTuple):
    """The key of one aggregate: a window and whom it is about. `start` is its first instant (ms, UTC)."""

    span: Span
    start: Instant
    service: str
    unit: str
    ward: str


class Measure(StrEnum):
    """What is counted."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    ON_TIME = "on_time"
    LATE = "late"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    MERGED = "merged"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    RATED = "rated"
    SCORE = "score"
    DISSATISFIED = "dissatisfied"
    NOT_GOOD = "not_good"


class Timing(StrEnum):
    """What is timed (ms): to the solution in wall and in working time, to the acknowledgement, to the assignment."""

    HANDLING = "handling"
    WORKING = "working"
    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"


class Contribution(NamedTuple):
    """What an incident adds to the windows around `at`."""

    at: Instant
    what: Measure | Timing
    value: int = 1


class Aggregate(Struct, omit_defaults=True):
    """One window's counts and sketches of durations. Adding is commutative, and can be undone."""

    counts: dict[Measure, int] = field(default_factory=dict)
    timings: dict[Timing, Sketch] = field(default_factory=dict)

    def add(self, contribution: Contribution, sign: int = 1) -> None:
        """Add a contribution, or take it back with sign -1."""
        if isinstance(contribution.what, Timing):
            self._time(contribution.what, contribution.value, sign)
            return
        count = self.counts.get(contribution.what, 0) + sign * contribution.value
        if count:
            self.counts[contribution.what] = count
        else:
            self.counts.pop(contribution.what, None)

    def _time(self, timing: Timing, value: int, sign: int) -> None:
        sketch = self.timings.setdefault(timing, Sketch())
        sketch.add(value, sign)
        if not sketch.count:
            del self.timings[timing]

    def merge(self, other: "Aggregate") -> None:
        """Add all of another window."""
        for measure, count in other.counts.items():
            self.counts[measure] = self.counts.get(measure, 0) + count
        for timing, sketch in other.timings.items():
            self.timings.setdefault(timing, Sketch()).merge(sketch)

    def copy(self) -> "Aggregate":
        """Return a copy that can be changed without touching this one."""
        return Aggregate(dict(self.counts), {timing: sketch.copy() for timing, sketch in self.timings.items()})

    def count(self, measure: Measure) -> int:
        """Return how often something happened in the window."""
        return self.counts.get(measure, 0)

    @property
    def empty(self) -> bool:
        """True when everything that was added has been taken back."""
        return not self.counts and not self.timings


def contributions(incident: Incident) -> list[Contribution]:
    """Return all an incident adds to the aggregates, in the order it came about."""
    if incident.state is State.PENDING:
        return []
    return [
        Contribution(incident.reported_at, Measure.RECEIVED),
        *_waits(incident),
        *_endings(incident),
        *(Contribution(at, Measure.REOPENED) for at in incident.reopened_at),
        *_ratings(incident),
        *(Contribution(said.at, Measure.ESCALATED) for said in incident.said if said.step >= LADDER),
    ]


def _waits(incident: Incident) -> Iterator[Contribution]:
    if incident.acknowledged_at is not None:
        yield Contribution(incident.acknowledged_at, Measure.ACKNOWLEDGED)
        yield _timed(incident, Timing.ACKNOWLEDGE, incident.acknowledged_at)
    if incident.assigned_at is not None:
        yield Contribution(incident.assigned_at, Measure.ASSIGNED)
        yield _timed(incident, Timing.ASSIGN, incident.assigned_at)


def _timed(incident: Incident, timing: Timing, at: Instant) -> Contribution:
    """Return the time since the report; another service's clock may be behind, and then it is none."""
    return Contribution(at, timing, max(0, at - incident.reported_at))


_ENDINGS = {
    State.CANCELLED: Measure.CANCELLED,
    State.REJECTED: Measure.REJECTED,
    State.MERGED: Measure.MERGED,
}


def _endings(incident: Incident) -> Iterator[Contribution]:
    at = incident.closed_at
    if at is None:
        return
    if incident.state is not State.RESOLVED:
        yield Contribution(at, _ENDINGS[incident.state])
        return
    yield Contribution(at, Measure.RESOLVED)
    yield Contribution(at, Measure.ON_TIME if incident.on_time else Measure.LATE)
    yield _timed(incident, Timing.HANDLING, at)
    if incident.worked is not None:
        yield Contribution(at, Timing.WORKING, incident.worked)
    # QD 766: the satisfaction rate leaves out those dissatisfied or late, each counted once.
    if not incident.on_time or incident.satisfaction is Satisfaction.NOT_SATISFIED:
        yield Contribution(at, Measure.NOT_GOOD)


def _ratings(incident: Incident) -> Iterator[Contribution]:
    at = incident.rated_at
    if at is None:
        return
    yield Contribution(at, Measure.RATED)
    if incident.score is not None:
        yield Contribution(at, Measure.SCORE, incident.score)
    if incident.satisfaction is Satisfaction.NOT_SATISFIED:
        yield Contribution(at, Measure.DISSATISFIED)


Who = tuple[str, str, str]


def who(incident: Incident) -> Who:
    """Return the service, unit and ward an incident's contributions are counted under."""
    return (incident.service, incident.unit or "", incident.ward or "")


class Changed(NamedTuple):
    """One contribution to add (sign 1) or take back (sign -1), and under whom."""

    who: Who
    contribution: Contribution
    sign: int


def difference(old: Incident | None, new: Incident | None) -> Iterator[Changed]:
    """Yield what leads from the contributions of the old state to those of the new."""
    if old is not None and new is not None and _counted(old) == _counted(new):
        return
    before = contributions(old) if old is not None else []
    after = contributions(new) if new is not None else []
    under, over = who(old) if old is not None else ("", "", ""), who(new) if new is not None else ("", "", "")
    if under == over:
        shared = _common(before, after)
        before, after = before[shared:], after[shared:]
    for contribution in before:
        yield Changed(under, contribution, -1)
    for contribution in after:
        yield Changed(over, contribution, 1)


_counted = attrgetter(
    *("state", "service", "unit", "ward", "reported_at", "acknowledged_at", "assigned_at", "closed_at", "on_time"),
    *("worked", "reopened_at", "rated_at", "score", "satisfaction", "said"),
)
"""All of an incident that its contributions are made of: most events change none of it."""


def _common(before: list[Contribution], after: list[Contribution]) -> int:
    """Return how many contributions the two lists begin with in common."""
    length = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        length += 1
    return length


class Windows(Struct, frozen=True):
    """Cuts time into the base windows; days are those of the city's own time zone."""

    zone: str

    def cells(self, changed: Changed, horizon: Instant) -> Iterable[Cell]:
        """Return the windows a contribution belongs to; minutes before the horizon are no longer kept."""
        at = changed.contribution.at
        day = Cell(Span.DAY, self.day_start(at), *changed.who)
        if at < horizon:
            return (day,)
        return (Cell(Span.MINUTE, at - at % MINUTE, *changed.who), day)

    def day_start(self, at: Instant) -> Instant:
        """Return the first instant of the local day `at` falls in."""
        return _day_start(self.zone, at // (15 * MINUTE))


@lru_cache(maxsize=100_000)
def _day_start(zone: str, quarter: int) -> Instant:
    """Zones shift by quarters of an hour at the finest, so one answer serves a whole quarter."""
    moment = datetime.fromtimestamp(quarter * 15 * 60, ZoneInfo(zone))
    return round((moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)).timestamp() * 1000)


def next_day(zone: str, day_start: Instant) -> Instant:
    """Return the first instant of the following local day."""
    moment = datetime.fromtimestamp(day_start / 1000, ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=1)
    return round(moment.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def encode_key(partition: int, cell: Cell) -> bytes:
    """Return the key of a window's record: the partition is part of it, since each partition keeps its own sums."""
    return msgspec.json.encode((partition, *cell))


_decode_key = msgspec.json.Decoder(tuple[int, Span, int, str, str, str]).decode


def decode_key(key: bytes) -> tuple[int, Cell]:
    """Return the partition and the window of a record's key."""
    partition, span, start, service, unit, ward = _decode_key(key)
    return partition, Cell(span, start, service, unit, ward)
