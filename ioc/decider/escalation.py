"""The announcements of deadlines: each step is recorded on the draft and made a fact, once."""

from collections.abc import Iterator
from typing import Any

from ioc.catalogue.city import Catalogue
from ioc.core.times import Instant
from ioc.decider.fact_builders import fact_of
from ioc.incident.directive import DeadlineStep, Directive, UnitAnswer
from ioc.incident.facts import Fact
from ioc.incident.fired_step import BREACHED, FiredStep
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.sla import directives
from ioc.sla.escalation_steps import due_steps, fact_kind, fires_at, last_fired


def late_breaches(new: Incident, now: Instant) -> list[Fact]:
    """Return the breaches, of targets and of directives, that were met late before the clock announced them."""
    facts = []
    for clock in new.clocks:
        met = clock.met
        if met is not None and clock.due is not None and met > clock.due and last_fired(clock, new) < BREACHED:
            facts.append(_announce(new, clock, DeadlineStep(BREACHED, 0, clock.due), now))
    return [*facts, *_late_answers(new, now)] if new.directives else facts


def _late_answers(new: Incident, now: Instant) -> Iterator[Fact]:
    for directive, answer in list(directives.unannounced_breaches(new)):
        step = DeadlineStep(BREACHED, 0, directive.due or 0, directive.by or "")
        yield _remind(new, directive, answer, step, now)


def due_announcements(new: Incident, now: Instant, catalogue: Catalogue) -> list[Fact]:
    """Return the facts of the steps that are due by `now`, of each target and of each directive."""
    facts = [
        _announce(new, clock, step, now)
        for clock in new.clocks
        if clock.running
        for step in _announced(due_steps(clock, new, now, catalogue))
    ]
    return [*facts, *_due_reminders(new, now, catalogue)] if new.directives else facts


def _due_reminders(new: Incident, now: Instant, catalogue: Catalogue) -> Iterator[Fact]:
    for reminder in list(directives.pending_reminders(new, catalogue)):
        steps = _announced([step for step in reminder.steps if fires_at(step) <= now])
        yield from (_remind(new, reminder.directive, reminder.answer, step, now) for step in steps)


def _announced(steps: list[DeadlineStep]) -> list[DeadlineStep]:
    """Return which of the due steps are announced: the breach and the last. A warning after the due is pointless."""
    return [step for step in steps if step.number == BREACHED or step is steps[-1]]


def _announce(new: Incident, clock: SlaClock, step: DeadlineStep, now: Instant) -> Fact:
    """Record on the draft that a step of a clock was announced, and return the fact of it."""
    due = clock.due or 0
    fired = FiredStep(new.epoch, new.rule, clock.target, step.number, step.level, due, now, clock.run)
    new.fired_steps = (*new.fired_steps, fired)
    details = _details(step) | {"rule": new.rule, "target": clock.target, "due": due}
    return fact_of(fact_kind(step.number), fired.fact_id(new.id), new, step.at, now, **details)


def _remind(new: Incident, directive: Directive, answer: UnitAnswer, step: DeadlineStep, now: Instant) -> Fact:
    """Record on the draft that a step of a directive was announced about a unit, and return the fact of it."""
    fired = directives.record_reminder(new, directive, answer, step, now)
    details = _details(step) | {"directive": directive.id, "due": directive.due}
    return fact_of(fact_kind(step.number), fired.fact_id(new.id), new, step.at, now, unit=answer.unit, **details)


def _details(step: DeadlineStep) -> dict[str, Any]:
    """Return the level, recipient and channel of a step as fields of its fact."""
    return {"level": step.level, "recipient": step.recipient or None, "channel": step.channel or None}
