"""The timers of one partition, soonest first.

Only those that come next are sorted, in a heap. All others wait in a plain table, so that a million of them take little
memory and moving one costs next to nothing. Nothing is ever removed from the middle of the heap: stale entries are
skipped when they come up.
"""

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from ioc.core.times import Instant

_SLACK = 1000
_SAMPLE = 1000
# The share of the timers that is sorted at a time, as a divisor: so large a share that all are seldom looked through.
_SORTED_SHARE = 8


class Timer(NamedTuple):
    """A timer of an incident, an item, a sensor or a cluster; `key` is its id, `at` when it is due (ms)."""

    at: Instant
    key: str


class Timers:
    """At most one timer a key: the one set last. `initial` timers are set at once."""

    def __init__(self, initial: Mapping[str, Instant] | Iterable[tuple[str, Instant]] = ()) -> None:
        self._live: dict[str, Instant] = dict(initial)
        self._heap: list[tuple[Instant, str]] = []  # of plain tuples, which the garbage collector need not walk
        self._sorted_to: Instant = -1  # every live timer up to this moment is in the heap

    def __len__(self) -> int:
        return len(self._live)

    def set(self, key: str, at: Instant | None) -> None:
        """Set, move or (with None) cancel the timer of a key."""
        if self._live.get(key) == at:
            return
        if at is None:
            del self._live[key]
            return
        self._live[key] = at
        if at <= self._sorted_to:
            heappush(self._heap, (at, key))
            if len(self._heap) > 2 * len(self._live) + _SLACK:
                self._sort_next()

    def soonest(self) -> Instant | None:
        """Return when the first timer is due; None when there is none."""
        heap = self._heap
        while heap and self._live.get(heap[0][1]) != heap[0][0]:
            heappop(heap)
        if not heap and self._live:
            self._sort_next()
        return self._heap[0][0] if self._heap else None

    def _sort_next(self) -> None:
        """Sort the timers that come next. Their end is estimated from a sample: it need not be exact."""
        sample = sorted(list(self._live.values())[:: len(self._live) // _SAMPLE + 1])
        end = self._sorted_to = sample[len(sample) // _SORTED_SHARE]
        self._heap = [(at, key) for key, at in self._live.items() if at <= end]
        heapify(self._heap)

    def take(self, now: Instant) -> Timer | None:
        """Remove and return the first timer that is due at `now`; None when none is."""
        soonest = self.soonest()
        if soonest is None or soonest > now:
            return None
        at, key = heappop(self._heap)
        del self._live[key]
        return Timer(at, key)
