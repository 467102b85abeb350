"""Why an incident is due when it is: the arithmetic that is told adds up, on the vectors and on any life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.calendar import Pause
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import EscalationStep, Match, OnReopen, SlaPolicy, SlaRule
from ioc.core.scalars import TargetName
from ioc.core.times import HOUR, MINUTE, Instant
from ioc.decider.decide import DeadlinePassed, decide
from ioc.incident.event import Event
from ioc.incident.state import Incident
from ioc.sla.explain import Explanation, explain
from tests.unit.samples import CITY, LATER, at, event

OFFICE = CITY.calendars["hanh-chinh"]


def city(hours: float, on_reopen: OnReopen = OnReopen.CONTINUE) -> Catalogue:
    """Return the city with one rule: so many office hours to the solution, then two steps."""
    ladder = (EscalationStep(1, 0, "ioc", "screen"), EscalationStep(2, HOUR, "ubnd-tp", "call"))
    targets = {TargetName.RESOLVE: round(hours * HOUR)}
    rule = SlaRule("only", Match(), "hanh-chinh", targets, 0.8, ladder, on_reopen)
    return replace(CITY, rules=SlaPolicy((rule,)))


def told(catalogue: Catalogue, now: Instant, *events: Event | DeadlinePassed) -> Explanation:
    incident: Incident | None = None
    for one in events:
        incident = decide(incident, one, LATER if isinstance(one, Event) else now, catalogue).state
    assert incident is not None
    (explanation,) = explain(incident, now, catalogue)
    return explanation


def days(explanation: Explanation) -> list[str]:
    return [day.date for day in explanation.skipped]


@pytest.mark.parametrize(
    ("now", "used"),
    [("04-17 16:30", 0), ("04-17 16:45", 15), ("04-18 10:00", 30), ("04-19 08:00", 60), ("04-19 09:00", 120)],
)
def test_v2_a_holiday_on_the_way(now: str, used: int) -> None:
    explanation = told(city(2), at(f"2024-{now}"), event("reported", at("2024-04-17 16:30")))
    assert explanation.due == at("2024-04-19 09:00")
    assert [(day.date, day.name) for day in explanation.skipped] == [("2024-04-18", "Hung Kings' Commemoration Day")]
    assert (explanation.used, explanation.remaining) == (used * MINUTE, (120 - used) * MINUTE)
    assert (explanation.total, explanation.status) == (2 * HOUR, "running")


def test_v5_every_holiday_that_was_jumped_over_is_named() -> None:
    explanation = told(city(8), at("2024-04-26 16:00"), event("reported", at("2024-04-26 16:00")))
    assert explanation.due == at("2024-05-02 16:30")
    assert days(explanation) == ["2024-04-29", "2024-04-30", "2024-05-01"]


def test_v7_a_pause() -> None:
    start, end = at("2024-04-16 09:00"), at("2024-04-17 09:00")
    reported, paused = event("reported", at("2024-04-16 08:00")), event("paused", start)
    held = told(city(4), at("2024-04-16 16:00"), reported, paused)
    assert (held.status, held.due, held.paused_at, held.pauses) == ("paused", None, start, ())
    assert (held.used, held.remaining) == (60 * MINUTE, 180 * MINUTE)
    resumed = told(city(4), at("2024-04-17 10:00"), reported, paused, event("resumed", end))
    assert (resumed.due, resumed.paused_at, resumed.pauses) == (at("2024-04-17 14:00"), None, ((start, end),))
    assert (resumed.used, resumed.remaining) == (120 * MINUTE, 120 * MINUTE)
    assert resumed.warn_at == at("2024-04-17 11:12")


def test_v11_the_time_it_was_closed_is_a_pause_and_a_reset_starts_anew() -> None:
    closed, again = at("2024-04-16 14:30"), at("2024-04-19 09:00")
    life = [event("reported", at("2024-04-16 08:00")), event("resolved", closed), event("reopened", again)]
    now = at("2024-04-19 10:00")
    went_on = told(city(8), now, *life)
    assert (went_on.due, went_on.pauses) == (at("2024-04-19 14:30"), ((closed, again),))
    assert (went_on.used, went_on.remaining) == (5 * HOUR + 30 * MINUTE, 2 * HOUR + 30 * MINUTE)
    anew = told(city(8, OnReopen.RESET), now, *life)
    assert (anew.start, anew.used, anew.remaining) == (again, HOUR, 7 * HOUR)


def test_a_change_of_rule_keeps_what_was_used() -> None:
    """The shipped rules: 16 office hours, then 4 hours round the clock once it is urgent."""
    incident = decide(None, event("reported", at("2024-04-15 13:30")), LATER, CITY).state
    changed = decide(incident, event("updated", at("2024-04-15 14:30"), priority="urgent"), LATER, CITY).state
    assert changed is not None
    resolve = next(one for one in explain(changed, at("2024-04-15 16:30"), CITY) if one.target == "resolve")
    assert (resolve.rule, resolve.calendar, resolve.total) == ("urgent", "247", 4 * HOUR)
    assert (resolve.used, resolve.remaining, resolve.due) == (3 * HOUR, HOUR, at("2024-04-15 17:30"))


@pytest.mark.parametrize(("minutes", "status"), [(-1, "met"), (0, "met"), (1, "breached")])
def test_what_was_met_counts_no_further(minutes: int, status: str) -> None:
    met = at("2024-04-16 10:00") + minutes * MINUTE
    life = [event("reported", at("2024-04-16 08:00")), event("resolved", met)]
    explanation = told(city(2), at("2024-04-25 10:00"), *life)
    assert (explanation.status, explanation.met_at) == (status, met)
    assert explanation.used == 2 * HOUR + minutes * MINUTE
    assert explanation.remaining == max(0, -minutes * MINUTE)
    assert explanation.skipped == ()


def test_what_was_called_off_stands_still() -> None:
    life = [event("reported", at("2024-04-16 08:00")), event("cancelled", at("2024-04-16 09:00"))]
    explanation = told(city(2), at("2024-04-25 10:00"), *life)
    assert (explanation.status, explanation.used, explanation.remaining) == ("stopped", HOUR, HOUR)


def test_a_deadline_given_with_the_report_counts_every_hour() -> None:
    reported = event("reported", at("2024-04-17 16:30"), due={"resolve": "2024-04-19T16:30:00+07:00"})
    pause = [event("paused", at("2024-04-17 16:40")), event("resumed", at("2024-04-17 17:00"))]
    explanation = told(city(2), at("2024-04-18 16:30"), reported, *pause, event("paused", at("2024-04-18 16:00")))
    assert (explanation.rule, explanation.calendar) == ("explicit", "explicit")
    assert (explanation.used, explanation.remaining, explanation.total) == (24 * HOUR, 24 * HOUR, 48 * HOUR)
    assert (explanation.skipped, explanation.pauses, explanation.paused_at) == ((), (), None)


def test_the_ladder_says_who_was_told_and_when() -> None:
    reported = event("reported", at("2024-04-16 08:00"))
    steps = [(step.level, step.at, step.recipient, step.fired_at) for step in told(city(2), LATER, reported).steps]
    assert steps[-2:] == [
        (1, at("2024-04-16 10:00"), "ioc", None),
        (2, at("2024-04-16 11:00"), "ubnd-tp", None),
    ]
    now = at("2024-04-16 10:30")
    steps = told(city(2), now, reported, DeadlinePassed("field-reports:1")).steps
    assert [(step.level, step.fired_at) for step in steps][-2:] == [(1, now), (2, None)]


MOMENTS = st.integers(at("2024-04-10 00:00") // MINUTE, at("2024-05-10 00:00") // MINUTE).map(lambda m: m * MINUTE)


@given(st.lists(MOMENTS, min_size=2, max_size=8, unique=True), st.integers(1, 60))
def test_used_and_remaining_add_up_to_the_total_and_lead_to_the_due(moments: list[Instant], hours: int) -> None:
    reported, *turns, now = sorted(moments)
    kinds = ["paused", "resumed"] * len(turns)
    life = [event(kind, turn) for kind, turn in zip(kinds, turns, strict=False)]
    explanation = told(city(hours), now, event("reported", reported), *life)
    pauses = [Pause(start, end) for start, end in zip(turns[::2], [*turns[1::2], now], strict=False)]
    assert explanation.used == OFFICE.between(reported, now, pauses)
    assert explanation.remaining == max(0, hours * HOUR - explanation.used)
    assert explanation.total == hours * HOUR
    if explanation.status == "running" and explanation.remaining:
        assert explanation.due == OFFICE.add(now, explanation.remaining)
    assert (explanation.status == "paused") == (len(turns) % 2 == 1 and explanation.remaining > 0)
    seen = OFFICE.skipped(reported, max(now, explanation.due or now))
    assert days(explanation) == [day.date.isoformat() for day in seen]
