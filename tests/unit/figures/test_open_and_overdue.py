"""What stood open, and overdue, at any past moment: sums of windows against the events folded only so far."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.sla_policy import Match, OnPriority, SlaPolicy, SlaRule
from ioc.core.records import ClockKind, Record
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import HOUR, Instant
from ioc.decider.decide import decide
from ioc.figures.aggregates import Measure, WindowSize
from ioc.figures.contributions import own_contributions
from ioc.incident.event import Event
from ioc.incident.lifecycle import EventType
from ioc.incident.state import Incident
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from tests.unit.samples import CITY, FIRST_DAY, LATER, LOGS, at, event, processor_of, record

T = at("2026-04-14 08:00")


def read(log: Sequence[Record]) -> list[Event]:
    found = (read_event(one.key, one.value) for one in log)
    return [one for one in found if isinstance(one, Event)]


def states_at(events: Sequence[Event], moment: Instant) -> list[Incident]:
    """Return what the events before a moment, and no others, made of their incidents."""
    states: dict[str, Incident | None] = {}
    for one in sorted(events, key=lambda one: one.time):
        if one.time < moment:
            states[one.incident] = decide(states.get(one.incident), one, LATER, CITY).state
    return [state for state in states.values() if state is not None]


def standing_at(processor: IncidentProcessor, measure: Measure, moment: Instant) -> int:
    """Return the sum of the day windows that begin before a moment, itself the beginning of a day."""
    days = ((cell, window) for cell, window in processor.aggregates.items() if cell.span is WindowSize.DAY)
    return sum(window.count(measure) for cell, window in days if cell.start < moment)


@given(LOGS, st.sampled_from(ClockKind), st.booleans())
def test_open_at_the_end_of_a_day_is_what_the_events_so_far_left_open(
    log: list[Record], clock: ClockKind, ticked: bool
) -> None:
    processor = processor_of(log, clock)
    if ticked:
        processor.apply(processor.tick(LATER, 1000))
    for day in range(8):
        moment = FIRST_DAY + day * 24 * HOUR
        left = sum(state.is_open for state in states_at(read(log), moment))
        assert standing_at(processor, Measure.OPEN, moment) == left


def is_late(state: Incident, moment: Instant) -> bool:
    clock = state.clock(TargetName.RESOLVE)
    return state.is_open and clock is not None and clock.due is not None and clock.due < moment


@given(LOGS, st.sampled_from(ClockKind))
def test_overdue_at_the_end_of_a_day_is_what_the_events_so_far_left_overdue(
    log: list[Record], clock: ClockKind
) -> None:
    """A later change of priority gives another due, and then counts by that one: it is left out here."""
    log = [one for one in log if b'"priority"' not in (one.value or b"")]
    if not log:
        return
    processor = processor_of(log, clock)
    processor.apply(processor.tick(LATER, 1000))
    for day in range(8):
        moment = FIRST_DAY + day * 24 * HOUR
        assert standing_at(processor, Measure.OVERDUE, moment) == sum(
            is_late(one, moment) for one in states_at(read(log), moment)
        )


def net(measure: Measure, *events: Event) -> list[tuple[Instant, int]]:
    state: Incident | None = None
    for one in events:
        state = decide(state, one, LATER, CITY).state
    assert state is not None
    return [(at, value) for at, what, value in own_contributions(state) if what is measure]


DUE = {"resolve": "2026-04-14T10:00:00+07:00"}
REPORT = event("reported", T, due=DUE)


def test_on_its_due_a_matter_is_not_overdue_and_a_moment_later_it_is() -> None:
    assert net(Measure.OVERDUE, REPORT, event("resolved", T + 2 * HOUR)) == []
    late = net(Measure.OVERDUE, REPORT, event("resolved", T + 2 * HOUR + 1))
    assert late == [(T + 2 * HOUR, 1), (T + 2 * HOUR + 1, -1)]


@pytest.mark.parametrize("ending", [EventType.CANCELLED, EventType.REJECTED, EventType.RESOLVED])
def test_every_ending_takes_out_what_stood_open_and_overdue(ending: EventType) -> None:
    events = (REPORT, event(ending, T + 5 * HOUR))
    assert net(Measure.OPEN, *events) == [(T, 1), (T + 5 * HOUR, -1)]
    assert net(Measure.OVERDUE, *events) == [(T + 2 * HOUR, 1), (T + 5 * HOUR, -1)]


def test_a_matter_solved_and_reopened_stood_closed_between() -> None:
    events = (REPORT, event("resolved", T + HOUR), event("reopened", T + 3 * HOUR), event("resolved", T + 4 * HOUR))
    moments = [T, T + HOUR, T + 3 * HOUR, T + 4 * HOUR]
    assert net(Measure.OPEN, *events) == list(zip(moments, (1, -1, 1, -1), strict=True))
    assert net(Measure.OVERDUE, *events) == [(T + 3 * HOUR, 1), (T + 4 * HOUR, -1)]


def test_an_open_matter_is_overdue_once_that_was_announced() -> None:
    processor = processor_of([record(0, "reported", T, due=DUE)])
    midnight = at("2026-04-15 00:00")
    assert standing_at(processor, Measure.OVERDUE, midnight) == 0
    processor.apply(processor.tick(T + 2 * HOUR + 1, 10))
    assert standing_at(processor, Measure.OVERDUE, midnight) == 1
    in_time = record(1, "resolved", T + HOUR)
    processor.apply(processor.fold([in_time]))
    assert standing_at(processor, Measure.OVERDUE, midnight) == standing_at(processor, Measure.OPEN, midnight) == 0


def test_a_change_of_rule_that_leaves_the_due_as_it_was_counts_nothing_twice() -> None:
    named = {priority: Match(priority=frozenset({priority})) for priority in (Priority.NORMAL, Priority.HIGH)}
    rules = [
        SlaRule(priority, match, "247", {TargetName.RESOLVE: 2 * HOUR}, on_priority=OnPriority.RETROACTIVE)
        for priority, match in named.items()
    ]
    processor = IncidentProcessor(0, replace(CITY, rules=SlaPolicy(tuple(rules))), ClockKind.WALL)
    for offset, (event_type, said) in enumerate((("reported", {}), ("updated", {"priority": "high"}))):
        processor.apply(processor.fold([record(offset, event_type, T + offset * 3 * HOUR, **said)]))
        processor.apply(processor.tick(T + offset * 3 * HOUR + 2 * HOUR + 1, 10))
    assert processor.incidents["field-reports:1"].rule == "high"
    assert standing_at(processor, Measure.OVERDUE, at("2026-04-15 00:00")) == 1
