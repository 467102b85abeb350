"""Comparing what a fold of the log makes with what was written. Pure: differences in, words out."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from ioc.aggregates import Aggregate, Cell, Measure
from ioc.facts import Fact, Kind
from ioc.incident import Incident
from ioc.shard import ClockKind, Position

DeadLetter = tuple[int, bytes | None, bytes | None]
# Facts the timers make. In operation the wall clock says when, so a recomputation from the log cannot.
TIMED = {Kind.WARNED, Kind.BREACHED, Kind.ESCALATED}


@dataclass
class Written:
    """All that one partition's fold has written."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    windows: dict[Cell, Aggregate] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    position: Position = field(default_factory=Position)


def differences(expected: Written, found: Written, position: Position, clock: ClockKind) -> list[str]:
    """Return every difference, in words."""
    by_wall = clock is ClockKind.WALL
    return [
        *_unequal("incident", _states(expected, by_wall), _states(found, by_wall)),
        *_unequal("window", _windows(expected, by_wall), _windows(found, by_wall)),
        *_facts(expected.facts, found.facts, by_wall),
        *_unequal("dead letter", _letters(expected), _letters(found)),
        *_unequal("position", _numbers(expected.position), _numbers(position)),
    ]


def _states(written: Written, by_wall: bool) -> Mapping[str, Incident]:
    if not by_wall:
        return written.incidents
    return {id: replace(state, said=(), next_at=None, version=0) for id, state in written.incidents.items()}


def _windows(written: Written, by_wall: bool) -> Mapping[Cell, Aggregate]:
    kept = {}
    for cell, window in written.windows.items():
        told = window.copy()
        if by_wall:
            told.counts.pop(Measure.ESCALATED, None)
        if not told.empty:
            kept[cell] = told
    return kept


def _letters(written: Written) -> Mapping[Any, int]:
    return Counter(written.dead_letters)


def _numbers(position: Position) -> Mapping[str, int]:
    return {name: getattr(position, name) for name in position.__struct_fields__}


def _facts(expected: list[Fact], found: list[Fact], by_wall: bool) -> Iterator[str]:
    """Every fact once; those of timers are compared with the recomputation only when the events' clock made them."""
    counted = Counter(fact.id for fact in found)
    yield from (f"fact {id} was written {count} times" for id, count in counted.items() if count > 1)
    yield from _unequal("fact", _comparable(expected, by_wall), _comparable(found, by_wall))
    yield from (f"fact {fact.id} came before its due" for fact in found if _too_early(fact))


def _comparable(facts: list[Fact], by_wall: bool) -> Mapping[str, Fact]:
    return {fact.id: fact for fact in facts if not (by_wall and fact.kind in TIMED and fact.cause is None)}


def _too_early(fact: Fact) -> bool:
    return fact.kind is Kind.BREACHED and fact.due is not None and fact.at <= fact.due


def _unequal(what: str, expected: Mapping[Any, Any], found: Mapping[Any, Any]) -> Iterator[str]:
    for key in expected.keys() - found.keys():
        yield f"{what} {key} is missing"
    for key in found.keys() - expected.keys():
        yield f"{what} {key} should not be there"
    for key in expected.keys() & found.keys():
        if expected[key] != found[key]:
            yield f"{what} {key} differs"
