"""The pipeline's clock as the API knows it: the wall's in operation, the events' own in a replay.

Heartbeats come once a second. Between two of them an event clock is carried on at the speed seen so far.
"""

from collections import deque
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ioc.core.records import ClockKind
from ioc.core.times import SECOND, Instant, Millis
from ioc.processors.serde import Heartbeat

# Beyond this silence an event clock stands still rather than run away on a guess.
CARRIED_ON_FOR = 2 * SECOND
SPEED_OVER = 10 * SECOND
# Readings nearer to each other than this say little about speed.
APART = SECOND // 2


class Reading(NamedTuple):
    """The pipeline's clock at a moment of the wall's."""

    at: Instant
    clock: Instant


class PipelineClock:
    """Estimates now and speed from heartbeats. `wall` gives the wall's time in ms."""

    def __init__(self, wall: Callable[[], Instant]) -> None:
        self.wall = wall
        self.kind = ClockKind.WALL
        self._readings: deque[Reading] = deque()

    def hear(self, beat: Heartbeat) -> None:
        """Take in a heartbeat; those older than what is known change nothing but the highest clock."""
        latest = self._readings[-1] if self._readings else None
        if latest is None or beat.at >= latest.at:
            self.kind = ClockKind(beat.clock_kind)
        at = max(beat.at, latest.at) if latest else beat.at
        clock = max(beat.clock, latest.clock) if latest else beat.clock
        if len(self._readings) > 1 and at - self._readings[-2].at < APART:
            self._readings.pop()
        self._readings.append(Reading(at, clock))
        while self._readings[0].at < at - SPEED_OVER and len(self._readings) > 2:
            self._readings.popleft()

    @property
    def by_events(self) -> bool:
        """True in a replay or demo, where time is the events' own."""
        return self.kind is ClockKind.EVENT and bool(self._readings)

    @property
    def speed(self) -> float:
        """How many seconds of the pipeline pass in one of the wall: none once silence stops the clock."""
        return 0.0 if self.by_events and self._silence() > CARRIED_ON_FOR else self._pace

    @property
    def _pace(self) -> float:
        """The speed while heartbeats came.

        It is the median over the last seconds: the jump at the start of a replay, when days pass at once, is no speed.
        """
        if not self.by_events:
            return 1.0
        steps = [(b.clock - a.clock) / (b.at - a.at) for a, b in pairwise(self._readings) if b.at - a.at >= APART]
        return median(steps) if len(steps) > 2 else 1.0

    def now(self) -> Instant:
        """Return the pipeline's present moment."""
        if not self.by_events:
            return self.wall()
        last = self._readings[-1]
        return last.clock + round(min(self._silence(), CARRIED_ON_FOR) * self._pace)

    def at(self, wall: Instant) -> Instant:
        """Return what the pipeline's clock showed at a past moment of the wall's."""
        if not self.by_events:
            return wall
        last = self._readings[-1]
        return last.clock - round(max(0, last.at - wall) * self._pace)

    def _silence(self) -> Millis:
        return max(0, self.wall() - self._readings[-1].at)
