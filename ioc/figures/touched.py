"""The windows that a slice of records touches: each is copied once, and what came about is added to the copy."""

from collections.abc import Iterable, Mapping

from ioc.figures.aggregates import Aggregate, Cell, Changed, Span, Who, Windows
from ioc.times import Instant


class Touched:
    """The windows changed so far; those kept stay as they are. Windows are told apart as `windows` has it."""

    def __init__(self, windows: Windows, kept: Mapping[Cell, Aggregate], changed: dict[Cell, Aggregate]) -> None:
        self._windows = windows
        self._kept = kept
        self._changed = changed

    def add(self, changes: Iterable[Changed], horizon: Instant) -> None:
        """Add what came about to every window it lies in; minute windows before the horizon are left out."""
        found: dict[tuple[Who, Instant], list[Aggregate]] = {}  # much comes about at one moment
        for changed in changes:
            place = (changed.who, changed.contribution.at)
            if place not in found:
                found[place] = [self._window(cell) for cell in self._windows.cells(changed, horizon)]
            for window in found[place]:
                window.add(changed.contribution, changed.sign)

    def _window(self, cell: Cell) -> Aggregate:
        if cell not in self._changed:
            known = self._kept.get(cell)
            self._changed[cell] = known.copy() if known is not None else Aggregate()
        return self._changed[cell]

    def drop_before(self, horizon: Instant) -> list[Cell]:
        """Drop the minute windows that start before the horizon; return those that were not kept either."""
        past = [cell for cell in self._changed if cell.span is Span.MINUTE and cell.start < horizon]
        for cell in past:
            del self._changed[cell]
        return [cell for cell in past if cell not in self._kept]
