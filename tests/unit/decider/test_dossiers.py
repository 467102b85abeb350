"""Dossiers: what their procedures promise, who has them, and what they count as."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ioc.core.scalars import TargetName
from ioc.core.times import HOUR, Instant
from ioc.decider.decide import DeadlinePassed, decide
from ioc.figures.aggregates import Measure
from ioc.figures.contributions import own_contributions
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.processors.reader import read_event
from ioc.sla.explain import explain
from tests.unit.samples import CITY, at, body, essence

T = at("2026-04-14 08:00")  # a Tuesday
FAR = at("2030-01-01 00:00")
RULES_OWN, BIRTH, MARRIAGE, NO_TARGET = 37.5 * HOUR, 7.5 * HOUR, 37.5 * HOUR, "EX-006"
ONLINE = "Cổng dịch vụ công"


def happened(event_type: str, time: Instant, **data: Any) -> Event:
    if event_type == "reported":
        data = {"service": "one-stop-shop", **data}
    read = read_event(
        b"one-stop-shop:1", body(event_type, time, f"{event_type}-{time}", source="/hue/one-stop-shop", **data)
    )
    assert isinstance(read, Event), read
    return read


def dossier(*events: Event) -> Incident:
    state: Incident | None = None
    for one in events:
        state = decide(state, one, FAR, CITY).state
    assert state is not None
    return state


def solution(one: Incident) -> SlaClock:
    clock = one.clock(TargetName.RESOLVE)
    assert clock is not None
    return clock


def test_what_the_procedure_promises_takes_the_place_of_the_rules_target_and_the_explanation_says_so() -> None:
    one = dossier(happened("reported", T, category="EX-001"))
    assert (one.rule, solution(one).total, solution(one).due) == ("one-stop-shop", BIRTH, at("2026-04-15 08:00"))
    told = {each.target: each.procedure for each in explain(one, T, CITY)}
    assert told == {TargetName.ACKNOWLEDGE: None, TargetName.RESOLVE: "EX-001"}


def test_without_a_promise_it_is_the_rules_target() -> None:
    for category in ("land", NO_TARGET, None):
        one = dossier(happened("reported", T, **({"category": category} if category else {})))
        assert (one.promise, solution(one).total) == ("", RULES_OWN)


def test_a_due_that_was_given_wins_over_what_the_procedure_promises() -> None:
    one = dossier(happened("reported", T, category="EX-001", due={"resolve": "2026-04-20T10:00:00+07:00"}))
    assert solution(one).due == at("2026-04-20 10:00")
    assert {each.procedure for each in explain(one, T, CITY)} == {None}


def test_what_is_urgent_is_not_made_slower_by_a_promise() -> None:
    one = dossier(happened("reported", T, category="EX-001", priority="urgent"))
    assert (one.rule, one.promise, solution(one).total) == ("urgent", "", 4 * HOUR)
    raised = dossier(happened("reported", T, category="EX-001"), happened("updated", T + HOUR, priority="urgent"))
    assert (raised.promise, solution(raised).total) == ("", 4 * HOUR)


def test_the_procedures_unit_has_the_dossier_unless_the_report_names_one() -> None:
    assert dossier(happened("reported", T, category="EX-005")).unit == "so-xay-dung"
    assert dossier(happened("reported", T, category="EX-005", unit="ioc")).unit == "ioc"
    assert dossier(happened("reported", T, category="land")).unit == CITY.services["one-stop-shop"].unit


def test_another_procedure_has_its_own_promise_and_the_time_used_counts() -> None:
    one = dossier(happened("reported", T, category="EX-002"), happened("updated", T + HOUR, category="EX-001"))
    clock = solution(one)
    assert (one.promise, clock.total, clock.used, clock.due) == ("EX-001", BIRTH, HOUR, at("2026-04-15 08:00"))
    back = dossier(happened("reported", T, category="EX-001"), happened("updated", T + HOUR, category="land"))
    assert (back.promise, solution(back).total, solution(back).used) == ("", RULES_OWN, HOUR)


def test_what_has_been_answered_stays_as_it_was_judged() -> None:
    answered = happened("resolved", T + HOUR)
    one = dossier(happened("reported", T, category="EX-002"), answered, happened("noted", T + 2 * HOUR))
    assert solution(one).met == T + HOUR


def announced(state: Incident, until: Instant) -> tuple[Incident, list[Fact]]:
    facts: list[Fact] = []
    while state.next_at is not None and state.next_at <= until:
        decision = decide(state, DeadlinePassed(state.id), state.next_at, CITY)
        assert decision.state is not None
        state, facts = decision.state, [*facts, *decision.facts]
    return state, facts


def breaches(facts: list[Fact]) -> list[Instant | None]:
    return [fact.due for fact in facts if fact.kind is FactKind.BREACHED and fact.target is TargetName.RESOLVE]


def test_the_breach_of_another_promise_is_announced_anew() -> None:
    first, told = announced(dossier(happened("reported", T, category="EX-001")), at("2026-04-15 09:00"))
    assert breaches(told) == [at("2026-04-15 08:00")]
    changed = decide(first, happened("updated", at("2026-04-15 09:00"), category="EX-002"), FAR, CITY)
    assert changed.state is not None
    assert (solution(changed.state).due or 0) > at("2026-04-17 00:00")
    _, later = announced(changed.state, at("2026-05-30 00:00"))
    assert breaches(later) == [solution(changed.state).due]


def counted(one: Incident) -> set[str]:
    return {what for _, what, _ in own_contributions(one) if what.startswith("dossiers")}


def test_a_dossier_counts_by_how_much_of_its_procedure_is_online_and_how_it_came() -> None:
    full, partial = ({"category": code, "channel": ONLINE} for code in ("EX-001", "EX-002"))
    assert counted(dossier(happened("reported", T, **full))) == {
        Measure.DOSSIERS,
        Measure.DOSSIERS_ONLINE,
        Measure.DOSSIERS_FULL,
        Measure.DOSSIERS_FULL_ONLINE,
    }
    by_hand = {**partial, "channel": "Bộ phận một cửa"}
    assert counted(dossier(happened("reported", T, **by_hand))) == {Measure.DOSSIERS, Measure.DOSSIERS_PARTIAL}
    unknown = {"category": "land", "channel": ONLINE}
    assert counted(dossier(happened("reported", T, **unknown))) == {Measure.DOSSIERS, Measure.DOSSIERS_ONLINE}


def test_a_matter_of_another_service_is_no_dossier() -> None:
    one = dossier(happened("reported", T, service="field-reports", category="road", channel=ONLINE))
    assert (one.dossier, counted(one)) == (None, set())


_EVENTS = [
    happened("reported", T, category="EX-002", channel=ONLINE),
    happened("updated", T + HOUR, category="EX-001"),
    happened("updated", T + 2 * HOUR, category="land"),
    happened("paused", T + 3 * HOUR),
    happened("resumed", T + 26 * HOUR),
    happened("updated", T + 27 * HOUR, category="EX-005"),
    happened("updated", T + 28 * HOUR, priority="urgent"),
]


@given(st.permutations(_EVENTS))
def test_in_any_order_the_same_promise_and_the_same_dues(events: list[Event]) -> None:
    assert essence(dossier(*events)) == essence(dossier(*_EVENTS))
