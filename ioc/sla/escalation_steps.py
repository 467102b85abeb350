"""The steps a deadline announces (the warning, the breach, the escalations), and which of them were announced."""

from collections.abc import Iterator
from typing import assert_never

from ioc.catalogue.calendar import Calendar
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import EscalationStep, SlaRule, TimeKind
from ioc.core.times import Instant
from ioc.incident.directive import DeadlineStep
from ioc.incident.facts import FactKind
from ioc.incident.fired_step import BREACHED, FIRST_ESCALATION, WARNED, FiredStep
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.sla import directives


def fact_kind(step: int) -> FactKind:
    """Return the kind of the fact that announces a step, by its number."""
    if step == WARNED:
        return FactKind.WARNED
    return FactKind.BREACHED if step == BREACHED else FactKind.ESCALATED


def steps(clock: SlaClock, incident: Incident, catalogue: Catalogue) -> Iterator[DeadlineStep]:
    """Yield what a clock announces, in order: the warning, the breach, the escalations and their repeats."""
    step = step_after(-1, clock, incident, catalogue)
    while step is not None:
        yield step
        step = step_after(step.number, clock, incident, catalogue)


def due_steps(clock: SlaClock, incident: Incident, now: Instant, catalogue: Catalogue) -> list[DeadlineStep]:
    """Return the steps of a clock that are due by `now` and were not announced yet.

    No step is due before the one below it: the catalogue refuses an escalation policy in which one could be.
    """
    due: list[DeadlineStep] = []
    step = step_after(last_fired(clock, incident), clock, incident, catalogue)
    while step is not None and fires_at(step) <= now:
        due.append(step)
        step = step_after(step.number, clock, incident, catalogue)
    return due


def step_after(last: int, clock: SlaClock, incident: Incident, catalogue: Catalogue) -> DeadlineStep | None:
    """Return the first step of a clock with a number above `last`; None when there is none."""
    if clock.due is None:
        return None
    if last < WARNED and clock.warn is not None:
        return DeadlineStep(WARNED, 0, clock.warn)
    if last < BREACHED:
        return DeadlineStep(BREACHED, 0, clock.due)
    rule = catalogue.rules.by_id.get(incident.rule)
    return None if rule is None else _escalation(last + 1, clock.due, rule, catalogue.calendars[rule.calendar])


def _escalation(number: int, due: Instant, rule: SlaRule, calendar: Calendar) -> DeadlineStep | None:
    """Return the step with a number above the breach. A policy's step takes one number, and one for each repeat."""
    repeat = number - FIRST_ESCALATION
    for step in rule.escalation_steps:
        times = 1 if step.repeat is None else 1 + step.repeat.times
        if repeat < times:
            return DeadlineStep(number, step.level, _escalates_at(step, repeat, due, calendar), step.unit, step.channel)
        repeat -= times
    return None


def _escalates_at(step: EscalationStep, repeat: int, due: Instant, calendar: Calendar) -> Instant:
    """Return when a step is announced for the first time (repeat 0) or again."""
    wait = step.after if step.repeat is None else step.after + repeat * step.repeat.every
    match step.waits_in:
        case TimeKind.WALL:
            return due + wait
        case TimeKind.WORKING:
            return calendar.add(due, wait)
    assert_never(step.waits_in)


def is_fired_by(fired: FiredStep, clock: SlaClock, incident: Incident) -> bool:
    """True when a clock fired the step in its present run: that of the incident, of the clock, and under this rule."""
    is_clocks = fired.run == clock.run and fired.target == clock.target
    return is_clocks and fired.epoch == incident.epoch and fired.rule == incident.rule


def last_fired(clock: SlaClock, incident: Incident) -> int:
    """Return the highest number of a step that a clock fired in its present run; -1 when it fired none."""
    last, target = -1, clock.target
    for fired in incident.fired_steps:
        if fired.target == target and fired.step > last and is_fired_by(fired, clock, incident):
            last = fired.step
    return last


def next_step_at(incident: Incident, catalogue: Catalogue) -> Instant | None:
    """Return when the next announcement is due, over all running clocks and directives; None when none is to come.

    The due instant itself is still in time, so a breach is announced one millisecond after it.
    """
    if not incident.is_open:
        return None
    instants = [
        at for clock in incident.clocks if clock.running and (at := _next_of(clock, incident, catalogue)) is not None
    ]
    if incident.directives:
        instants += [fires_at(reminder.steps[0]) for reminder in directives.pending_reminders(incident, catalogue)]
    return min(instants) if instants else None


def _next_of(clock: SlaClock, incident: Incident, catalogue: Catalogue) -> Instant | None:
    if not incident.fired_steps and clock.warn is not None and clock.due is not None:
        return clock.warn  # the common case: nothing was announced yet
    step = step_after(last_fired(clock, incident), clock, incident, catalogue)
    return None if step is None else fires_at(step)


def fires_at(step: DeadlineStep) -> Instant:
    """Return the first instant at which a step is announced: a warning at once, all else just after its instant."""
    return step.at if step.number == WARNED else step.at + 1
