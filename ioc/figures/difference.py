"""What a slice adds to the windows and takes back: gathered by minute, then added to each window at once."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from ioc.figures.aggregates import Aggregate, Cell, Contribution, Counted, Who, Windows
from ioc.times import MINUTE, Instant


class Difference:
    """What leads from old states to new, by who it is counted under and by minute; what cancels out touches nothing."""

    def __init__(self) -> None:
        self._minutes: dict[Who, dict[Instant, Aggregate]] = {}

    def move(self, old: Counted, new: Counted) -> None:
        """Take in what leads from what a state added to what it adds now."""
        for who, before in old.items():
            after = new.get(who, ())
            same = _alike(before, after)
            self._add(who, before[same:], -1)
            self._add(who, after[same:], 1)
        for who, after in new.items():
            if who not in old:
                self._add(who, after, 1)

    def _add(self, who: Who, contributions: Sequence[Contribution], sign: int) -> None:
        if not contributions:
            return
        minutes = self._minutes.setdefault(who, {})
        for at, what, value in contributions:
            minute = at - at % MINUTE
            sums = minutes.get(minute)
            if sums is None:
                sums = minutes[minute] = Aggregate()
            sums.add(what, value, sign)

    def added(self, kept: Mapping[Cell, Aggregate], cut: Windows, horizon: Instant) -> dict[Cell, Aggregate]:
        """Return the windows that change, each with what came about in it; those kept stay as they are.

        Minute windows that begin before the horizon are left out.
        """
        changed: dict[Cell, Aggregate] = {}
        for who, minute, sums in self._all():
            for cell in cut.cells(who, minute, horizon):
                window = changed.get(cell)
                if window is None:
                    known = kept.get(cell)
                    window = changed[cell] = known.copy() if known is not None else Aggregate()
                window.merge(sums)
        return changed

    def _all(self) -> Iterator[tuple[Who, Instant, Aggregate]]:
        for who, minutes in self._minutes.items():
            for minute, sums in minutes.items():
                if not sums.empty:
                    yield who, minute, sums


def _alike(before: Sequence[Contribution], after: Sequence[Contribution]) -> int:
    """Return how many contributions both begin with: most of what a state adds it has added before."""
    for same, (one, other) in enumerate(zip_longest(before, after)):
        if one != other:
            return same
    return len(before)
