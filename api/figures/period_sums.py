"""The figures of any period, of the whole city or by service, unit or ward.

What stood open at the end of a period is the sum of all that came and went by the next midnight, less what came and
went after the end: those minutes are the ones still kept.
"""

import asyncio
from collections.abc import Iterator
from time import monotonic
from typing import NamedTuple

from api.figures.periods import BaseWindow, Period, base_windows
from api.figures.scope import FigureScope
from api.http.json import Json
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from ioc.core.scalars import FigureKey
from ioc.core.times import Instant, to_rfc3339
from ioc.figures import formulas
from ioc.figures.aggregates import NET, Aggregate, LocalDays, Measure, next_day
from ioc.figures.sums import Sums

# After this long (s) one answer lets others run.
_MAX_TURN = 0.02


class PeriodSums(NamedTuple):
    """The sums of a period: of all that was asked for, and of each group."""

    total: Sums
    groups: dict[str, Sums]


class _Summation:
    """Adds up the figures of a scope, in total and by group."""

    def __init__(self, model: ReadModel, scope: FigureScope) -> None:
        self.model = model
        self.scope = scope
        self.result = PeriodSums(self._new_sums(), {})
        self._sums: dict[FigureKey, list[Sums]] = {}

    def _new_sums(self) -> Sums:
        return Sums(self.model.catalogue.baselines)

    def _sums_of(self, key: FigureKey) -> list[Sums]:
        """Return the sums that the figures under a key are added to."""
        if key not in self._sums:
            self._sums[key] = list(self._find_sums(key))
        return self._sums[key]

    def _find_sums(self, key: FigureKey) -> Iterator[Sums]:
        if self.scope.includes(key, self.model.catalogue):
            yield self.result.total
            for code in self.scope.groups(key, self.model.catalogue):
                yield self.result.groups.setdefault(code, self._new_sums())

    def add_window(self, window: BaseWindow) -> None:
        """Add a window of the period."""
        for key, aggregate in self._aggregates(window):
            for sums in self._sums_of(key):
                sums.add_window(key[0], aggregate)

    def add_standing(self, midnight: Instant, windows: list[BaseWindow]) -> None:
        """Add what stood open at a midnight, less what came and went in the windows before it."""
        for (key, measure), count in self.model.aggregates.open_before(midnight).items():
            self._add_standing(key, measure, count)
        for window in windows:
            for key, aggregate in self._aggregates(window):
                for measure in NET & aggregate.counts.keys():
                    self._add_standing(key, measure, -aggregate.count(measure))

    def _add_standing(self, key: FigureKey, measure: Measure, count: int) -> None:
        if count:
            for sums in self._sums_of(key):
                sums.add_standing(measure, count)

    def _aggregates(self, window: BaseWindow) -> Iterator[tuple[FigureKey, Aggregate]]:
        for cell, aggregate in self.model.aggregates.cells_of(window.size, window.start):
            yield (cell.service, cell.unit, cell.ward), aggregate


async def period_sums(model: ReadModel, period: Period, scope: FigureScope) -> PeriodSums:
    """Return the sums of a period; long ones let other requests run in between. Raises TooOld."""
    zone, now = model.catalogue.zone, model.now()
    midnight = next_day(zone, LocalDays(zone).day_start(period.end - 1))
    windows = list(base_windows(*period, zone, now))
    windows_after = list(base_windows(period.end, midnight, zone, now))
    summation, turn_start = _Summation(model, scope), monotonic()
    for window in windows:
        summation.add_window(window)
        if monotonic() - turn_start > _MAX_TURN:
            await asyncio.sleep(0)
            turn_start = monotonic()
    summation.add_standing(midnight, windows_after)
    return summation.result


async def period_figures(model: ReadModel, period: Period, scope: FigureScope) -> Json:
    """Return the figures of a period, in total and of each group that was asked for. Raises TooOld."""
    sums = await period_sums(model, period, scope)
    return {
        "from": to_rfc3339(period.start),
        "to": to_rfc3339(period.end),
        **freshness(model).fields,
        "by": scope.by,
        "total": formulas.figures_of(sums.total),
        "groups": {code: formulas.figures_of(sums.groups[code]) for code in sorted(sums.groups)},
    }
