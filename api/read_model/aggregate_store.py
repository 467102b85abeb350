"""The aggregates of all partitions, merged by window when asked for."""

from collections.abc import Iterator, Mapping

from api.read_model.balances import Net, Standing
from ioc.core.times import Instant
from ioc.figures.aggregates import Aggregate, Cell, WindowSize

Key = tuple[int, Cell]
_Window = tuple[WindowSize, Instant]


class Windows:
    """Aggregates by the start of their window. A sum that was asked for is kept, and follows when its parts change."""

    def __init__(self) -> None:
        self._parts: dict[_Window, dict[Key, Aggregate]] = {}
        self._sums: dict[_Window, dict[str, Aggregate]] = {}
        self._standing = Standing()

    def put(self, partition: int, cell: Cell, aggregate: Aggregate | None) -> None:
        """Take over one partition's aggregate of a window; None lets go of it."""
        window = (cell.span, cell.start)
        parts = self._parts.setdefault(window, {})
        old = parts.pop((partition, cell), None)
        if aggregate is not None:
            parts[partition, cell] = aggregate
        self._correct(window, cell.service, old, aggregate)
        if cell.span is WindowSize.DAY:
            self._standing.change(cell, old, aggregate)
        if not parts:
            del self._parts[window]
            self._sums.pop(window, None)

    def _correct(self, window: _Window, service: str, old: Aggregate | None, new: Aggregate | None) -> None:
        sums = self._sums.get(window)
        if sums is None:
            return
        total = sums.setdefault(service, Aggregate())
        if old is not None:
            total.merge(old, -1)
        if new is not None:
            total.merge(new)

    def sums_of(self, span: WindowSize, start: Instant) -> Mapping[str, Aggregate]:
        """Return the sums over partitions, units and wards by service. Not to be changed."""
        window = (span, start)
        parts = self._parts.get(window)
        if not parts:
            return {}
        if window not in self._sums:
            sums = self._sums[window] = {}
            for (_, cell), part in parts.items():
                sums.setdefault(cell.service, Aggregate()).merge(part)
        return self._sums[window]

    def parts_of(self, span: WindowSize, start: Instant) -> Iterator[tuple[Cell, Aggregate]]:
        """Yield the parts of a window: one for each partition, service, unit and ward. Not to be changed."""
        for (_, cell), aggregate in self._parts.get((span, start), {}).items():
            yield cell, aggregate

    def standing_before(self, day: Instant) -> Net:
        """Return what stood open when a day began, by service, unit and ward. Not to be changed."""
        return self._standing.before(day)
