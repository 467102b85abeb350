"""The deadlines of one partition, soonest first. Nothing is ever removed from the middle: what is stale is skipped."""

from heapq import heapify, heappop, heappush
from typing import NamedTuple

from ioc.times import Instant

_SLACK = 1000


class Timer(NamedTuple):
    """When the next step of an incident's deadlines is to be announced."""

    at: Instant
    incident: str


class Timers:
    """A heap with one live timer an incident; the live one is the one last set."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._live: dict[str, Instant] = {}

    def __len__(self) -> int:
        return len(self._live)

    def set(self, incident: str, at: Instant | None) -> None:
        """Set, move or (with None) cancel the timer of an incident."""
        if self._live.get(incident) == at:
            return
        if at is None:
            del self._live[incident]
            return
        self._live[incident] = at
        heappush(self._heap, Timer(at, incident))
        if len(self._heap) > 2 * len(self._live) + _SLACK:
            self._heap = [Timer(at, incident) for incident, at in self._live.items()]
            heapify(self._heap)

    def soonest(self) -> Instant | None:
        """Return when the first timer is due; None when there is none."""
        while self._heap and self._live.get(self._heap[0].incident) != self._heap[0].at:
            heappop(self._heap)
        return self._heap[0].at if self._heap else None

    def take(self, now: Instant) -> Timer | None:
        """Take out and return the first timer that is due at `now`; None when none is."""
        soonest = self.soonest()
        if soonest is None or soonest > now:
            return None
        timer = heappop(self._heap)
        del self._live[timer.incident]
        return timer
