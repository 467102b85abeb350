"""The pipeline's clock as the API knows it: the wall clock in operation, the clock of events in a replay.

Heartbeats come once a second. Between two of them the clock of events runs on at the speed measured so far.
"""

from collections import deque
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ioc.core.records import ClockKind
from ioc.core.times import SECOND, Instant, Millis
from ioc.processors.serde import Heartbeat

# After a longer silence the clock of events stands still rather than run away on a guess.
MAX_EXTRAPOLATION = 2 * SECOND
# The speed is measured over the readings of this long.
SPEED_WINDOW = 10 * SECOND
# Readings that are closer together say little about the speed.
MIN_INTERVAL = SECOND // 2


class ClockReading(NamedTuple):
    """The pipeline's clock at an instant of the wall clock."""

    at: Instant
    clock: Instant


class PipelineClock:
    """Estimates the pipeline's present instant and its speed from heartbeats. `wall` returns the wall clock in ms."""

    def __init__(self, wall: Callable[[], Instant]) -> None:
        self.wall = wall
        self.kind = ClockKind.WALL
        self._readings: deque[ClockReading] = deque()

    def put(self, heartbeat: Heartbeat) -> None:
        """Take over a heartbeat; one older than the latest changes nothing but the highest clock."""
        latest = self._readings[-1] if self._readings else None
        if latest is None or heartbeat.at >= latest.at:
            self.kind = ClockKind(heartbeat.clock_kind)
        at = max(heartbeat.at, latest.at) if latest else heartbeat.at
        clock = max(heartbeat.clock, latest.clock) if latest else heartbeat.clock
        if len(self._readings) > 1 and at - self._readings[-2].at < MIN_INTERVAL:
            self._readings.pop()
        self._readings.append(ClockReading(at, clock))
        while self._readings[0].at < at - SPEED_WINDOW and len(self._readings) > 2:
            self._readings.popleft()

    @property
    def by_events(self) -> bool:
        """True in a replay or demo, where time is the events' own."""
        return self.kind is ClockKind.EVENT and bool(self._readings)

    @property
    def speed(self) -> float:
        """How many seconds of the pipeline pass in a second of the wall clock: 0 once silence stops the clock."""
        return 0.0 if self.by_events and self._silence() > MAX_EXTRAPOLATION else self._measured_speed

    @property
    def _measured_speed(self) -> float:
        """The speed while heartbeats came.

        It is the median over the last seconds: the jump at the start of a replay, when days pass at once, is no speed.
        """
        if not self.by_events:
            return 1.0
        intervals = [(a, b) for a, b in pairwise(self._readings) if b.at - a.at >= MIN_INTERVAL]
        speeds = [(b.clock - a.clock) / (b.at - a.at) for a, b in intervals]
        return median(speeds) if len(speeds) > 2 else 1.0

    def now(self) -> Instant:
        """Return the pipeline's present instant."""
        if not self.by_events:
            return self.wall()
        latest = self._readings[-1]
        return latest.clock + round(min(self._silence(), MAX_EXTRAPOLATION) * self._measured_speed)

    def at(self, wall: Instant) -> Instant:
        """Return what the pipeline's clock showed at a past instant of the wall clock."""
        if not self.by_events:
            return wall
        latest = self._readings[-1]
        return latest.clock - round(max(0, latest.at - wall) * self._measured_speed)

    def _silence(self) -> Millis:
        return max(0, self.wall() - self._readings[-1].at)
