"""The figures of any stretch of time, of the whole city or by service, unit or ward.

A period is a sum of base windows: whole local days, and minutes for what is left of a day at its ends. Minutes are kept
for three days, so what lies further back begins and ends at midnight. What stood open at its end is the sum of all that
came and went by the next midnight, less what came and went after the end: those minutes are the ones still kept.
"""

import asyncio
from collections.abc import Iterator
from enum import StrEnum
from time import monotonic
from typing import NamedTuple

from msgspec import Struct

from api.http.json import Json
from api.read_model.freshness import freshness
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import FigureKey
from ioc.core.times import HOUR, MINUTE, Instant, to_rfc3339
from ioc.figures import formulas
from ioc.figures.aggregates import MINUTE_RETENTION, NET, Aggregate, Measure, WindowSize, next_day
from ioc.figures.aggregates import LocalDays as Cut
from ioc.figures.sums import Sums

# So long one answer may hold up all others (s).
_TURN = 0.02


class By(StrEnum):
    """Along which side figures are told apart."""

    SERVICE = "service"
    UNIT = "unit"
    WARD = "ward"


class View(StrEnum):
    """A period that ends now."""

    LAST_HOUR = "last_hour"
    TODAY = "today"
    SHIFT = "shift"


class Scope(Struct, frozen=True):
    """Whose figures are wanted: only the named service, unit and ward when given, and along which side.

    `below`: a unit's figures hold those of the units below it.
    """

    service: str | None = None
    unit: str | None = None
    ward: str | None = None
    below: bool = False
    by: By | None = None

    def holds(self, who: FigureKey, catalogue: Catalogue) -> bool:
        """True when what is counted under these names is asked for."""
        service, unit, ward = who
        if self.unit is not None and self.unit not in self._units(unit, catalogue):
            return False
        return self.service in (None, service) and self.ward in (None, ward)

    def groups(self, who: FigureKey, catalogue: Catalogue) -> Iterator[str]:
        """Yield the codes under which something is told apart."""
        match self.by:
            case By.SERVICE:
                yield who[0]
            case By.UNIT:
                yield from self._units(who[1], catalogue)
            case By.WARD:
                yield who[2]

    def _units(self, unit: str, catalogue: Catalogue) -> Iterator[str]:
        return catalogue.above(unit) if self.below else iter((unit,))


class Period(NamedTuple):
    """From `start` up to `end` (ms), both on a whole minute."""

    start: Instant
    end: Instant


class Window(NamedTuple):
    """One base window by its first instant."""

    span: WindowSize
    start: Instant


class TooOld(ValueError):
    """A period that begins or ends within a day whose minutes are no longer kept."""


class NobodyOnDuty(ValueError):
    """This shift is asked for between shifts."""


def period_of(view: View, catalogue: Catalogue, now: Instant) -> Period:
    """Return the period of a view, up to the end of the running minute. Raises NobodyOnDuty."""
    end = now - now % MINUTE + MINUTE
    match view:
        case View.LAST_HOUR:
            return Period(end - HOUR, end)
        case View.TODAY:
            return Period(Cut(catalogue.zone).day_start(now), end)
        case View.SHIFT:
            shift = catalogue.shift_at(now)
            if shift is None:
                raise NobodyOnDuty("no shift is on duty")
            return Period(shift.start, end)


def windows_of(start: Instant, end: Instant, zone: str, now: Instant) -> Iterator[Window]:
    """Yield the base windows that make up a stretch of time. Raises TooOld."""
    cut = Cut(zone)
    at = start
    while at < end:
        after = next_day(zone, cut.day_start(at))
        if at == cut.day_start(at) and after <= end:
            yield Window(WindowSize.DAY, at)
        elif at < now - MINUTE_RETENTION:
            raise TooOld("minutes are kept for three days: further back a period begins and ends at midnight")
        else:
            yield from (Window(WindowSize.MINUTE, minute) for minute in range(at, min(after, end), MINUTE))
        at = after


class Told(NamedTuple):
    """The sums of a period: of all that was asked for, and of each group in it."""

    total: Sums
    groups: dict[str, Sums]


class _Sorter:
    """Adds up what is asked for, in all and by group."""

    def __init__(self, model: ReadModel, scope: Scope) -> None:
        self.model = model
        self.scope = scope
        self.told = Told(self._sums(), {})
        self._known: dict[FigureKey, list[Sums]] = {}

    def _sums(self) -> Sums:
        return Sums(self.model.catalogue.baselines)

    def _of(self, who: FigureKey) -> list[Sums]:
        """Return the sums that take what is counted under these names."""
        if who not in self._known:
            catalogue = self.model.catalogue
            wanted = self.scope.holds(who, catalogue)
            codes = self.scope.groups(who, catalogue) if wanted else ()
            groups = [self.told.groups.setdefault(code, self._sums()) for code in codes]
            self._known[who] = [self.told.total, *groups] if wanted else []
        return self._known[who]

    def take(self, window: Window) -> None:
        """Add a window of the period."""
        for who, part in self._parts(window):
            for sums in self._of(who):
                sums.add_window(who[0], part)

    def stand(self, midnight: Instant, after: list[Window]) -> None:
        """Add what stood open at a midnight, less what came and went in the windows before it."""
        for (who, measure), count in self.model.windows.standing_before(midnight).items():
            self._stand(who, measure, count)
        for window in after:
            for who, part in self._parts(window):
                for measure in NET & part.counts.keys():
                    self._stand(who, measure, -part.count(measure))

    def _stand(self, who: FigureKey, measure: Measure, count: int) -> None:
        if count:
            for sums in self._of(who):
                sums.add_standing(measure, count)

    def _parts(self, window: Window) -> Iterator[tuple[FigureKey, Aggregate]]:
        for cell, part in self.model.windows.parts_of(window.span, window.start):
            yield (cell.service, cell.unit, cell.ward), part


async def sums_of(model: ReadModel, period: Period, scope: Scope) -> Told:
    """Return the sums of a period. Long ones let others have their turn. Raises TooOld."""
    zone, now = model.catalogue.zone, model.now()
    midnight = next_day(zone, Cut(zone).day_start(period.end - 1))
    windows = list(windows_of(*period, zone, now))
    after = list(windows_of(period.end, midnight, zone, now))
    sorter, turn = _Sorter(model, scope), monotonic()
    for window in windows:
        sorter.take(window)
        if monotonic() - turn > _TURN:
            await asyncio.sleep(0)
            turn = monotonic()
    sorter.stand(midnight, after)
    return sorter.told


async def figures_of(model: ReadModel, period: Period, scope: Scope) -> Json:
    """Return the figures of a period, and when asked those of each service, unit or ward in it. Raises TooOld."""
    sums = await sums_of(model, period, scope)
    fresh = freshness(model)
    return {
        "from": to_rfc3339(period.start),
        "to": to_rfc3339(period.end),
        "as_of": to_rfc3339(fresh.shown_as_of),
        "stale": fresh.stale,
        "by": scope.by,
        "total": formulas.figures_of(sums.total),
        "groups": {code: formulas.figures_of(sums.groups[code]) for code in sorted(sums.groups)},
    }
