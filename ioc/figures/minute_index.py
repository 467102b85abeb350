"""An index of a partition's minute windows by their start, so that the expired ones are found without a scan."""

from heapq import heappop, heappush

from ioc.core.times import Instant
from ioc.figures.aggregates import Cell, WindowSize


class MinuteIndex:
    """The minute windows of a partition by their start; a heap of the starts makes the oldest cheap to find."""

    def __init__(self) -> None:
        self._cells: dict[Instant, set[Cell]] = {}
        self._starts: list[Instant] = []

    def add(self, cell: Cell) -> None:
        """Add a window; day windows are ignored."""
        if cell.span is not WindowSize.MINUTE:
            return
        if cell.start not in self._cells:
            self._cells[cell.start] = set()
            heappush(self._starts, cell.start)
        self._cells[cell.start].add(cell)

    def drop(self, cell: Cell) -> None:
        """Remove a window that was deleted."""
        if cell.span is not WindowSize.MINUTE or cell.start not in self._cells:
            return
        self._cells[cell.start].discard(cell)
        if not self._cells[cell.start]:
            del self._cells[cell.start]
        while self._starts and self._starts[0] not in self._cells:
            heappop(self._starts)

    def before(self, horizon: Instant) -> list[Cell]:
        """Return the windows that start before the horizon."""
        if not self._starts or self._starts[0] >= horizon:
            return []
        return [cell for start, cells in self._cells.items() if start < horizon for cell in cells]
