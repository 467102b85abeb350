"""Checking what was found against itself: whatever was announced has left its traces everywhere.

With the wall's clock a fold of the log cannot tell when ticks announced a deadline. But each announcement stands in the
state, in one fact and in the counts of the windows, all written in one transaction. Pure: in words as `diff`.
"""

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from console.verify.diff import compare
from console.verify.incident_diff import is_deadline_fact, without_announced
from console.verify.inspection import Inspection
from console.verify.outputs import IncidentMotion
from console.verify.snapshot import IncidentSnapshot
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import FigureKey
from ioc.core.times import Instant
from ioc.figures.aggregates import Aggregate, Cell, LocalDays, WindowSize
from ioc.figures.contributions import contributions_of, figure_key
from ioc.figures.delta import Delta
from ioc.figures.item_contributions import ITEM_MEASURES
from ioc.incident.directive import FiredReminder
from ioc.incident.facts import FactKind
from ioc.incident.fired_step import FiredStep
from ioc.incident.state import Incident
from ioc.sla.escalation_steps import fact_kind
from ioc.sla.scheduled_events import next_at

_NEVER: Instant = sys.maxsize

_Announcement = tuple[FactKind, int, Instant | None, Instant]
"""Of what kind, at what level, for which due and when."""


def broken_invariants(
    snapshot: IncidentSnapshot, motion: IncidentMotion, inspection: Inspection, catalogue: Catalogue
) -> Iterator[str]:
    """Yield where states, facts and windows do not agree, leaving out what is in motion."""
    fresh = inspection.fresh(snapshot.touched)
    yield from _announcement_differences(snapshot, fresh | motion.incidents)
    yield from _missed_deadlines(snapshot, inspection, catalogue)
    yield from _day_differences(snapshot, motion, fresh, catalogue.zone)


def _announcement_differences(snapshot: IncidentSnapshot, skipped: Collection[str]) -> Iterator[str]:
    facts = {
        fact.id: (fact.kind, fact.level, fact.due, fact.at)
        for fact in snapshot.facts
        if is_deadline_fact(fact) and fact.incident not in skipped
    }
    states = (state for incident_id, state in snapshot.incidents.items() if incident_id not in skipped)
    announcements = [announcement for state in states for announcement in _announcements(state)]
    counts = Counter(fact_id for fact_id, _ in announcements)
    yield from (f"announcement {fact_id} was said {times} times" for fact_id, times in counts.items() if times > 1)
    yield from compare("the fact of announcement", dict(announcements), facts)


def _announcements(state: Incident) -> Iterator[tuple[str, _Announcement]]:
    """Yield what was announced of an incident, by the id of the fact that tells it."""
    steps: Iterator[FiredStep | FiredReminder] = chain(state.fired_steps, state.fired_reminders)
    for step in steps:
        yield step.fact_id(state.id), (fact_kind(step.step), step.level, step.due, step.at)


def _missed_deadlines(snapshot: IncidentSnapshot, inspection: Inspection, catalogue: Catalogue) -> Iterator[str]:
    for incident_id, state in snapshot.incidents.items():
        if state.next_at != next_at(state, catalogue):
            yield f"incident {incident_id} does not wait for its next deadline"
        if inspection.is_forgotten(state.next_at, snapshot.touched.get(incident_id, 0)):
            yield f"incident {incident_id} has a deadline that passed and was never announced"


def _day_differences(
    snapshot: IncidentSnapshot, motion: IncidentMotion, fresh: Collection[str], zone: str
) -> Iterator[str]:
    """Compare the day windows with the sum of what the states contribute to them.

    What items contributed is left out: of those of earlier days there is no state any more.
    """
    moving = _moving_keys(snapshot, motion, fresh) if fresh else set()
    days = {cell: _of_incidents(window) for cell, window in snapshot.windows.items() if cell.span is WindowSize.DAY}
    expected, actual = (_comparable(windows, moving) for windows in (_day_sums(snapshot, zone), days))
    yield from compare("summed over the states, window", expected, actual, motion.windows)


def _of_incidents(window: Aggregate) -> Aggregate:
    counts = {measure: count for measure, count in window.counts.items() if measure not in ITEM_MEASURES}
    return Aggregate(
        counts, {timing: sketch for timing, sketch in window.timings.items() if timing not in ITEM_MEASURES}
    )


def _moving_keys(snapshot: IncidentSnapshot, motion: IncidentMotion, fresh: Collection[str]) -> set[FigureKey]:
    """Return under whom announcements may have been counted again while windows and states were read."""
    states = (snapshot.incidents[incident_id] for incident_id in fresh if incident_id in snapshot.incidents)
    return {*map(figure_key, states), *map(_figure_key_of, motion.windows)}


def _figure_key_of(cell: Cell) -> FigureKey:
    return cell.service, cell.unit, cell.ward


def _day_sums(snapshot: IncidentSnapshot, zone: str) -> Mapping[Cell, Aggregate]:
    delta = Delta()
    for state in snapshot.incidents.values():
        delta.move({}, contributions_of(state))
    days = delta.updated_windows({}, LocalDays(zone), horizon=_NEVER)  # so: days only
    return {cell: window for cell, window in days.items() if window is not None}


def _comparable(windows: Mapping[Cell, Aggregate], moving: Collection[FigureKey]) -> Mapping[Cell, Aggregate]:
    settled = {
        cell: without_announced(window) if _figure_key_of(cell) in moving else window
        for cell, window in windows.items()
    }
    return {cell: window for cell, window in settled.items() if not window.empty}
