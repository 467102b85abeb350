"""Which minute windows of a partition are kept, so that those too old are found without looking at all."""

from heapq import heappop, heappush

from ioc.core.times import Instant
from ioc.figures.aggregates import Cell, WindowSize


class MinuteIndex:
    """Which minute windows are kept, by their start, so that the oldest are found without looking at all."""

    def __init__(self) -> None:
        self._cells: dict[Instant, set[Cell]] = {}
        self._starts: list[Instant] = []

    def add(self, cell: Cell) -> None:
        """Keep a window in mind; day windows are none of its business."""
        if cell.span is not WindowSize.MINUTE:
            return
        if cell.start not in self._cells:
            self._cells[cell.start] = set()
            heappush(self._starts, cell.start)
        self._cells[cell.start].add(cell)

    def drop(self, cell: Cell) -> None:
        """Forget a window that was let go of."""
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
