"""Policies of reopening and of a change of rule (V10, V11), warnings (V12), and pauses that meet them."""

from datetime import date, time

import pytest

from ioc.catalogue.calendar import Calendar, Frame
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import EscalationStep, Match, OnPriority, OnReopen, Repeat, SlaPolicy, SlaRule, TimeKind
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import HOUR, Instant
from ioc.decider.decide import DeadlinePassed, decide
from ioc.incident.event import Event
from ioc.incident.facts import FactKind
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.sla.explain import explain
from tests.unit.samples import CITY, at, event

OFFICE = [Frame(time(7, 30), time(11, 30)), Frame(time(13, 30), time(17))]
HOLIDAYS = {date(2024, 4, 18): "Giỗ Tổ", date(2024, 4, 29): "", date(2024, 4, 30): "", date(2024, 5, 1): ""}
H = Calendar("H", "Asia/Ho_Chi_Minh", dict.fromkeys(range(5), OFFICE), HOLIDAYS, {date(2024, 5, 4): 0})


FAR = at("2030-01-01 00:00")


def rule(priority: Priority, hours: int, on_reopen: OnReopen, on_priority: OnPriority) -> SlaRule:
    match = Match(priority=frozenset({priority}))
    return SlaRule(priority, match, "H", {TargetName.RESOLVE: hours * HOUR}, 0.8, (), on_reopen, on_priority)


def city(
    normal: int, high: int = 4, on_reopen: OnReopen = OnReopen.CONTINUE, on_priority: OnPriority = OnPriority.RESET
) -> Catalogue:
    rules = (
        rule(Priority.NORMAL, normal, on_reopen, on_priority),
        rule(Priority.HIGH, high, on_reopen, on_priority),
    )
    return Catalogue(CITY.zone, CITY.services, CITY.units, CITY.wards, {"H": H}, SlaPolicy(rules))


def resolve_clock(catalogue: Catalogue, *events: Event, now: Instant = FAR) -> SlaClock:
    state: Incident | None = None
    for one in events:
        state = decide(state, one, now, catalogue).state
    assert state is not None
    clock = state.clock(TargetName.RESOLVE)
    assert clock is not None
    return clock


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        (OnPriority.RETROACTIVE, "2024-04-16 08:00"),
        (OnPriority.KEEP_ELAPSED, "2024-04-16 10:00"),
        (OnPriority.RESET, "2024-04-16 16:00"),
        (OnPriority.PROPORTIONAL, "2024-04-16 14:30"),
    ],
)
def test_v10_change_of_priority(policy: OnPriority, due: str) -> None:
    clock = resolve_clock(
        city(16, 4, on_priority=policy),
        event("reported", at("2024-04-15 13:30")),
        event("updated", at("2024-04-16 10:00"), priority="high"),
    )
    assert clock.due == at(due)


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        (OnReopen.CONTINUE, "2024-04-19 14:30"),
        (OnReopen.RESET, "2024-04-22 09:30"),
        (OnReopen.NEVER_PAUSED, "2024-04-17 08:30"),
    ],
)
def test_v11_reopening(policy: OnReopen, due: str) -> None:
    clock = resolve_clock(
        city(8, on_reopen=policy),
        event("reported", at("2024-04-16 08:00")),
        event("resolved", at("2024-04-16 14:30")),
        event("reopened", at("2024-04-19 09:00")),
    )
    assert clock.due == at(due)


def test_v12_warning() -> None:
    clock = resolve_clock(city(8), event("reported", at("2024-04-16 08:00")))
    assert clock.warn == at("2024-04-16 16:24")
    assert clock.due == at("2024-04-17 08:30")


def test_v7_a_pause_moves_the_due() -> None:
    events = [event("reported", at("2024-04-16 08:00")), event("paused", at("2024-04-16 09:00"))]
    assert resolve_clock(city(4), *events).due is None
    assert resolve_clock(city(4), *events, event("resumed", at("2024-04-17 09:00"))).due == at("2024-04-17 14:00")


def test_pauses_outlive_a_change_of_rule() -> None:
    clock = resolve_clock(
        city(16, 8, on_priority=OnPriority.RETROACTIVE),
        event("reported", at("2024-04-16 08:00")),
        event("paused", at("2024-04-16 09:00")),
        event("updated", at("2024-04-16 10:00"), priority="high"),
        event("resumed", at("2024-04-17 09:00")),
    )
    assert clock.due == H.add(at("2024-04-17 09:00"), 7 * HOUR)


def test_a_breach_is_not_healed_by_a_pause() -> None:
    clock = resolve_clock(city(1), event("reported", at("2024-04-16 08:00")), event("paused", at("2024-04-16 10:00")))
    assert clock.due == at("2024-04-16 09:00")


def test_closed_before_it_was_opened_counts_as_no_time() -> None:
    clock = resolve_clock(city(8), event("reported", at("2024-04-16 08:00")), event("resolved", at("2024-04-16 07:00")))
    assert clock.met == at("2024-04-16 07:00")


def test_paused_and_resumed_in_one_second() -> None:
    second = at("2024-04-16 09:00")
    clock = resolve_clock(
        city(4),
        event("reported", at("2024-04-16 08:00")),
        event("resumed", second, event_id="a"),
        event("paused", second, event_id="b"),
    )
    assert clock.due == at("2024-04-16 13:30") + HOUR // 2


def ladder(*steps: EscalationStep) -> list[tuple[int, Instant]]:
    """Return level and moment of each escalation of a deadline due at 16:30 on Tuesday."""
    rule = SlaRule("r", Match(), "H", {TargetName.RESOLVE: 7 * HOUR}, None, steps)
    catalogue = Catalogue(CITY.zone, CITY.services, CITY.units, CITY.wards, {"H": H}, SlaPolicy((rule,)))
    state = decide(None, event("reported", at("2024-04-16 07:30")), FAR, catalogue).state
    assert state is not None
    told = []
    while state.next_at is not None:
        decision = decide(state, DeadlinePassed(state.id), state.next_at, catalogue)
        told += [(fact.level, fact.time) for fact in decision.facts if fact.kind is FactKind.ESCALATED]
        assert decision.state is not None
        state = decision.state
    return told


def test_a_step_waits_in_working_time_or_on_the_wall() -> None:
    assert ladder(EscalationStep(1, 2 * HOUR, "ioc", "screen")) == [(1, at("2024-04-17 09:00"))]
    assert ladder(EscalationStep(1, 2 * HOUR, "ioc", "screen", TimeKind.WALL)) == [(1, at("2024-04-16 18:30"))]


def test_the_last_step_repeats_and_then_falls_silent() -> None:
    last = EscalationStep(2, HOUR, "ioc", "screen", TimeKind.WALL, Repeat(2 * HOUR, 3))
    moments = ["17:30", "19:30", "21:30", "23:30"]
    assert ladder(EscalationStep(1, 0, "ioc", "screen"), last) == [
        (1, at("2024-04-16 16:30")),
        *((2, at(f"2024-04-16 {moment}")) for moment in moments),
    ]


def test_after_an_outage_a_repeating_step_speaks_once() -> None:
    step = EscalationStep(1, HOUR, "ioc", "screen", TimeKind.WALL, Repeat(HOUR, 20))
    rule = SlaRule("r", Match(), "H", {TargetName.RESOLVE: HOUR}, None, (step,))
    catalogue = Catalogue(CITY.zone, CITY.services, CITY.units, CITY.wards, {"H": H}, SlaPolicy((rule,)))
    state = decide(None, event("reported", at("2024-04-16 07:30")), FAR, catalogue).state
    facts = decide(state, DeadlinePassed("field-reports:1"), at("2024-04-16 15:45"), catalogue).facts
    assert [fact.kind for fact in facts] == [FactKind.BREACHED, FactKind.ESCALATED]
    assert facts[-1].time == at("2024-04-16 15:30")


def test_a_pause_that_began_before_the_report_counts_from_the_report_on() -> None:
    clock = resolve_clock(
        city(4),
        event("paused", at("2024-04-16 07:00")),
        event("reported", at("2024-04-16 08:00")),
        event("resumed", at("2024-04-16 09:00")),
    )
    assert clock.due == at("2024-04-16 15:00")


def test_a_pause_that_never_ends_holds_the_due_for_ever() -> None:
    events = [event("reported", at("2024-04-16 08:00")), event("paused", at("2024-04-16 09:00"))]
    state: Incident | None = None
    for one in events:
        state = decide(state, one, FAR, city(4)).state
    assert state is not None
    assert resolve_clock(city(4), *events).due is None
    assert state.next_at is None, "nothing is to be announced"
    told = next(explain(state, FAR, city(4)))
    assert (told.status, told.used) == ("paused", HOUR)


def test_a_pause_within_one_second_is_kept_to_the_millisecond() -> None:
    second = at("2024-04-16 09:00")
    clock = resolve_clock(
        city(4),
        event("reported", at("2024-04-16 08:00")),
        event("paused", second + 200),
        event("resumed", second + 900),
    )
    assert clock.due == at("2024-04-16 14:00") + 700


def test_a_breach_is_announced_after_the_exact_instant_of_the_due() -> None:
    state = decide(None, event("reported", at("2024-04-16 08:00")), FAR, city(1)).state
    due = at("2024-04-16 09:00")
    before = decide(state, DeadlinePassed("field-reports:1"), due, city(1))
    assert FactKind.BREACHED not in {fact.kind for fact in before.facts}
    after = decide(before.state, DeadlinePassed("field-reports:1"), due + 1, city(1))
    assert [fact.kind for fact in after.facts] == [FactKind.BREACHED]


@pytest.mark.parametrize(
    ("policy", "due"),
    [
        (OnPriority.RETROACTIVE, "2024-04-16 08:00:00"),
        (OnPriority.KEEP_ELAPSED, "2024-04-16 10:00:00"),
        (OnPriority.RESET, "2024-04-17 08:30:00"),
        (OnPriority.PROPORTIONAL, "2024-04-16 16:52:30"),  # 690 of 960 minutes were left: 172.5 of 240
    ],
)
def test_a_priority_raised_while_paused_counts_no_minute_of_the_pause(policy: OnPriority, due: str) -> None:
    clock = resolve_clock(
        city(16, 4, on_priority=policy),
        event("reported", at("2024-04-15 13:30")),
        event("paused", at("2024-04-16 08:30")),
        event("updated", at("2024-04-16 10:00"), priority="high"),
        event("resumed", at("2024-04-16 14:00")),
    )
    assert clock.due == at(due)
