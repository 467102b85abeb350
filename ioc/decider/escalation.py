"""The steps of deadlines as they are announced: each is noted on the draft and told by a fact, once."""

from collections.abc import Iterator
from typing import Any

from ioc.catalogue.city import Catalogue
from ioc.core.times import Instant
from ioc.decider.fact_builders import fact_of
from ioc.incident.directive import DeadlineStep, Directive, UnitAnswer
from ioc.incident.facts import Fact, FactKind
from ioc.incident.state import BREACHED, WARNED, FiredStep, Incident, SlaClock
from ioc.sla import directives
from ioc.sla.escalation_steps import due_steps, fires_at, last_fired


def late_breaches(new: Incident, now: Instant) -> list[Fact]:
    """Return the breaches, of targets and of directives, that no tick announced before they were met."""
    facts = []
    for clock in new.clocks:
        due, met = clock.due, clock.met
        if due is not None and met is not None and met > due and last_fired(clock, new) < BREACHED:
            facts.append(_say(new, clock, DeadlineStep(BREACHED, 0, due), now))
    return [*facts, *_done_late(new, now)] if new.directives else facts


def _done_late(new: Incident, now: Instant) -> Iterator[Fact]:
    for given, answer in list(directives.unannounced_breaches(new)):
        yield _remind(new, given, answer, DeadlineStep(BREACHED, 0, given.due or 0, given.by or ""), now)


def _remind(new: Incident, given: Directive, answer: UnitAnswer, step: DeadlineStep, now: Instant) -> Fact:
    """Note on the draft that a step of a directive was announced of a unit, and return the fact of it."""
    key = directives.record_reminder(new, given, answer, step, now)
    kind = _STEPS.get(step.number, FactKind.ESCALATED)
    of = _told_by(step) | {"directive": given.id, "due": given.due}
    return fact_of(kind, key, new, step.at, now, unit=answer.unit, **of)


_STEPS = {WARNED: FactKind.WARNED, BREACHED: FactKind.BREACHED}


def _say(new: Incident, clock: SlaClock, step: DeadlineStep, now: Instant) -> Fact:
    """Note on the draft that a step was announced, and return the fact of it. The id can only be made once."""
    due = clock.due or 0
    said = FiredStep(new.epoch, new.rule, clock.target, step.number, step.level, due, now, clock.run)
    new.fired_steps = (*new.fired_steps, said)
    kind, key = _STEPS.get(step.number, FactKind.ESCALATED), said.fact_id(new.id)
    of = _told_by(step) | {"rule": new.rule, "target": clock.target, "due": due}
    return fact_of(kind, key, new, step.at, now, **of)


def _told_by(step: DeadlineStep) -> dict[str, Any]:
    """Return what a step says of whom it tells, as fields of its fact."""
    return {"level": step.level, "recipient": step.recipient or None, "channel": step.channel or None}


def due_announcements(new: Incident, now: Instant, catalogue: Catalogue) -> list[Fact]:
    """Return the facts of the steps that the clock has reached of each target, and of each directive."""
    facts = [
        _say(new, clock, step, now)
        for clock in new.clocks
        if clock.running
        for step in _spoken(due_steps(clock, new, now, catalogue))
    ]
    return [*facts, *_reminded(new, now, catalogue)] if new.directives else facts


def _reminded(new: Incident, now: Instant, catalogue: Catalogue) -> Iterator[Fact]:
    for reminder in list(directives.pending_reminders(new, catalogue)):
        spoken = _spoken([step for step in reminder.steps if fires_at(step) <= now])
        yield from (_remind(new, reminder.directive, reminder.answer, step, now) for step in spoken)


def _spoken(steps: list[DeadlineStep]) -> list[DeadlineStep]:
    """Return which of the steps passed are announced: the breach, and the last. One warns of what is to come alone."""
    return [step for step in steps if step.number == BREACHED or step is steps[-1]]
