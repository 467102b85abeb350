"""Checking what was found against itself: whatever was announced has left its traces everywhere.

With the wall's clock a fold of the log cannot tell when ticks announced a deadline. But each announcement is said in
the state, told by one fact and counted in the windows, all in one transaction. Pure: in words as in `compare`.
"""

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from console.verify.diff import compare, is_timed, without_announced
from console.verify.snapshot import IncidentMotion, IncidentSnapshot, Inspection
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import FigureKey
from ioc.core.times import Instant
from ioc.figures.aggregates import Aggregate, Cell, LocalDays, WindowSize
from ioc.figures.contributions import contributions_of, figure_key
from ioc.figures.delta import Delta
from ioc.figures.item_contributions import ITEM_MEASURES
from ioc.incident.directive import Reminded
from ioc.incident.facts import Kind
from ioc.incident.state import BREACHED, WARNED, FiredStep, Incident
from ioc.sla.scheduled_events import next_at

_NEVER: Instant = sys.maxsize
_KINDS = {WARNED: Kind.WARNED, BREACHED: Kind.BREACHED}


def broken_invariants(
    found: IncidentSnapshot, motion: IncidentMotion, inspection: Inspection, catalogue: Catalogue
) -> Iterator[str]:
    """Yield where states, facts and windows do not tell the same, leaving out what is in motion."""
    fresh = inspection.fresh(found)
    yield from _announcements(found, fresh | motion.incidents)
    yield from _deadlines(found, inspection, catalogue)
    yield from _days(found, motion, fresh, catalogue.zone)


_Announced = tuple[Kind, int, Instant | None, Instant]
"""Of what kind, at what level, for which due and when."""


def _announcements(found: IncidentSnapshot, apart: Collection[str]) -> Iterator[str]:
    told = {
        fact.id: (fact.kind, fact.level, fact.due, fact.at)
        for fact in found.facts
        if is_timed(fact) and fact.incident not in apart
    }
    states = (state for id, state in found.incidents.items() if id not in apart)
    said = [pair for state in states for pair in _said(state)]
    yield from (f"announcement {id} was said {n} times" for id, n in Counter(id for id, _ in said).items() if n > 1)
    yield from compare("the fact of announcement", dict(said), told)


def _said(state: Incident) -> Iterator[tuple[str, _Announced]]:
    """Yield what was announced of an incident, by the id of the fact that tells it."""
    yield from ((said.fact_id(state.id), _announced(said)) for said in state.fired_steps)
    yield from ((said.fact_id(state.id), _announced(said)) for said in state.fired_reminders)


def _announced(said: FiredStep | Reminded) -> _Announced:
    return _KINDS.get(said.step, Kind.ESCALATED), said.level, said.due, said.at


def _deadlines(found: IncidentSnapshot, inspection: Inspection, catalogue: Catalogue) -> Iterator[str]:
    for id, state in found.incidents.items():
        if state.next_at != next_at(state, catalogue):
            yield f"incident {id} does not wait for its next deadline"
        if inspection.forgotten(state.next_at, found.touched.get(id, 0)):
            yield f"incident {id} has a deadline that passed and was never announced"


def _days(found: IncidentSnapshot, motion: IncidentMotion, fresh: Collection[str], zone: str) -> Iterator[str]:
    """Compare the day windows with the sum of what the states contribute to them.

    What items contributed is left out: of those of earlier days there is no state any more.
    """
    moved = _moved(found, motion, fresh) if fresh else set()
    days = {cell: _of_incidents(window) for cell, window in found.windows.items() if cell.span is WindowSize.DAY}
    expected, there = (_settled(windows, moved) for windows in (_sums(found, zone), days))
    yield from compare("summed over the states, window", expected, there, motion.windows)


def _of_incidents(window: Aggregate) -> Aggregate:
    counts = {what: count for what, count in window.counts.items() if what not in ITEM_MEASURES}
    return Aggregate(counts, {what: sketch for what, sketch in window.timings.items() if what not in ITEM_MEASURES})


def _moved(found: IncidentSnapshot, motion: IncidentMotion, fresh: Collection[str]) -> set[FigureKey]:
    """Return under whom announcements may have been counted anew while windows and states were read."""
    states = (found.incidents[id] for id in fresh if id in found.incidents)
    return set(chain(map(figure_key, states), ((cell.service, cell.unit, cell.ward) for cell in motion.windows)))


def _sums(found: IncidentSnapshot, zone: str) -> Mapping[Cell, Aggregate]:
    difference = Delta()
    for state in found.incidents.values():
        difference.move({}, contributions_of(state))
    days = difference.updated_windows({}, LocalDays(zone), horizon=_NEVER)  # so: days only
    return {cell: window for cell, window in days.items() if window is not None}


def _settled(windows: Mapping[Cell, Aggregate], moved: Collection[FigureKey]) -> Mapping[Cell, Aggregate]:
    told = {
        cell: without_announced(window) if (cell.service, cell.unit, cell.ward) in moved else window
        for cell, window in windows.items()
    }
    return {cell: window for cell, window in told.items() if not window.empty}
