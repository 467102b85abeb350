"""The decision: any order, any duplicate, the same state; every step of a deadline announced once."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ioc.core.rejections import Reason
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import HOUR, MINUTE, Instant
from ioc.decider import fact_builders
from ioc.decider.decide import DeadlinePassed, decide
from ioc.decider.fact_builders import dues
from ioc.decider.sensor_closures import closure_notice
from ioc.duplicates import candidates
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from tests.unit.samples import CITY, at, event

T = at("2026-04-14 08:00")  # a Tuesday in office hours
LATER = T + 30 * 24 * HOUR


def run(*events: Event | DeadlinePassed, now: Instant = LATER) -> tuple[Incident, list[Fact]]:
    state: Incident | None = None
    facts: list[Fact] = []
    for one in events:
        decision = decide(state, one, now, CITY)
        state = decision.state
        facts += decision.facts
    assert state is not None
    return state, facts


LIFE = [
    event("reported", T, ward="19753", priority="normal"),
    event("acknowledged", T + 10 * MINUTE),
    event("lapsed", T + 15 * MINUTE, since="2026-04-14T08:10:00+07:00"),
    event("assigned", T + 20 * MINUTE, unit="hepco"),
    event("started", T + 30 * MINUTE),
    event("paused", T + 40 * MINUTE),
    event("noted", T + 45 * MINUTE, text="waiting"),
    event("resumed", T + 60 * MINUTE),
    event("updated", T + 70 * MINUTE, priority="high"),
    event("escalated", T + 80 * MINUTE, level=2),
    event("resolved", T + 90 * MINUTE),
    event("reopened", T + 100 * MINUTE),
    event("started", T + 110 * MINUTE),
    event("resolved", T + 120 * MINUTE),
    event("shelved", T + 112 * MINUTE, actor="Lan", text="chờ", until="2026-04-14T10:00:00+07:00"),
    event("unshelved", T + 115 * MINUTE),
    event("rated", T + 130 * MINUTE, score=2),
    event("cancelled", T + 140 * MINUTE),
    event("acknowledged", T + 5 * MINUTE, event_id="another"),
]


def essence(incident: Incident) -> Incident:
    """What the set of events alone decides."""
    plain = Incident(**{name: getattr(incident, name) for name in Incident.__struct_fields__})
    plain.fired_steps, plain.sent, plain.next_at, plain.version = (), (), None, 0
    return plain


@given(st.permutations(LIFE), st.lists(st.sampled_from(LIFE), max_size=8))
def test_any_order_and_any_duplicates_end_in_the_same_state(order: list[Event], again: list[Event]) -> None:
    expected, _ = run(*LIFE)
    found, facts = run(*order, *again)
    assert essence(found) == essence(expected)
    assert len({fact.id for fact in facts}) == len(facts)


@given(st.lists(st.sampled_from(LIFE), unique_by=lambda one: one.id, min_size=1), st.randoms(use_true_random=False))
def test_any_part_of_a_life_in_any_order(part: list[Event], random: object) -> None:
    shuffled = sorted(part, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert essence(run(*shuffled)[0]) == essence(run(*part)[0])


@given(st.permutations(LIFE), st.integers(0, len(LIFE)))
def test_what_is_due_is_told_whenever_it_changed_and_only_then(order: list[Event], many: int) -> None:
    state, before = None, dict[TargetName, Instant | None]()
    for one in order[:many]:
        decision = decide(state, one, LATER, CITY)
        assert decision.state is not None
        state, after = decision.state, dues(decision.state)
        told = [fact.dues for fact in decision.facts if fact.kind is FactKind.DUE_SET]
        assert told == ([after] if after != before else [])
        before = after


_SIDES: dict[str, list[Any]] = {
    "state": list(State),
    "priority": list(Priority),
    "service": ["field-reports", "flood-rain"],
    "category": [None, "power", "tree", "flood"],
    "unit": [None, "hepco"],
    "units": [(), ("ioc",)],
    "rule": ["", *(rule.id for rule in CITY.rules.rules if rule.involve)],
    "lat": [16.4, 16.5, None],
    "lon": [107.5, 107.6, None],
    "reported_at": [0, T],
    "parent": [None, "flood-rain:9"],
    "proposed": [None, "flood-rain:8"],
    "updated_at": [T, T + HOUR],
    "closed_at": [None, T],
    "version": [1, 2],
}
incidents = st.fixed_dictionaries({side: st.sampled_from(values) for side, values in _SIDES.items()})


@given(incidents)
def test_nobody_else_is_told_of_an_incident_that_stands_as_it_stood(sides: dict[str, Any]) -> None:
    noted = event("noted", T + HOUR)
    entry = HistoryEntry(noted.time, noted.event_type, noted.source, noted.id, noted.data)
    old = Incident("flood-rain:1", **sides, history=(entry,))
    for side, value in [(side, value) for side, values in _SIDES.items() for value in values]:
        new = Incident("flood-rain:1", **{**sides, side: value}, history=(entry,))
        if new.stands_as(old):
            assert not fact_builders.unit_facts(old, new, noted, LATER, CITY)
            assert not [*candidates.outgoing_candidates(old, new, noted, entry, LATER, CITY)]
            assert not closure_notice(old, new, noted)


def test_events_before_the_report_are_held_and_then_told() -> None:
    held, facts = run(event("resolved", T + HOUR))
    assert held.state is State.PENDING
    assert facts == []
    state, facts = run(event("resolved", T + HOUR), event("reported", T))
    assert state.state is State.RESOLVED
    assert {fact.kind for fact in facts} >= {FactKind.REPORTED, FactKind.RESOLVED}


def test_an_illegal_move_is_refused_and_kept_in_the_history() -> None:
    state, _ = run(event("reported", T), event("cancelled", T + HOUR))
    decision = decide(state, event("started", T + 2 * HOUR), LATER, CITY)
    assert decision.rejection is not None
    assert decision.rejection.reason is Reason.ILLEGAL_MOVE
    assert decision.state is not None
    assert decision.state.state is State.CANCELLED
    assert decision.state.history[-1].refused is Reason.ILLEGAL_MOVE


def test_a_duplicate_changes_nothing() -> None:
    state, _ = run(event("reported", T))
    decision = decide(state, event("reported", T), LATER, CITY)
    assert decision.duplicate
    assert decision.state is state


def test_an_unknown_service_and_the_future_are_refused_at_the_door() -> None:
    refused = decide(None, event("reported", T, service="nobody"), LATER, CITY).rejection
    assert refused is not None
    assert refused.reason is Reason.NOT_IN_CATALOGUE
    early = decide(None, event("reported", T + HOUR), T, CITY).rejection
    assert early is not None
    assert early.reason is Reason.IN_THE_FUTURE


def test_on_the_due_second_is_still_on_time() -> None:
    reported = event("reported", T, due={"resolve": "2026-04-14T10:00:00+07:00"})
    due = at("2026-04-14 10:00")
    assert run(reported, event("resolved", due))[0].on_time is True
    assert run(reported, event("resolved", due + 1))[0].on_time is False


def test_after_an_outage_there_is_one_escalation_at_the_present_level() -> None:
    state, _ = run(event("reported", T))
    _, facts = state, decide(state, DeadlinePassed(state.id), LATER, CITY).facts
    resolve = [fact for fact in facts if fact.target == "resolve"]
    assert [fact.kind for fact in resolve] == [FactKind.BREACHED, FactKind.ESCALATED]
    assert resolve[-1].level == 2


def test_a_step_is_announced_once() -> None:
    state, first = run(event("reported", T), DeadlinePassed("field-reports:1"))
    again = decide(state, DeadlinePassed(state.id), LATER, CITY)
    assert again.facts == ()
    assert again.state is state
    assert {FactKind.BREACHED, FactKind.ESCALATED} <= {fact.kind for fact in first}


def test_a_late_solution_tells_the_breach_nobody_had_announced() -> None:
    _, facts = run(event("reported", T), event("resolved", T + 10 * 24 * HOUR))
    breached = [fact for fact in facts if fact.kind is FactKind.BREACHED and fact.target == "resolve"]
    assert len(breached) == 1


def test_a_correction_follows_what_was_said() -> None:
    reported = event("reported", T, due={"resolve": "2026-04-14T10:00:00+07:00"})
    state, _ = run(reported, event("resolved", T + 3 * HOUR), DeadlinePassed("field-reports:1"))
    assert state.on_time is False
    decision = decide(state, event("resolved", T + HOUR, event_id="earlier"), LATER, CITY)
    assert decision.state is not None
    assert decision.state.on_time is True
    corrected = [fact for fact in decision.facts if fact.kind is FactKind.CORRECTED]
    assert len(corrected) == 1
    assert corrected[0].changes is not None
    assert corrected[0].changes["on_time"] == [False, True]
    assert any(said.step == 1 for said in decision.state.fired_steps), "what was announced is never unsaid"
