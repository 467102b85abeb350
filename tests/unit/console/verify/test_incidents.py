"""`ioc verify` finds nothing wrong in what the streams wrote, whenever it is read."""

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from console.verify.snapshot import IncidentSnapshot
from ioc.core.records import ClockKind, Record
from ioc.core.times import MINUTE, SECOND
from ioc.figures.aggregates import Aggregate, Measure, WindowSize
from ioc.incident.facts import FactKind
from ioc.incident.state import Incident
from tests.unit.console.verify.partition_at_work import CLOCKS, ID, LATER, LOG, Streams, at_rest, inspected
from tests.unit.console.verify.tampering import counted_once_more, without
from tests.unit.samples import LOGS, record


@pytest.mark.parametrize("clock", CLOCKS)
def test_what_the_streams_wrote_is_right(clock: ClockKind) -> None:
    found = at_rest(clock)
    assert {fact.kind for fact in found.facts} > {
        FactKind.WARNED,
        FactKind.BREACHED,
        FactKind.ESCALATED,
        FactKind.RESOLVED,
    }
    assert len(found.dead_letters) == 1
    assert inspected(found, clock=clock) == ""


def test_a_deadline_that_was_never_announced_is_found() -> None:
    """Nobody ticked: states, facts and windows agree, but the breach has passed long ago."""
    streams = Streams(ClockKind.WALL)
    streams.fold(*LOG[:4])
    said = inspected(streams.read(), LOG[:4])
    assert said == f"incident {ID} has a deadline that passed and was never announced"


def test_a_deadline_may_be_announced_a_little_late() -> None:
    streams = Streams(ClockKind.WALL)
    streams.fold(LOG[0])
    due = streams.processor.timers.soonest()
    assert due is not None
    assert inspected(streams.read(), LOG[:1], began=due + 2 * MINUTE) == ""
    assert "never announced" in inspected(streams.read(), LOG[:1], began=due + 2 * MINUTE + 1)


def test_what_was_announced_just_now_is_not_looked_at() -> None:
    found = at_rest(ClockKind.WALL)
    without(FactKind.ESCALATED)(found)
    counted_once_more(Measure.ESCALATED, WindowSize.DAY)(found)
    assert inspected(found, began=LATER + 9 * SECOND) == ""
    assert "is missing" in inspected(found, began=LATER + 10 * SECOND)
    assert "differs in counts" in inspected(found, began=LATER + 10 * SECOND)


def test_escalations_may_be_moving_to_another_unit() -> None:
    """They were counted on another day than the report, so that no count of the report's day tells of them."""
    log = [LOG[0], replace(LOG[-1], offset=1), record(2, "assigned", LATER + 1, unit="hepco")]
    streams = Streams(ClockKind.WALL)
    streams.fold(*log[:2])
    streams.tick(log[1])
    before = streams.read()
    streams.fold(log[2])
    found = streams.read()
    found.windows, found.position = before.windows, before.position
    assert inspected(found, log, began=LATER + MINUTE) != ""
    assert inspected(found, log, began=LATER + 1) == ""


def test_what_nothing_touches_is_compared_while_events_keep_coming() -> None:
    """The last event is about the third incident alone."""
    streams = Streams(ClockKind.EVENT)
    streams.fold(*LOG[:-1])
    found = streams.read()
    streams.fold(LOG[-1])
    found.later = streams.processor.position
    assert inspected(found, clock=ClockKind.EVENT) == ""
    found.incidents["field-reports:2"] = replace(found.incidents["field-reports:2"], priority="urgent")
    assert "incident field-reports:2 differs in priority" in inspected(found, clock=ClockKind.EVENT)
    found.incidents["field-reports:3"] = Incident("field-reports:3")
    assert "field-reports:3" not in inspected(found, clock=ClockKind.EVENT)


def test_how_much_was_refused_lately_is_not_compared() -> None:
    """An engineer who has looked at it resets it."""
    found = at_rest(ClockKind.EVENT)
    reset = {
        name: type(getattr(found.position, name))() for name in found.position.__struct_fields__ if name == "recent"
    }
    found.position = found.later = replace(found.position, **reset)
    assert inspected(found, clock=ClockKind.EVENT) == ""


@settings(max_examples=200)
@given(LOGS, st.sampled_from(CLOCKS), st.integers(0, 120), st.lists(st.integers(0, 3), min_size=5, max_size=5))
def test_whenever_it_is_read_what_the_streams_wrote_is_right(
    log: list[Record], clock: ClockKind, first: int, gaps: list[int]
) -> None:
    """Topics are read one after another, and between any two of them the streams may go on."""
    streams, moments = Streams(clock), [(IncidentSnapshot(0), log[0].appended)]
    for one in log:
        for step in (streams.tick, streams.fold, streams.tick):
            step(one)
            moments.append((streams.read(), one.appended))
    places = accumulate(gaps, initial=first % len(moments))
    before, windows, incidents, items, facts, later = (moments[min(place, len(moments) - 1)] for place in places)
    found = IncidentSnapshot(0, incidents=incidents[0].incidents, windows=windows[0].windows, items=items[0].items)
    found.facts, found.dead_letters = facts[0].facts, facts[0].dead_letters
    found.position, found.later = before[0].position, later[0].later
    found.touched = facts[0].touched
    assert inspected(found, log, clock, began=before[1]) == ""


def test_an_empty_window_is_none() -> None:
    found = at_rest(ClockKind.WALL)
    found.windows[next(iter(found.windows))._replace(ward="nowhere")] = Aggregate()
    assert inspected(found) == ""
