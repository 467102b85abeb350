"""What stood open at the ends of days: the sum of what came and went before, kept by service, unit and ward."""

from collections import Counter
from collections.abc import Mapping

from ioc.core.scalars import FigureKey
from ioc.core.times import Instant
from ioc.figures.aggregates import NET, Aggregate, Cell, Measure

Net = Mapping[tuple[FigureKey, Measure], int]
_Change = dict[tuple[FigureKey, Measure], int]

# So many ends of days are kept once they have been asked for.
_KEPT = 64


class Standing:
    """The net counts of days. A sum is worked out from the nearest one known, until a day before it changes."""

    def __init__(self) -> None:
        self._days: dict[Instant, Counter[tuple[FigureKey, Measure]]] = {}
        self._before: dict[Instant, Counter[tuple[FigureKey, Measure]]] = {}

    def change(self, cell: Cell, old: Aggregate | None, new: Aggregate | None) -> None:
        """Take over that a part of a day is another now."""
        changed = {measure: _count(new, measure) - _count(old, measure) for measure in NET}
        if not any(changed.values()):
            return
        who = (cell.service, cell.unit, cell.ward)
        self._days.setdefault(cell.start, Counter()).update({(who, m): n for m, n in changed.items() if n})
        self._before = {end: sums for end, sums in self._before.items() if end <= cell.start}

    def before(self, end: Instant) -> Net:
        """Return the sums of all days that start before a moment. Not to be changed."""
        if end not in self._before:
            since = max((known for known in self._before if known < end), default=0)
            sums = Counter(self._before.get(since))
            for start, day in self._days.items():
                if since <= start < end:
                    sums.update(day)
            while len(self._before) >= _KEPT:
                del self._before[min(self._before)]
            self._before[end] = sums
        return self._before[end]


def _count(part: Aggregate | None, measure: Measure) -> int:
    return 0 if part is None else part.count(measure)
