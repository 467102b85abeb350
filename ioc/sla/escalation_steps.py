"""The steps a deadline announces: the warning, the breach, the rungs of the ladder; and which were announced so far."""

from collections.abc import Iterator

from ioc.catalogue.calendar import Calendar
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import EscalationStep, SlaRule, TimeKind
from ioc.core.times import Instant
from ioc.incident.directive import DeadlineStep
from ioc.incident.state import BREACHED, FIRST_ESCALATION, WARNED, Incident, SlaClock
from ioc.sla import directives


def steps(clock: SlaClock, incident: Incident, catalogue: Catalogue) -> Iterator[DeadlineStep]:
    """Yield what a clock announces, in order: the warning, the breach, the rungs of the ladder and their repeats."""
    step = step_after(-1, clock, incident, catalogue)
    while step is not None:
        yield step
        step = step_after(step.number, clock, incident, catalogue)


def due_steps(clock: SlaClock, incident: Incident, now: Instant, catalogue: Catalogue) -> list[DeadlineStep]:
    """Return the steps of a clock that hold by `now` and were not announced yet.

    No step comes before the one below it: the catalogue refuses a ladder in which one could.
    """
    found: list[DeadlineStep] = []
    step = step_after(last_fired(clock, incident), clock, incident, catalogue)
    while step is not None and fires_at(step) <= now:
        found.append(step)
        step = step_after(step.number, clock, incident, catalogue)
    return found


def step_after(last: int, clock: SlaClock, incident: Incident, catalogue: Catalogue) -> DeadlineStep | None:
    """Return the first step of a clock whose number is higher than `last`; None when it has no more."""
    if clock.due is None:
        return None
    if last < WARNED and clock.warn is not None:
        return DeadlineStep(WARNED, 0, clock.warn)
    if last < BREACHED:
        return DeadlineStep(BREACHED, 0, clock.due)
    rule = catalogue.rules.by_id.get(incident.rule)
    return None if rule is None else _on_ladder(last + 1, clock.due, rule, catalogue.calendars[rule.calendar])


def _on_ladder(number: int, due: Instant, rule: SlaRule, calendar: Calendar) -> DeadlineStep | None:
    """Return the step of a number from the ladder: each rung speaks once, and as often again as it repeats."""
    turn = number - FIRST_ESCALATION
    for rung in rule.escalation_steps:
        turns = 1 if rung.repeat is None else 1 + rung.repeat.times
        if turn < turns:
            return DeadlineStep(number, rung.level, _moment(rung, turn, due, calendar), rung.whom, rung.channel)
        turn -= turns
    return None


def _moment(rung: EscalationStep, turn: int, due: Instant, calendar: Calendar) -> Instant:
    """Return when a rung speaks for the first time, at turn 0, or again."""
    wait = rung.after if rung.repeat is None else rung.after + turn * rung.repeat.every
    return due + wait if rung.waits_in is TimeKind.WALL else calendar.add(due, wait)


def last_fired(clock: SlaClock, incident: Incident) -> int:
    """Return the highest step of a clock announced in this run under this rule; -1 when none was."""
    last, target = -1, clock.target
    for said in incident.fired_steps:
        if said.target == target and said.step > last and said.is_of(incident, clock):
            last = said.step
    return last


def next_step_at(incident: Incident, catalogue: Catalogue) -> Instant | None:
    """Return when the next announcement is due, over all running clocks and directives; None when nothing is to come.

    The instant of the due itself is still on time, so a breach is announced one millisecond after it.
    """
    if not incident.is_open:
        return None
    coming = [
        at for clock in incident.clocks if clock.running and (at := _next_of(clock, incident, catalogue)) is not None
    ]
    if incident.directives:
        coming += [fires_at(one.steps[0]) for one in directives.pending_reminders(incident, catalogue)]
    return min(coming) if coming else None


def _next_of(clock: SlaClock, incident: Incident, catalogue: Catalogue) -> Instant | None:
    if not incident.fired_steps and clock.warn is not None and clock.due is not None:
        return clock.warn  # as it is with most: nothing was announced yet
    step = step_after(last_fired(clock, incident), clock, incident, catalogue)
    return None if step is None else fires_at(step)


def fires_at(step: DeadlineStep) -> Instant:
    """Return the first instant at which a step holds: after its due for a breach, at once for a warning."""
    return step.at if step.number == WARNED else step.at + 1
