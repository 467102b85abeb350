"""Deadlines of directives: each step is announced about each unit once, in any order of arrival."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.core.rejections import Reason
from ioc.core.times import DAY, HOUR, MINUTE, SECOND
from ioc.core.topics import MAX_STATE_BYTES
from ioc.decider.decide import decide
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.fired_step import BREACHED
from ioc.incident.state import Incident
from ioc.processors.serde import decode_incident, encode
from ioc.sla.directives import MAX_DIRECTED
from ioc.sla.escalation_steps import next_step_at
from tests.unit.decider.directive_history import (
    DONE,
    DUE,
    GIVEN,
    LATE,
    REPORTED,
    T,
    announcements,
    state_of,
    then,
    tick,
)
from tests.unit.samples import CITY, LATER, essence, event


def test_the_breach_of_one_unit_is_its_own() -> None:
    state = state_of(REPORTED, event("started", T - MINUTE), GIVEN, DONE)
    assert next_step_at(state, CITY) == T + 90 * MINUTE
    warned = tick(state, T + 90 * MINUTE)
    assert announcements(warned.facts) == [(FactKind.WARNED, "hepco", 0, None)]
    assert warned.state is not None
    assert tick(warned.state, DUE).facts == (), "on the due instant there is still time"
    breached = tick(warned.state, DUE + 1)
    assert announcements(breached.facts) == [
        (FactKind.BREACHED, "hepco", 0, "ubnd-tp"),
        (FactKind.ESCALATED, "hepco", 1, "ioc"),
    ]
    assert breached.state is not None
    assert breached.state.level == 0, "the matter's own level is not raised by it"
    assert tick(breached.state, DUE + 2).facts == ()


def test_after_an_outage_there_is_one_escalation_at_the_present_level() -> None:
    after = tick(state_of(REPORTED, GIVEN, DONE), DUE + 3 * HOUR)
    assert announcements(after.facts) == [
        (FactKind.BREACHED, "hepco", 0, "ubnd-tp"),
        (FactKind.ESCALATED, "hepco", 3, "ubnd-tp"),
    ]
    assert after.state is not None
    assert announcements(tick(after.state, DUE + 9 * HOUR).facts) == []


def test_a_done_that_waited_in_the_backlog_wins_over_the_clock() -> None:
    state = state_of(REPORTED, GIVEN, DONE, event("directive_done", DUE, "n2", directive="d", unit="hepco"))
    assert announcements(tick(state, LATER).facts) == []


def test_done_too_late_tells_the_breach_nobody_had_announced() -> None:
    decision = then(None, REPORTED, GIVEN, DONE, LATE)
    assert announcements(decision.facts) == [(FactKind.BREACHED, "hepco", 0, "ubnd-tp")]
    assert decision.state is not None
    assert announcements(tick(decision.state, LATER).facts) == []


def test_a_breach_announced_of_who_was_done_in_time_is_corrected() -> None:
    breached = tick(state_of(REPORTED, GIVEN, DONE), DUE + 1).state
    came = then(breached, event("directive_done", DUE - 1, "n2", directive="d", unit="hepco"), now=DUE + MINUTE)
    corrected = [fact.changes for fact in came.facts if fact.kind is FactKind.CORRECTED]
    assert corrected == [{"not_breached": ["directive/d/hepco"]}]
    assert came.state is not None
    assert any(said.step == BREACHED for said in came.state.fired_reminders), "what was announced is never unsaid"


def test_a_settled_matter_is_watched_no_more_and_a_reopened_one_again() -> None:
    settled = state_of(REPORTED, GIVEN, event("resolved", T + MINUTE))
    assert next_step_at(settled, CITY) is None
    reopened = state_of(REPORTED, GIVEN, event("resolved", T + MINUTE), event("reopened", T + HOUR))
    once = tick(reopened, DUE + 1)
    assert announcements(once.facts)[0] == (FactKind.BREACHED, "pc-hue", 0, "ubnd-tp")
    assert once.state is not None
    again = then(once.state, event("resolved", DUE + MINUTE, "r2"), event("reopened", DUE + HOUR, "o2"))
    assert again.state is not None
    assert not [one for one in announcements(tick(again.state, DUE + HOUR).facts) if one[0] is FactKind.BREACHED]


HELPERS = ("pc-hue", "hepco", "csgt")
ANSWERS = [
    event(event_type, T + at * MINUTE, f"{event_type}-{directive}-{unit}-{at}", directive=directive, unit=unit)
    for event_type in ("directive_acknowledged", "directive_done")
    for directive in ("d", "e", "never")
    for unit in HELPERS
    for at in (30, 150)
]
LIFE = [
    REPORTED,
    GIVEN,
    event("directed", T + 20 * MINUTE, "e", units=["csgt", "hepco"], due="2026-04-14T09:00:00+07:00"),
    event("updated", T + 25 * MINUTE, "u1", priority="urgent"),
    event("updated", T + 100 * MINUTE, "u2", priority="normal"),
    event("updated", T + 101 * MINUTE, "u3", priority="high", actor="Lan", text="đã an toàn"),
    event("resolved", T + 200 * MINUTE, "r"),
    *ANSWERS,
]
TICKS = st.lists(st.integers(0, 40), max_size=4)


@given(st.permutations(LIFE), st.lists(st.sampled_from(LIFE), max_size=6), TICKS)
def test_any_order_any_duplicates_and_any_ticks_end_in_the_same_state_and_say_each_thing_once(
    order: list[Event], again: list[Event], ticks: list[int]
) -> None:
    expected = state_of(*LIFE, now=LATER)
    state: Incident | None = None
    facts: list[Fact] = []
    for number, one in enumerate([*order, *again]):
        decision = decide(state, one, LATER, CITY)
        facts += decision.facts
        state = decision.state
        if state is not None and number in ticks:
            decision = tick(state, LATER)
            facts += decision.facts
            state = decision.state
    assert state is not None
    assert essence(state) == essence(expected)
    assert len({fact.id for fact in facts}) == len(facts)
    told = [fact.id for fact in facts if fact.directive and fact.cause is None]
    assert sorted(told) == sorted(said.fact_id(state.id) for said in state.fired_reminders)
    assert decode_incident(encode(state)) == state


def test_a_state_fits_into_its_record_however_many_units_are_directed() -> None:
    units = [f"{number:0>120}" for number in range(200)]
    names = {unit: replace(CITY.units["hepco"], code=unit) for unit in units}
    town = replace(CITY, units={**CITY.units, **names})
    state = then(None, REPORTED).state
    refused = []
    for number in range(4):
        directive_id = f"{number:0>256}"
        one = event("directed", T + number, directive_id, units=units, due="2026-04-14T10:00:00+07:00")
        decision = then(state, one, catalogue=town)
        state = decision.state
        refused.append(decision.rejection.reason if decision.rejection else None)
    assert refused == [None, None, Reason.TOO_MANY_DIRECTED, Reason.TOO_MANY_DIRECTED]
    assert state is not None
    for now in (T + 100 * MINUTE, DUE + SECOND, DUE + HOUR, DUE + DAY):
        state = tick(state, now, town).state
        assert state is not None
    assert len(state.fired_reminders) == 5 * 400
    assert MAX_DIRECTED >= 400
    assert len(encode(state)) < MAX_STATE_BYTES / 2
