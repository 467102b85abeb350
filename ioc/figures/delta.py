"""What a slice changes in the windows: collected by minute first, then added to each window once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from ioc.core.scalars import FigureKey
from ioc.core.times import MINUTE, Instant
from ioc.figures.aggregates import Aggregate, Cell, Contribution, ContributionsByKey, LocalDays, WindowSize


class Delta:
    """The difference between old states and new, by service, unit and ward, and by minute; what cancels out is 0."""

    def __init__(self) -> None:
        self._minutes: defaultdict[FigureKey, defaultdict[Instant, Aggregate]] = defaultdict(
            lambda: defaultdict(Aggregate)
        )

    def move(self, old: ContributionsByKey, new: ContributionsByKey) -> None:
        """Replace what a state contributed by what it contributes now."""
        for key, before in old.items():
            after = new.get(key, [])
            if before != after:
                same = _common_prefix(before, after)
                self._add(key, before[same:], -1)
                self._add(key, after[same:], 1)
        for key, after in new.items():
            if key not in old:
                self._add(key, after, 1)

    def _add(self, key: FigureKey, contributions: list[Contribution], sign: int) -> None:
        if contributions:
            minutes = self._minutes[key]
            for at, metric, value in contributions:
                minutes[at - at % MINUTE].add(metric, value, sign)

    def updated_windows(
        self, current: Mapping[Cell, Aggregate], days: LocalDays, horizon: Instant
    ) -> dict[Cell, Aggregate | None]:
        """Return the windows that change with their new values, None where nothing is left; `current` is not changed.

        Minute windows that begin before the horizon are left out.
        """
        changed: dict[Cell, Aggregate | None] = {}
        for cell, sums in self._sums(days, horizon):
            if not sums.empty:
                stored = current.get(cell)
                window = sums if stored is None else stored.plus(sums)
                changed[cell] = None if window.empty else window.in_order()
        return changed

    def _sums(self, local_days: LocalDays, horizon: Instant) -> Iterator[tuple[Cell, Aggregate]]:
        for key, minutes in self._minutes.items():
            days: defaultdict[Instant, Aggregate] = defaultdict(Aggregate)
            for minute, sums in minutes.items():
                days[local_days.day_start(minute)].merge(sums)
                if minute >= horizon:
                    yield Cell(WindowSize.MINUTE, minute, *key), sums
            for day, sums in days.items():
                yield Cell(WindowSize.DAY, day, *key), sums


def _common_prefix(before: list[Contribution], after: list[Contribution]) -> int:
    """Return how many contributions both lists begin with: a state keeps most of what it contributed before."""
    if after[: len(before)] == before:
        return len(before)
    return next(index for index, (old, new) in enumerate(zip_longest(before, after)) if old != new)
