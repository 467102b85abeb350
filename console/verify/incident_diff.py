"""Comparing what was found of the incidents with what the log makes of them. Pure: in words as `diff`.

With the wall's clock a log does not tell when ticks announced a deadline, so what hangs on that is left out here;
`invariants` holds it against itself.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import fields, replace

from console.verify.diff import (
    ByName,
    compare,
    compare_additions,
    foreign_records,
    refused_by_place,
    repetitions,
)
from console.verify.inspection import Inspection
from console.verify.outputs import IncidentMotion, IncidentOutput
from console.verify.snapshot import IncidentRecords, IncidentSnapshot
from ioc.core.records import Position
from ioc.figures.aggregates import ANNOUNCED, Aggregate, Cell
from ioc.incident.facts import Fact, FactKind
from ioc.incident.state import Incident

_DEADLINE_KINDS = {FactKind.WARNED, FactKind.BREACHED, FactKind.ESCALATED}


def incident_differences(
    expected: IncidentOutput, motion: IncidentMotion, snapshot: IncidentSnapshot, inspection: Inspection
) -> Iterator[str]:
    """Yield every difference between what was found and what was expected, leaving out what is in motion."""
    by_wall, number = inspection.by_wall, snapshot.partition
    yield from foreign_records(snapshot.unreadable)
    yield from _state_differences(expected, motion, snapshot, by_wall)
    yield from repetitions("fact", (fact.id for fact in snapshot.facts))
    yield from compare_additions("fact", *(_facts(side.facts, by_wall) for side in (expected, motion, snapshot)))
    yield from (f"fact {fact.id} came before its due" for fact in snapshot.facts if _is_too_early(fact))
    yield from repetitions("dead letter", (f"{number}:{offset}" for offset, _ in snapshot.dead_letters))
    yield from compare_additions(
        "dead letter", *(refused_by_place(side, number) for side in (expected, motion, snapshot))
    )
    yield from compare("reporter of", expected.reporters, snapshot.reporters, motion.reporters)
    yield from compare(f"position of partition {number}:", _counts(expected.position), _counts(snapshot.position))
    yield from compare(f"later position of partition {number}:", _counts(motion.position), _counts(snapshot.later))


def _state_differences(
    expected: IncidentOutput, motion: IncidentMotion, snapshot: IncidentSnapshot, by_wall: bool
) -> Iterator[str]:
    yield from compare("incident", _states(expected, by_wall), _states(snapshot, by_wall), motion.incidents)
    yield from compare("item", expected.items, snapshot.items, motion.items)
    yield from compare("window", _windows(expected, by_wall), _windows(snapshot, by_wall), motion.windows)


def is_deadline_fact(fact: Fact) -> bool:
    """True of the announcement of a deadline. People escalate too, and that has a cause."""
    return fact.kind in _DEADLINE_KINDS and fact.cause is None


def without_announced(window: Aggregate) -> Aggregate:
    """Return a window without the counts that depend on when ticks ran."""
    rest = window.copy()
    for measure in ANNOUNCED:
        rest.counts.pop(measure, None)
    return rest


def _states(records: IncidentRecords, by_wall: bool) -> Mapping[str, Incident]:
    if not by_wall:
        return records.incidents
    return {incident_id: _without_announcements(state) for incident_id, state in records.incidents.items()}


def _without_announcements(state: Incident) -> Incident:
    return replace(state, fired_steps=(), fired_reminders=(), sent=(), next_at=None, version=0)


def _windows(records: IncidentRecords, by_wall: bool) -> Mapping[Cell, Aggregate]:
    windows = {cell: without_announced(window) if by_wall else window for cell, window in records.windows.items()}
    return {cell: window for cell, window in windows.items() if not window.empty}


def _facts(facts: list[Fact], by_wall: bool) -> ByName:
    comparable = ((fact.id, _as_recomputed(fact) if by_wall else fact) for fact in facts)
    return {fact_id: fact for fact_id, fact in comparable if fact is not None}


def _as_recomputed(fact: Fact) -> Fact | None:
    """Return what a recomputation can tell of a fact when ticks announce the deadlines; None when nothing."""
    if is_deadline_fact(fact):
        return None
    if fact.kind is not FactKind.CORRECTED:
        return fact
    changes = {name: change for name, change in (fact.changes or {}).items() if name != "not_breached"}
    return replace(fact, changes=changes) if changes else None


def _is_too_early(fact: Fact) -> bool:
    return fact.kind is FactKind.BREACHED and fact.due is not None and fact.at <= fact.due


def _counts(position: Position) -> ByName:
    """Return what the log tells of a position: not its editions, nor what was refused lately: engineers reset that."""
    compared = (field for field in fields(position) if field.encode_name not in ("recent", "editions"))
    return {field.encode_name: getattr(position, field.name) for field in compared}
