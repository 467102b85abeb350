"""Comparing what a fold of the log makes with what was found. Pure: differences in, words out.

The words name keys, places and fields, never what a record says of an incident or a person.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol

from msgspec.structs import replace

from console.verify.snapshot import IncidentMotion, IncidentOutput, IncidentSnapshot, Inspection, RefusedRecord
from ioc.core.records import Position
from ioc.figures.aggregates import ANNOUNCED, Aggregate, Cell
from ioc.incident.facts import Fact, Kind
from ioc.incident.state import Incident

_TIMED = {Kind.WARNED, Kind.BREACHED, Kind.ESCALATED}


def incident_differences(
    expected: IncidentOutput, motion: IncidentMotion, found: IncidentSnapshot, inspection: Inspection
) -> Iterator[str]:
    """Yield every difference between what was found and what was expected, leaving out what is in motion."""
    by_wall = inspection.by_wall
    number = found.partition
    yield from (f"{place} is not of the streams' making" for place in found.unreadable)
    yield from compare("incident", _states(expected, by_wall), _states(found, by_wall), motion.incidents)
    yield from compare("item", expected.items, found.items, motion.items)
    yield from compare("window", _windows(expected, by_wall), _windows(found, by_wall), motion.windows)
    yield from _repeated("fact", (fact.id for fact in found.facts))
    yield from compare_additions("fact", *(_facts(one, by_wall) for one in (expected, motion, found)))
    yield from (f"fact {fact.id} came before its due" for fact in found.facts if _too_early(fact))
    yield from _repeated("dead letter", (f"{number}:{offset}" for offset, _ in found.dead_letters))
    yield from compare_additions("dead letter", *(refused_by_place(one, number) for one in (expected, motion, found)))
    yield from compare("reporter of", expected.reporters, found.reporters, motion.reporters)
    yield from compare(f"position of partition {number}:", _numbers(expected.position), _numbers(found.position))
    yield from compare(f"later position of partition {number}:", _numbers(motion.position), _numbers(found.later))


def compare(
    what: str, expected: Mapping[Any, Any], found: Mapping[Any, Any], apart: Collection[Any] = ()
) -> Iterator[str]:
    """Yield which keys are missing, too many or differ, and in what fields; those `apart` are not looked at."""
    for key in (expected.keys() | found.keys()) - set(apart):
        if key not in found:
            yield f"{what} {_name(key)} is missing"
        elif key not in expected:
            yield f"{what} {_name(key)} should not be there"
        elif expected[key] != found[key]:
            yield f"{what} {_name(key)} differs{_fields(expected[key], found[key])}"


def _name(key: object) -> str:
    return "/".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _fields(one: object, other: object) -> str:
    names = getattr(one, "__struct_fields__", ())
    differing = [name for name in names if getattr(one, name) != getattr(other, name)]
    return f" in {', '.join(differing)}" if differing else ""


def is_timed(fact: Fact) -> bool:
    """True of the announcement of a deadline. People escalate too, and that has a cause."""
    return fact.kind in _TIMED and fact.cause is None


def without_announced(window: Aggregate) -> Aggregate:
    """Return a window without the counts that depend on when ticks ran."""
    told = window.copy()
    for measure in ANNOUNCED:
        told.counts.pop(measure, None)
    return told


def _states(written: IncidentOutput, by_wall: bool) -> Mapping[str, Incident]:
    if not by_wall:
        return written.incidents
    return {id: _untimed(state) for id, state in written.incidents.items()}


def _untimed(state: Incident) -> Incident:
    return replace(state, said=(), reminded=(), sent=(), next_at=None, version=0)


def _windows(written: IncidentOutput, by_wall: bool) -> Mapping[Cell, Aggregate]:
    told = {cell: without_announced(window) if by_wall else window for cell, window in written.windows.items()}
    return {cell: window for cell, window in told.items() if not window.empty}


def _repeated(what: str, keys: Iterable[str]) -> Iterator[str]:
    yield from (f"{what} {key} was written {times} times" for key, times in Counter(keys).items() if times > 1)


_ByName = Mapping[str, Any]


def compare_additions(what: str, expected: _ByName, between: _ByName, found: _ByName) -> Iterator[str]:
    """Yield the differences of what is never changed: what came between the two positions may be there or not."""
    yield from compare(what, {**between, **expected}, found, between.keys() - expected.keys() - found.keys())


def _facts(written: IncidentOutput | IncidentMotion, by_wall: bool) -> _ByName:
    told = ((fact.id, _as_recomputed(fact) if by_wall else fact) for fact in written.facts)
    return {id: fact for id, fact in told if fact is not None}


class HoldsRefused(Protocol):
    """What refuses records: it has, or is to have, dead letters."""

    dead_letters: list[RefusedRecord]


def refused_by_place(refusing: HoldsRefused, partition: int) -> _ByName:
    """Return dead letters by the place of the record that was refused."""
    return {f"{partition}:{offset}": content for offset, content in refusing.dead_letters}


def _as_recomputed(fact: Fact) -> Fact | None:
    """Return what a recomputation can tell of a fact when ticks announce the deadlines; None when nothing."""
    if is_timed(fact):
        return None
    if fact.kind is not Kind.CORRECTED:
        return fact
    changes = {name: change for name, change in (fact.changes or {}).items() if name != "not_breached"}
    return replace(fact, changes=changes) if changes else None


def _too_early(fact: Fact) -> bool:
    return fact.kind is Kind.BREACHED and fact.due is not None and fact.at <= fact.due


def _numbers(position: Position) -> Mapping[str, Any]:
    """Return what the log tells of a position: not its editions. What was refused lately an engineer can reset."""
    told = set(position.__struct_fields__) - {"recent", "editions"}
    return {name: getattr(position, name) for name in told}
