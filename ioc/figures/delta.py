"""What a slice adds to the windows and takes back: gathered by minute, then added to each window at once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from ioc.core.scalars import FigureKey
from ioc.core.times import MINUTE, Instant
from ioc.figures.aggregates import Aggregate, Cell, Contribution, ContributionsByKey, LocalDays, WindowSize


class Delta:
    """What leads from old states to new, by who it is counted under and by minute; what cancels out touches nothing."""

    def __init__(self) -> None:
        self._minutes: defaultdict[FigureKey, defaultdict[Instant, Aggregate]] = defaultdict(
            lambda: defaultdict(Aggregate)
        )

    def move(self, old: ContributionsByKey, new: ContributionsByKey) -> None:
        """Take in what leads from what a state added to what it adds now."""
        for who, before in old.items():
            after = new.get(who, [])
            if before != after:
                same = _alike(before, after)
                self._add(who, before[same:], -1)
                self._add(who, after[same:], 1)
        for who, after in new.items():
            if who not in old:
                self._add(who, after, 1)

    def _add(self, who: FigureKey, contributions: list[Contribution], sign: int) -> None:
        if contributions:
            minutes = self._minutes[who]
            for at, what, value in contributions:
                minutes[at - at % MINUTE].add(what, value, sign)

    def added(self, kept: Mapping[Cell, Aggregate], cut: LocalDays, horizon: Instant) -> dict[Cell, Aggregate | None]:
        """Return the windows that change as they are then, None where nothing is left; those kept stay as they are.

        Minute windows that begin before the horizon are left out.
        """
        changed: dict[Cell, Aggregate | None] = {}
        for cell, sums in self._sums(cut, horizon):
            if not sums.empty:
                known = kept.get(cell)
                window = sums if known is None else known.plus(sums)
                changed[cell] = None if window.empty else window.in_order()
        return changed

    def _sums(self, cut: LocalDays, horizon: Instant) -> Iterator[tuple[Cell, Aggregate]]:
        for who, minutes in self._minutes.items():
            days: defaultdict[Instant, Aggregate] = defaultdict(Aggregate)
            for minute, sums in minutes.items():
                days[cut.day_start(minute)].merge(sums)
                if minute >= horizon:
                    yield Cell(WindowSize.MINUTE, minute, *who), sums
            for day, sums in days.items():
                yield Cell(WindowSize.DAY, day, *who), sums


def _alike(before: list[Contribution], after: list[Contribution]) -> int:
    """Return how many contributions both begin with: most of what a state adds it has added before."""
    if after[: len(before)] == before:
        return len(before)
    return next(place for place, (one, other) in enumerate(zip_longest(before, after)) if one != other)
