"""Windows of counts and durations that can be added up, and taken apart again: what the figures are made of."""

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

# Minute windows serve the live views; after this long only the day windows are kept.
MINUTE_RETENTION = 3 * DAY


class WindowSize(StrEnum):
    """The two base windows; every longer view is a sum of them."""

    MINUTE = "minute"
    DAY = "day"


class Cell(NamedTuple):
    """The key of one aggregate: a window and whom it is about. `start` is its first instant (ms, UTC)."""

    span: WindowSize
    start: Instant
    service: str
    unit: str
    ward: str


class Measure(StrEnum):
    """What is counted. What each means is told in docs/figures.md. New ones are added at the end."""

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
"""These count comings less goings: summed over all windows up to a moment they tell what stood at it."""
ANNOUNCED = frozenset({Measure.ESCALATED, Measure.OVERDUE, *ESCALATED_TO.values()})
"""These hang on what ticks announced, at moments that no log tells when the wall's clock rules."""


class Timing(StrEnum):
    """What is timed (ms).

    Of incidents: to the solution in wall and in working time, to the acknowledgement, to the assignment.
    Of tickets: from the issue to the call, and from the call until it was served.
    Of directives: until a unit acknowledged one, and until it reported it done.
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
"""What an incident or an item adds to the windows around a moment: when, of what, and how much (a duration in ms)."""


ContributionsByKey = Mapping[FigureKey, list[Contribution]]
"""All that one state adds, by whom it is counted under."""


class Aggregate(Struct, omit_defaults=True, gc=False):
    """One window's counts and sketches of durations. Adding is commutative, and can be undone."""

    counts: dict[Measure, int] = field(default_factory=dict)
    timings: dict[Timing, Sketch] = field(default_factory=dict)

    def add(self, what: Measure | Timing, value: int, sign: int = 1) -> None:
        """Add what something contributes, or take it back with sign -1."""
        if isinstance(what, Timing):
            self._time(what, value, sign)
        else:
            tally(self.counts, what, sign * value)

    def _time(self, timing: Timing, value: int, sign: int) -> None:
        sketch = self.timings.get(timing)
        if sketch is None:
            sketch = self.timings[timing] = Sketch()
        sketch.add(value, sign)
        if sketch.empty:
            del self.timings[timing]

    def merge(self, other: "Aggregate", sign: int = 1) -> None:
        """Add all of another window, or with sign -1 take it out again."""
        tally_all(self.counts, other.counts, sign)
        for timing, sketch in other.timings.items():
            known = self.timings.get(timing)
            if known is None:
                known = self.timings[timing] = Sketch()
            known.merge(sketch, sign)
            if known.empty:
                del self.timings[timing]

    def plus(self, other: "Aggregate") -> "Aggregate":
        """Return the sum of both. A sketch that stays as it is is shared."""
        changing = {timing: self.timings[timing].copy() for timing in other.timings if timing in self.timings}
        total = Aggregate(self.counts.copy(), self.timings | changing)
        total.merge(other)
        return total

    def in_order(self) -> "Aggregate":
        """Return the same in the one order its bytes have, however it came about."""
        timings = {timing: sketch.in_order() for timing, sketch in in_order(self.timings).items()}
        return Aggregate(in_order(self.counts), timings)

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


class LocalDays(Struct, frozen=True):
    """Cuts time into the base windows; days are those of the city's own time zone."""

    zone: str

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
    return _encode_key((partition, *cell))


_encode_key = msgspec.json.Encoder().encode
_decode_key = msgspec.json.Decoder(tuple[int, WindowSize, int, str, str, str]).decode


def decode_key(key: bytes) -> tuple[int, Cell]:
    """Return the partition and the window of a record's key."""
    partition, span, start, service, unit, ward = _decode_key(key)
    return partition, Cell(span, start, service, unit, ward)
