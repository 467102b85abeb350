"""The aggregates of all partitions, merged by window when asked for."""

from collections.abc import Iterable, Iterator

from ioc.aggregates import Aggregate, Cell, Span
from ioc.times import Instant

Key = tuple[int, Cell]


class Windows:
    """Aggregates by the start of their window; a sum is worked out once until one of its parts changes."""

    def __init__(self) -> None:
        self._parts: dict[tuple[Span, Instant], dict[Key, Aggregate]] = {}
        self._sums: dict[tuple[Span, Instant], Aggregate] = {}

    def put(self, partition: int, cell: Cell, aggregate: Aggregate | None) -> None:
        """Take over one partition's aggregate of a window; None lets go of it."""
        window = (cell.span, cell.start)
        self._sums.pop(window, None)
        parts = self._parts.setdefault(window, {})
        if aggregate is not None:
            parts[partition, cell] = aggregate
            return
        parts.pop((partition, cell), None)
        if not parts:
            del self._parts[window]

    def sum_of(self, span: Span, start: Instant) -> Aggregate | None:
        """Return the sum over partitions, services, units and wards; None of nothing. Not to be changed."""
        window = (span, start)
        parts = self._parts.get(window)
        if not parts:
            return None
        if window not in self._sums:
            self._sums[window] = added(parts.values())
        return self._sums[window]

    def parts_of(self, span: Span, start: Instant) -> Iterator[tuple[Cell, Aggregate]]:
        """Yield the parts of a window: one for each partition, service, unit and ward. Not to be changed."""
        for (_, cell), aggregate in self._parts.get((span, start), {}).items():
            yield cell, aggregate


def added(parts: Iterable[Aggregate | None]) -> Aggregate:
    """Return a new aggregate that is the sum of the parts."""
    total = Aggregate()
    for part in parts:
        if part is not None:
            total.merge(part)
    return total
