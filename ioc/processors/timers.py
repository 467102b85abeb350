"""The deadlines of one partition, soonest first.

Only those that come next are sorted, in a heap; all others wait in a plain table, so that a million of them take little
memory and moving one costs next to nothing. Nothing is ever removed from the heap's middle: what is stale is skipped.
"""

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from ioc.core.times import Instant

_SLACK = 1000
_SAMPLE = 1000
# So large a part of the timers is sorted at a time: looking through all of them is then seldom needed.
_PART = 8


class Timer(NamedTuple):
    """When the next step of an incident's deadlines is to be announced."""

    at: Instant
    incident: str


class Timers:
    """One timer an incident: the one last set. Those given at the beginning are set at once."""

    def __init__(self, given: Mapping[str, Instant] | Iterable[tuple[str, Instant]] = ()) -> None:
        self._live: dict[str, Instant] = dict(given)
        self._heap: list[tuple[Instant, str]] = []  # of plain tuples, which the garbage collector need not walk
        self._sorted_to: Instant = -1  # every live timer up to this moment is in the heap

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
        if at <= self._sorted_to:
            heappush(self._heap, (at, incident))
            if len(self._heap) > 2 * len(self._live) + _SLACK:
                self._look_ahead()

    def soonest(self) -> Instant | None:
        """Return when the first timer is due; None when there is none."""
        heap = self._heap
        while heap and self._live.get(heap[0][1]) != heap[0][0]:
            heappop(heap)
        if not heap and self._live:
            self._look_ahead()
        return self._heap[0][0] if self._heap else None

    def _look_ahead(self) -> None:
        """Sort those that come next. Where they end is told from a sample: it need not be exact."""
        sample = sorted(list(self._live.values())[:: len(self._live) // _SAMPLE + 1])
        until = self._sorted_to = sample[len(sample) // _PART]
        self._heap = [(at, incident) for incident, at in self._live.items() if at <= until]
        heapify(self._heap)

    def take(self, now: Instant) -> Timer | None:
        """Take out and return the first timer that is due at `now`; None when none is."""
        soonest = self.soonest()
        if soonest is None or soonest > now:
            return None
        at, incident = heappop(self._heap)
        del self._live[incident]
        return Timer(at, incident)
