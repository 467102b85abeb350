"""Directives: each unit answers for itself, and is counted for itself."""

import unicodedata

import pytest

from ioc.core.rejections import Reason
from ioc.core.times import DAY, HOUR, MINUTE
from ioc.figures.aggregates import Measure, Timing
from ioc.figures.contributions import directive_contributions
from ioc.incident.directive import UnitAnswer
from ioc.incident.facts import FactKind
from ioc.incident.lifecycle import State
from tests.unit.decider.directive_history import (
    DONE,
    DUE,
    GIVEN,
    LATE,
    REPORTED,
    TAKEN,
    T,
    state_of,
    then,
)
from tests.unit.samples import LATER, event


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
    second = event("directive_acknowledged", T + 20 * MINUTE, "a2", directive="d", unit="pc-hue")
    repeated = event("directive_done", T + 3 * HOUR, "n3", directive="d", unit="pc-hue")
    after = event("directive_acknowledged", T + 4 * HOUR, "a3", directive="d", unit="pc-hue")
    decision = then(None, REPORTED, GIVEN, TAKEN, second, DONE, repeated, after)
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
