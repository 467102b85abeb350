"""The aggregates of all partitions, merged by window when asked for."""

from collections.abc import Iterator, Mapping

from api.read_model.balances import OpenBalance, OpenBalances
from ioc.core.times import Instant
from ioc.figures.aggregates import Aggregate, Cell, WindowSize

_Window = tuple[WindowSize, Instant]
# A partition and the cell of its aggregate.
_PartitionCell = tuple[int, Cell]


class AggregateStore:
    """Aggregates by the start of their window. A sum is kept once it was asked for, and follows later changes."""

    def __init__(self) -> None:
        self._aggregates: dict[_Window, dict[_PartitionCell, Aggregate]] = {}
        self._sums: dict[_Window, dict[str, Aggregate]] = {}
        self._balances = OpenBalances()

    def put(self, partition: int, cell: Cell, aggregate: Aggregate | None) -> None:
        """Replace one partition's aggregate of a cell; None removes it."""
        window = (cell.span, cell.start)
        aggregates = self._aggregates.setdefault(window, {})
        before = aggregates.pop((partition, cell), None)
        if aggregate is not None:
            aggregates[partition, cell] = aggregate
        self._correct_sum(window, cell.service, before, aggregate)
        if cell.span is WindowSize.DAY:
            self._balances.change(cell, before, aggregate)
        if not aggregates:
            del self._aggregates[window]
            self._sums.pop(window, None)

    def _correct_sum(self, window: _Window, service: str, before: Aggregate | None, after: Aggregate | None) -> None:
        sums = self._sums.get(window)
        if sums is None:
            return
        total = sums.setdefault(service, Aggregate())
        if before is not None:
            total.merge(before, -1)
        if after is not None:
            total.merge(after)

    def sums_of(self, size: WindowSize, start: Instant) -> Mapping[str, Aggregate]:
        """Return the sums of a window over partitions, units and wards, by service. Not to be changed."""
        window = (size, start)
        aggregates = self._aggregates.get(window)
        if not aggregates:
            return {}
        if window not in self._sums:
            sums = self._sums[window] = {}
            for (_, cell), aggregate in aggregates.items():
                sums.setdefault(cell.service, Aggregate()).merge(aggregate)
        return self._sums[window]

    def cells_of(self, size: WindowSize, start: Instant) -> Iterator[tuple[Cell, Aggregate]]:
        """Yield the aggregates of a window: one for each partition, service, unit and ward. Not to be changed."""
        for (_, cell), aggregate in self._aggregates.get((size, start), {}).items():
            yield cell, aggregate

    def open_before(self, day: Instant) -> OpenBalance:
        """Return what was open when a day began, by service, unit and ward. Not to be changed."""
        return self._balances.before(day)
