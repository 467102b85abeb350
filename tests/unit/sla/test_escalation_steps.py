"""The next step of a deadline, and those it has reached, against its whole ladder laid out from the warning on."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import EscalationStep, Match, Repeat, SlaPolicy, SlaRule, TimeKind
from ioc.core.scalars import TargetName
from ioc.core.times import DAY, HOUR, MINUTE, Instant
from ioc.incident.directive import DeadlineStep
from ioc.incident.fired_step import BREACHED, FIRST_ESCALATION, WARNED, FiredStep
from ioc.incident.lifecycle import State
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.sla.escalation_steps import due_steps, fires_at, last_fired, next_step_at, steps
from tests.unit.samples import CITY, at
from tests.unit.sla.test_clocks import H

T = at("2024-04-16 08:00")
TARGET = TargetName.RESOLVE


def laid_out(clock: SlaClock, ladder: tuple[EscalationStep, ...]) -> Iterator[DeadlineStep]:
    """Yield all steps of a clock, step by step."""
    if clock.warn is not None:
        yield DeadlineStep(WARNED, 0, clock.warn)
    due = clock.due
    if due is None:
        return
    yield DeadlineStep(BREACHED, 0, due)
    number = FIRST_ESCALATION
    for step in ladder:
        every, times = (step.repeat.every, step.repeat.times) if step.repeat is not None else (0, 0)
        for turn in range(times + 1):
            wait = step.after + turn * every
            moment = due + wait if step.waits_in is TimeKind.WALL else H.add(due, wait)
            yield DeadlineStep(number, step.level, moment, step.unit, step.channel)
            number += 1


@st.composite
def ladders(draw: st.DrawFn) -> tuple[EscalationStep, ...]:
    """Draw a ladder that a catalogue would take: no step before the one below it, and only the last one repeats."""
    waits = sorted(draw(st.lists(st.integers(0, 30 * HOUR), max_size=4)))
    working = draw(st.integers(0, 4))  # steps that wait in working time come last: none in wall time overtakes them
    steps = [
        EscalationStep(level, wait, f"unit {level}", "screen", TimeKind.WALL if level <= working else TimeKind.WORKING)
        for level, wait in enumerate(waits, 1)
    ]
    if steps and draw(st.booleans()):
        last, repeat = steps[-1], Repeat(draw(st.integers(MINUTE, 5 * HOUR)), draw(st.integers(1, 9)))
        steps[-1] = EscalationStep(last.level, last.after, last.unit, last.channel, last.waits_in, repeat)
    return tuple(steps)


def city(ladder: tuple[EscalationStep, ...]) -> Catalogue:
    rules = SlaPolicy((SlaRule("r", Match(), "H", {TARGET: HOUR}, 0.8, ladder),))
    return Catalogue(CITY.zone, CITY.services, CITY.units, CITY.wards, {"H": H}, rules)


@st.composite
def clocks(draw: st.DrawFn) -> SlaClock:
    """Draw a clock that runs: it stands still at times, and then it is neither due nor warned of."""
    due = draw(st.none() | st.integers(T, T + 5 * DAY))
    warn = None if due is None else draw(st.none() | st.integers(T - DAY, due))
    return SlaClock(TARGET, T, HOUR, due=due, warn=warn, run=draw(st.integers(0, 1)))


def said(clock: SlaClock, to: int) -> Iterator[FiredStep]:
    """Yield what was said of a clock up to a step, and what was said of others, or of other runs."""
    yield FiredStep(0, "r", TargetName.ASSIGN, 90, 0, T, T, clock.run)
    yield FiredStep(0, "r", TARGET, 91, 0, T, T, clock.run + 1)
    yield FiredStep(0, "another", TARGET, 92, 0, T, T, clock.run)
    yield FiredStep(1, "r", TARGET, 93, 0, T, T, clock.run)
    yield from (FiredStep(0, "r", TARGET, step, 0, T, T, clock.run) for step in range(to + 1))


@given(ladders(), clocks(), st.integers(-1, 15), st.integers(T - DAY, T + 12 * DAY))
def test_what_comes_next_and_what_has_come_are_those_of_the_ladder_laid_out(
    ladder: tuple[EscalationStep, ...], clock: SlaClock, to: int, sometime: Instant
) -> None:
    catalogue, whole = city(ladder), list(laid_out(clock, ladder))
    incident = Incident("a:1", State.REPORTED, rule="r", clocks=(clock,), fired_steps=tuple(said(clock, to)))
    left = [step for step in whole if step.number > to]
    assert list(steps(clock, incident, catalogue)) == whole
    assert last_fired(clock, incident) == to
    assert next_step_at(incident, catalogue) == (fires_at(left[0]) if left else None)
    for now in (sometime, *(step.at + after for step in left for after in (-1, 0, 1))):
        assert due_steps(clock, incident, now, catalogue) == [step for step in left if fires_at(step) <= now]


def test_an_incident_waits_for_the_first_step_of_all_its_running_clocks() -> None:
    dues = {TargetName.ACKNOWLEDGE: T + HOUR, TargetName.ASSIGN: T + 3 * HOUR, TargetName.RESOLVE: T + 2 * HOUR}
    running = tuple(SlaClock(target, T, HOUR, due=due) for target, due in dues.items())
    met = SlaClock(TargetName.ACKNOWLEDGE, T, HOUR, due=T + HOUR, met=T)
    assert next_step_at(Incident("a:1", State.REPORTED, clocks=running), CITY) == T + HOUR + 1
    assert next_step_at(Incident("a:1", State.REPORTED, clocks=(met, *running[1:])), CITY) == T + 2 * HOUR + 1
    assert next_step_at(Incident("a:1", State.RESOLVED, clocks=running), CITY) is None
    assert next_step_at(Incident("a:1", State.REPORTED, clocks=(met,)), CITY) is None
