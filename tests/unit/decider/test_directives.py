"""Directives: each unit answers for itself, each deadline is announced of each unit once, in any order of arrival."""

import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import Reason
from ioc.core.times import DAY, HOUR, MINUTE, SECOND, Instant
from ioc.core.topics import MAX_STATE_BYTES
from ioc.decider.decide import DeadlinePassed, Decision, decide
from ioc.figures.aggregates import Measure, Timing
from ioc.figures.contributions import directive_contributions
from ioc.incident.directive import UnitAnswer
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.fired_step import BREACHED
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from ioc.processors.serde import decode_incident, encode
from ioc.sla.directives import MAX_DIRECTED
from ioc.sla.escalation_steps import next_step_at
from tests.unit.samples import CITY, LATER, at, essence, event

T = at("2026-04-14 08:00")
DUE = T + 2 * HOUR
REPORTED = event("reported", T - HOUR, due={"resolve": "2026-04-20T17:00:00+07:00"})
GIVEN = event("directed", T, "d", units=["pc-hue", "hepco"], due="2026-04-14T10:00:00+07:00", text="Cắt điện")
TAKEN = event("directive_acknowledged", T + 10 * MINUTE, "a1", directive="d", unit="pc-hue")
DONE = event("directive_done", T + HOUR, "n1", directive="d", unit="pc-hue", text="xong")
LATE = event("directive_done", DUE + HOUR, "n2", directive="d", unit="hepco")


def then(state: Incident | None, *events: Event, now: Instant = T, catalogue: Catalogue = CITY) -> Decision:
    """Return the last decision; what was told on the way is in its facts."""
    facts: list[Fact] = []
    decision = Decision(state)
    for one in events:
        decision = decide(decision.state, one, max(now, one.time), catalogue)
        facts += decision.facts
    return replace(decision, facts=tuple(facts))


def state_of(*events: Event, now: Instant = T) -> Incident:
    state = then(None, *events, now=now).state
    assert state is not None
    return state


def tick(state: Incident, now: Instant, catalogue: Catalogue = CITY) -> Decision:
    return decide(state, DeadlinePassed(state.id), now, catalogue)


def of_directives(facts: Iterable[Fact]) -> list[tuple[FactKind, str | None, int, str | None]]:
    return [
        (fact.kind, fact.unit, fact.level, fact.recipient) for fact in facts if fact.directive and fact.cause is None
    ]


def test_each_unit_acknowledges_and_reports_done_for_itself() -> None:
    state = state_of(REPORTED, GIVEN, TAKEN, DONE, LATE)
    (directive,) = state.directives
    assert (directive.id, directive.by, directive.at, directive.due) == ("d", "ubnd-tp", T, DUE)
    assert directive.answers == (
        UnitAnswer("pc-hue", T + 10 * MINUTE, T + HOUR),
        UnitAnswer("hepco", DUE + HOUR, DUE + HOUR),
    )
    assert [directive.on_time(answer) for answer in directive.answers] == [True, False]
    assert state.state is State.REPORTED, "the matter itself is not moved"
    assert set(state.units) >= {"pc-hue", "hepco"}


def test_done_on_the_due_instant_is_on_time_and_without_a_due_always() -> None:
    for done, on_time in ((DUE, True), (DUE + 1, False)):
        (directive,) = state_of(REPORTED, GIVEN, event("directive_done", done, directive="d", unit="hepco")).directives
        assert directive.on_time(directive.answers[1]) is on_time
    undated = event("directed", T, "d", units=["hepco"])
    state = state_of(REPORTED, undated, event("directive_done", T + 99 * DAY, directive="d", unit="hepco"), now=LATER)
    assert state.directives[0].on_time(state.directives[0].answers[0]) is True


def test_the_first_answer_of_a_unit_counts() -> None:
    again = event("directive_acknowledged", T + 20 * MINUTE, "a2", directive="d", unit="pc-hue")
    repeated = event("directive_done", T + 3 * HOUR, "n3", directive="d", unit="pc-hue")
    after = event("directive_acknowledged", T + 4 * HOUR, "a3", directive="d", unit="pc-hue")
    decision = then(None, REPORTED, GIVEN, TAKEN, again, DONE, repeated, after)
    assert decision.rejection is None
    assert decision.state is not None
    assert decision.state.directives[0].answers[0] == UnitAnswer("pc-hue", T + 10 * MINUTE, T + HOUR)


def test_a_directive_is_answered_under_the_very_id_it_has() -> None:
    name = unicodedata.normalize("NFD", "chỉ-đạo-1")
    given = event("directed", T, name, units=["hepco"], text="Cắt điện")
    decision = then(None, REPORTED, given, event("directive_done", T + HOUR, directive=name, unit="hepco", text="đã"))
    assert decision.rejection is None
    assert decision.state is not None
    assert decision.state.directives[0].answers[0].done_at == T + HOUR


def test_the_facts_name_the_directive_the_unit_and_who_gave_it() -> None:
    facts = {fact.kind: fact for fact in then(None, REPORTED, GIVEN, TAKEN, DONE).facts if fact.directive}
    assert facts.keys() == {FactKind.DIRECTED, FactKind.DIRECTIVE_ACKNOWLEDGED, FactKind.DIRECTIVE_DONE}
    assert facts[FactKind.DIRECTED].units == ("pc-hue", "hepco")
    assert facts[FactKind.DIRECTIVE_DONE].unit == "pc-hue"
    assert facts[FactKind.DIRECTIVE_DONE].on_time is True
    assert {(fact.directive, fact.recipient, fact.due) for fact in facts.values()} == {("d", "ubnd-tp", DUE)}


@pytest.mark.parametrize(
    ("answer", "reason", "field"),
    [
        ({"directive": "x", "unit": "pc-hue"}, Reason.UNKNOWN_DIRECTIVE, "data.directive"),
        ({"directive": "d", "unit": "csgt"}, Reason.NOT_DIRECTED, "data.unit"),
        ({"directive": "d", "unit": "nobody"}, Reason.NOT_IN_CATALOGUE, "data.unit"),
    ],
)
def test_an_answer_to_no_directive_or_of_no_unit_of_it_is_refused(
    answer: dict[str, str], reason: Reason, field: str
) -> None:
    decision = then(None, REPORTED, GIVEN, event("directive_done", T + HOUR, "n", **answer))
    assert decision.rejection is not None
    assert (decision.rejection.reason, decision.rejection.errors[0].field) == (reason, field)
    assert decision.state is not None
    assert decision.state.history[-1].refused is reason
    assert decision.state.directives[0].answers == (UnitAnswer("pc-hue"), UnitAnswer("hepco"))


def test_an_answer_that_came_before_its_directive_is_judged_again() -> None:
    early = then(None, REPORTED, DONE)
    assert early.rejection is not None
    assert early.rejection.reason is Reason.UNKNOWN_DIRECTIVE
    late = then(early.state, GIVEN, now=T + 2 * HOUR)
    assert late.state is not None
    assert late.state.directives[0].answers[0].done_at == T + HOUR
    corrected = next(fact for fact in late.facts if fact.kind is FactKind.CORRECTED)
    assert corrected.changes is not None
    assert corrected.changes["judged_again"] == ["/hue/field-reports/n1: accepted"]


def test_units_name_a_directive_by_its_id_so_two_of_one_id_are_refused() -> None:
    other = event("directed", T + MINUTE, "d", source="/city/field-reports", units=["csgt"])
    decision = then(None, REPORTED, GIVEN, other)
    assert decision.rejection is not None
    assert decision.rejection.reason is Reason.DIRECTIVE_TAKEN


def test_units_still_answer_once_the_matter_is_settled() -> None:
    state = state_of(REPORTED, GIVEN, event("resolved", T + MINUTE), DONE)
    assert state.state is State.RESOLVED
    assert state.directives[0].answers[0].done_at == T + HOUR


def test_the_breach_of_one_unit_is_its_own() -> None:
    state = state_of(REPORTED, event("started", T - MINUTE), GIVEN, DONE)
    assert next_step_at(state, CITY) == T + 90 * MINUTE
    warned = tick(state, T + 90 * MINUTE)
    assert of_directives(warned.facts) == [(FactKind.WARNED, "hepco", 0, None)]
    assert warned.state is not None
    assert tick(warned.state, DUE).facts == (), "on the due instant there is still time"
    breached = tick(warned.state, DUE + 1)
    assert of_directives(breached.facts) == [
        (FactKind.BREACHED, "hepco", 0, "ubnd-tp"),
        (FactKind.ESCALATED, "hepco", 1, "ioc"),
    ]
    assert breached.state is not None
    assert breached.state.level == 0, "the matter's own level is not raised by it"
    assert tick(breached.state, DUE + 2).facts == ()


def test_after_an_outage_there_is_one_escalation_at_the_present_level() -> None:
    after = tick(state_of(REPORTED, GIVEN, DONE), DUE + 3 * HOUR)
    assert of_directives(after.facts) == [
        (FactKind.BREACHED, "hepco", 0, "ubnd-tp"),
        (FactKind.ESCALATED, "hepco", 3, "ubnd-tp"),
    ]
    assert after.state is not None
    assert of_directives(tick(after.state, DUE + 9 * HOUR).facts) == []


def test_a_done_that_waited_in_the_backlog_wins_over_the_clock() -> None:
    state = state_of(REPORTED, GIVEN, DONE, event("directive_done", DUE, "n2", directive="d", unit="hepco"))
    assert of_directives(tick(state, LATER).facts) == []


def test_done_too_late_tells_the_breach_nobody_had_announced() -> None:
    decision = then(None, REPORTED, GIVEN, DONE, LATE)
    assert of_directives(decision.facts) == [(FactKind.BREACHED, "hepco", 0, "ubnd-tp")]
    assert decision.state is not None
    assert of_directives(tick(decision.state, LATER).facts) == []


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
    assert of_directives(once.facts)[0] == (FactKind.BREACHED, "pc-hue", 0, "ubnd-tp")
    assert once.state is not None
    again = then(once.state, event("resolved", DUE + MINUTE, "r2"), event("reopened", DUE + HOUR, "o2"))
    assert again.state is not None
    assert not [one for one in of_directives(tick(again.state, DUE + HOUR).facts) if one[0] is FactKind.BREACHED]


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
        id = f"{number:0>256}"
        one = event("directed", T + number, id, units=units, due="2026-04-14T10:00:00+07:00")
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


def test_each_unit_has_its_own_figures_whoever_handles_the_matter() -> None:
    done = (DUE + HOUR, 3 * HOUR)
    assert [*directive_contributions(state_of(REPORTED, GIVEN, TAKEN, DONE, LATE))] == [
        (
            "pc-hue",
            [
                (T, Measure.DIRECTIVES, 1),
                (T + 10 * MINUTE, Measure.DIRECTIVES_ACKNOWLEDGED, 1),
                (T + 10 * MINUTE, Timing.DIRECTIVE_ACKNOWLEDGE, 10 * MINUTE),
                (T + HOUR, Measure.DIRECTIVES_DONE, 1),
                (T + HOUR, Measure.DIRECTIVES_ON_TIME, 1),
                (T + HOUR, Timing.DIRECTIVE_DONE, HOUR),
            ],
        ),
        (
            "hepco",
            [
                (T, Measure.DIRECTIVES, 1),
                (done[0], Measure.DIRECTIVES_ACKNOWLEDGED, 1),
                (done[0], Timing.DIRECTIVE_ACKNOWLEDGE, done[1]),
                (done[0], Measure.DIRECTIVES_DONE, 1),
                (done[0], Measure.DIRECTIVES_LATE, 1),
                (done[0], Timing.DIRECTIVE_DONE, done[1]),
            ],
        ),
    ]
