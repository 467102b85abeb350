"""Aggregates: the counts and durations of a window of time, which can be added up and subtracted again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, field

from ioc.core.scalars import FigureKey
from ioc.core.times import DAY, MINUTE, Instant
from ioc.figures.counts import in_order, tally, tally_all
from ioc.figures.sketch import Sketch

# Minute windows serve the live views; after this long only the day windows remain (ms).
MINUTE_RETENTION = 3 * DAY


class WindowSize(StrEnum):
    """The sizes of the two base windows; every longer period is a sum of them."""

    MINUTE = "minute"
    DAY = "day"


class Cell(NamedTuple):
    """The key of one aggregate: a window, and the service, unit and ward. `start` is its first instant (ms, UTC)."""

    span: WindowSize
    start: Instant
    service: str
    unit: str
    ward: str


class Measure(StrEnum):
    """What is counted; docs/figures.md says what each means. New members are added at the end."""

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
    OPEN = "open"
    OVERDUE = "overdue"
    COMPLAINED = "complained"
    NOT_SATISFIED = "not_satisfied"
    SCORED = "scored"
    LADDER_1 = "ladder_1"
    LADDER_2 = "ladder_2"
    LADDER_3 = "ladder_3"
    LADDER_4 = "ladder_4"
    LADDER_5 = "ladder_5"
    LADDER_6 = "ladder_6"
    LADDER_7 = "ladder_7"
    LADDER_8 = "ladder_8"
    LADDER_9 = "ladder_9"
    RAISED_1 = "raised_1"
    RAISED_2 = "raised_2"
    RAISED_3 = "raised_3"
    RAISED_4 = "raised_4"
    RAISED_5 = "raised_5"
    RAISED_6 = "raised_6"
    RAISED_7 = "raised_7"
    RAISED_8 = "raised_8"
    RAISED_9 = "raised_9"
    TICKETS = "tickets"
    TICKETS_CALLED = "tickets_called"
    TICKETS_SERVED = "tickets_served"
    TICKETS_LEFT = "tickets_left"
    DOCUMENTS_RECEIVED = "documents_received"
    DOCUMENTS_SIGNED = "documents_signed"
    DOCUMENTS_SENT = "documents_sent"
    DOCUMENTS_SENT_SIGNED = "documents_sent_signed"
    ANSWERS = "answers"
    ANSWERS_SATISFIED = "answers_satisfied"
    ANSWERS_ACCEPTED = "answers_accepted"
    ANSWERS_NOT_SATISFIED = "answers_not_satisfied"
    ANSWERS_SCORED = "answers_scored"
    ANSWERS_SCORE = "answers_score"
    DOSSIERS = "dossiers"
    DOSSIERS_ONLINE = "dossiers_online"
    DOSSIERS_FULL = "dossiers_full"
    DOSSIERS_FULL_ONLINE = "dossiers_full_online"
    DOSSIERS_PARTIAL = "dossiers_partial"
    DOSSIERS_PARTIAL_ONLINE = "dossiers_partial_online"
    DIRECTIVES = "directives"
    DIRECTIVES_ACKNOWLEDGED = "directives_acknowledged"
    DIRECTIVES_DONE = "directives_done"
    DIRECTIVES_ON_TIME = "directives_on_time"
    DIRECTIVES_LATE = "directives_late"


LEVELS = range(1, 10)
ESCALATED_TO = {level: Measure(f"ladder_{level}") for level in LEVELS}
RAISED_TO = {level: Measure(f"raised_{level}") for level in LEVELS}
NET = frozenset({Measure.OPEN, Measure.OVERDUE})
"""Arrivals minus departures: their sum over all windows up to an instant is how many there were at it."""
ANNOUNCED = frozenset({Measure.ESCALATED, Measure.OVERDUE, *ESCALATED_TO.values()})
"""These depend on when ticks fired escalations, which the log does not show in operation on the wall clock."""


class Timing(StrEnum):
    """The durations that are measured (ms).

    Incidents: from the report to the solution in wall and in working time, to the acknowledgement, to the assignment.
    Tickets: from the issue to the call, and from the call to the end of the service.
    Directives: until a unit acknowledges one, and until it reports it done.
    """

    HANDLING = "handling"
    WORKING = "working"
    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    WAITING = "waiting"
    SERVING = "serving"
    DIRECTIVE_ACKNOWLEDGE = "directive_acknowledge"
    DIRECTIVE_DONE = "directive_done"


Contribution = tuple[Instant, Measure | Timing, int]
"""What an incident or an item adds to the windows around an instant: instant, measure, and how much (durations: ms)."""


ContributionsByKey = Mapping[FigureKey, list[Contribution]]
"""Everything that one state adds, by the service, unit and ward it counts under."""


class Aggregate(Struct, omit_defaults=True, gc=False):
    """The counts and the sketches of durations of one window. Adding is commutative, and can be undone."""

    counts: dict[Measure, int] = field(default_factory=dict)
    timings: dict[Timing, Sketch] = field(default_factory=dict)

    def add(self, metric: Measure | Timing, value: int, sign: int = 1) -> None:
        """Add a contribution, or subtract it with sign -1."""
        if isinstance(metric, Timing):
            self._time(metric, value, sign)
        else:
            tally(self.counts, metric, sign * value)

    def _time(self, timing: Timing, value: int, sign: int) -> None:
        sketch = self.timings.get(timing)
        if sketch is None:
            sketch = self.timings[timing] = Sketch()
        sketch.add(value, sign)
        if sketch.empty:
            del self.timings[timing]

    def merge(self, other: "Aggregate", sign: int = 1) -> None:
        """Add all of another window, or subtract it with sign -1."""
        tally_all(self.counts, other.counts, sign)
        for timing, sketch in other.timings.items():
            own = self.timings.get(timing)
            if own is None:
                own = self.timings[timing] = Sketch()
            own.merge(sketch, sign)
            if own.empty:
                del self.timings[timing]

    def plus(self, other: "Aggregate") -> "Aggregate":
        """Return the sum of both. A sketch that does not change is shared."""
        changing = {timing: self.timings[timing].copy() for timing in other.timings if timing in self.timings}
        total = Aggregate(self.counts.copy(), self.timings | changing)
        total.merge(other)
        return total

    def in_order(self) -> "Aggregate":
        """Return the same with sorted keys, so that its bytes do not depend on the order of the additions."""
        timings = {timing: sketch.in_order() for timing, sketch in in_order(self.timings).items()}
        return Aggregate(in_order(self.counts), timings)

    def copy(self) -> "Aggregate":
        """Return a copy that can be changed without touching this one."""
        return Aggregate(dict(self.counts), {timing: sketch.copy() for timing, sketch in self.timings.items()})

    def count(self, measure: Measure) -> int:
        """Return the count of a measure in the window."""
        return self.counts.get(measure, 0)

    @property
    def empty(self) -> bool:
        """True when everything that was added has been subtracted again."""
        return not self.counts and not self.timings


class LocalDays(Struct, frozen=True):
    """The day windows: days in the city's own time zone."""

    zone: str

    def day_start(self, at: Instant) -> Instant:
        """Return the first instant of the local day that `at` falls in."""
        return _day_start(self.zone, at // (15 * MINUTE))


@lru_cache(maxsize=100_000)
def _day_start(zone: str, quarter: int) -> Instant:
    """Offsets of time zones change by whole quarters of an hour, so one answer serves a whole quarter."""
    moment = datetime.fromtimestamp(quarter * 15 * 60, ZoneInfo(zone))
    return round((moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)).timestamp() * 1000)


def next_day(zone: str, day_start: Instant) -> Instant:
    """Return the first instant of the following local day."""
    moment = datetime.fromtimestamp(day_start / 1000, ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=1)
    return round(moment.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def encode_key(partition: int, cell: Cell) -> bytes:
    """Return the key of a window's record. The partition is in it, because each partition keeps sums of its own."""
    return _encode_key((partition, *cell))


_encode_key = msgspec.json.Encoder().encode
_decode_key = msgspec.json.Decoder(tuple[int, WindowSize, int, str, str, str]).decode


def decode_key(key: bytes) -> tuple[int, Cell]:
    """Return the partition and the window that a record's key names."""
    partition, span, start, service, unit, ward = _decode_key(key)
    return partition, Cell(span, start, service, unit, ward)
