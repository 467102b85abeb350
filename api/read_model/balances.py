"""What was open at the ends of days: the sum of all that came and went before, by service, unit and ward."""

from collections import Counter
from collections.abc import Mapping

from ioc.core.scalars import FigureKey
from ioc.core.times import Instant
from ioc.figures.aggregates import NET, Aggregate, Cell, Measure

# Net counts by service, unit and ward, and by what is counted.
OpenBalance = Mapping[tuple[FigureKey, Measure], int]

# The balances of this many ends of days are kept once they were asked for.
_MAX_KEPT = 64


class OpenBalances:
    """The net counts of days. A balance is summed from the latest one before it that is kept.

    Kept balances are forgotten when a day before them changes.
    """

    def __init__(self) -> None:
        self._days: dict[Instant, Counter[tuple[FigureKey, Measure]]] = {}
        self._balances: dict[Instant, Counter[tuple[FigureKey, Measure]]] = {}

    def change(self, cell: Cell, before: Aggregate | None, after: Aggregate | None) -> None:
        """Take over that the aggregate of a cell of a day was replaced by another."""
        changes = {measure: _count(after, measure) - _count(before, measure) for measure in NET}
        if not any(changes.values()):
            return
        key = (cell.service, cell.unit, cell.ward)
        day = self._days.setdefault(cell.start, Counter())
        day.update({(key, measure): change for measure, change in changes.items() if change})
        self._balances = {end: balance for end, balance in self._balances.items() if end <= cell.start}

    def before(self, end: Instant) -> OpenBalance:
        """Return the sums of all days that start before an instant. Not to be changed."""
        if end not in self._balances:
            last = max((earlier for earlier in self._balances if earlier < end), default=0)
            balance = Counter(self._balances.get(last))
            for start, day in self._days.items():
                if last <= start < end:
                    balance.update(day)
            while len(self._balances) >= _MAX_KEPT:
                del self._balances[min(self._balances)]
            self._balances[end] = balance
        return self._balances[end]


def _count(aggregate: Aggregate | None, measure: Measure) -> int:
    return 0 if aggregate is None else aggregate.count(measure)
