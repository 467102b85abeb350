"""The steps a deadline announces: the warning, the breach, the rungs of the ladder; and which were announced so far."""

from collections.abc import Iterator
from itertools import chain

from ioc import directing
from ioc.calendar import Calendar
from ioc.catalogue import Catalogue
from ioc.directive import Step
from ioc.incident import BREACHED, LADDER, WARNED, Clock, Incident
from ioc.rules import Rung, TimeKind
from ioc.times import Instant


def steps(clock: Clock, incident: Incident, catalogue: Catalogue) -> Iterator[Step]:
    """Yield what a clock announces, in order: the warning, the breach, the rungs of the ladder and their repeats."""
    if clock.due is None:
        return
    if clock.warn is not None:
        yield Step(WARNED, 0, clock.warn)
    yield Step(BREACHED, 0, clock.due)
    rule = catalogue.rules.by_id.get(incident.rule)
    if rule is not None:
        calendar = catalogue.calendars[rule.calendar]
        moments = ((rung, at) for rung in rule.ladder for at in _moments(rung, clock.due, calendar))
        for number, (rung, at) in enumerate(moments, LADDER):
            yield Step(number, rung.level, at, rung.whom, rung.channel)


def _moments(rung: Rung, due: Instant, calendar: Calendar) -> Iterator[Instant]:
    """Yield when a rung speaks: once, and as often again as it repeats."""
    every, times = (rung.repeat.every, rung.repeat.times) if rung.repeat is not None else (0, 0)
    for wait in (rung.after + n * every for n in range(times + 1)):
        yield due + wait if rung.waits_in is TimeKind.WALL else calendar.add(due, wait)


def last_said(clock: Clock, incident: Incident) -> int:
    """Return the highest step of a clock announced in this run under this rule; -1 when none was."""
    if not incident.said:
        return -1
    return max(
        (said.step for said in incident.said if said.is_of(incident, clock)),
        default=-1,
    )


def next_step_at(incident: Incident, catalogue: Catalogue) -> Instant | None:
    """Return when the next announcement is due, over all running clocks and directives; None when nothing is to come.

    The instant of the due itself is still on time, so a breach is announced one millisecond after it.
    """
    if not incident.is_open:
        return None
    clocks = (at for clock in incident.clocks if (at := _next_of(clock, incident, catalogue)) is not None)
    directives = (announced_at(one.steps[0]) for one in directing.reminders(incident, catalogue))
    return min(chain(clocks, directives), default=None)


def _next_of(clock: Clock, incident: Incident, catalogue: Catalogue) -> Instant | None:
    if not clock.running:
        return None
    said = last_said(clock, incident)
    return next((announced_at(step) for step in steps(clock, incident, catalogue) if step.number > said), None)


def announced_at(step: Step) -> Instant:
    """Return the first instant at which a step holds: after its due for a breach, at once for a warning."""
    return step.at if step.number == WARNED else step.at + 1
