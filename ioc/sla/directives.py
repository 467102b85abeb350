"""Directives of an incident: given, acknowledged and reported done; and the reminders of their deadlines.

A directive's due is an instant, so its deadline counts all time, not working time. It is watched while the incident is
open.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.directive_policy import DirectivePolicy
from ioc.core.rejections import Reason
from ioc.core.times import Instant, to_instant
from ioc.incident.directive import DeadlineStep, Directive, FiredReminder, UnitAnswer, find_directive
from ioc.incident.fired_step import BREACHED, FIRST_ESCALATION, WARNED
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.payloads import Directed, DirectiveAnswered
from ioc.incident.state import Incident

# How many units the directives of one incident may be given to in all: each can be warned, breached and escalated, and
# the state has to fit into one record.
MAX_DIRECTED = 500


def directive_rejection(draft: Incident, entry: HistoryEntry, directed: Directed) -> Reason | None:
    """Return why a directive cannot be given: its id is taken, or the state has no room for so many units."""
    if find_directive(draft.directives, entry.id) is not None:
        return Reason.DIRECTIVE_TAKEN
    if sum(len(directive.answers) for directive in draft.directives) + len(directed.units) > MAX_DIRECTED:
        return Reason.TOO_MANY_DIRECTED
    return None


def answer_rejection(draft: Incident, answered: DirectiveAnswered) -> Reason | None:
    """Return why a unit cannot give this answer: there is no such directive, or it is not to this unit."""
    directive = find_directive(draft.directives, answered.directive)
    if directive is None:
        return Reason.UNKNOWN_DIRECTIVE
    return None if answered.unit in directive.units else Reason.NOT_DIRECTED


def add_directive(draft: Incident, entry: HistoryEntry, directed: Directed) -> None:
    """Add a directive to the draft; its units take part in the incident from now on."""
    answers = tuple(UnitAnswer(unit) for unit in dict.fromkeys(directed.units))
    due = None if directed.due is None else to_instant(directed.due)
    directive = Directive(entry.id, entry.source, entry.time, answers, directed.by, due)
    draft.directives = (*draft.directives, directive)
    draft.units = tuple(dict.fromkeys((*draft.units, *directed.units)))


def acknowledge_directive(draft: Incident, answered: DirectiveAnswered, at: Instant) -> None:
    """Record that a unit has acknowledged a directive; the first time counts."""
    _record_answer(draft, answered, at, None)


def report_done(draft: Incident, answered: DirectiveAnswered, at: Instant) -> None:
    """Record that a unit has carried a directive out; the first time counts, as its acknowledgement too."""
    _record_answer(draft, answered, at, at)


def _record_answer(draft: Incident, answered: DirectiveAnswered, at: Instant, done_at: Instant | None) -> None:
    draft.directives = tuple(
        replace(directive, answers=tuple(_merge(answer, answered.unit, at, done_at) for answer in directive.answers))
        if directive.id == answered.directive
        else directive
        for directive in draft.directives
    )


def _merge(answer: UnitAnswer, unit: str, at: Instant, done_at: Instant | None) -> UnitAnswer:
    """Return an answer with what its unit says now; those of other units stay."""
    if answer.unit != unit:
        return answer
    first = at if answer.acknowledged_at is None else answer.acknowledged_at
    return UnitAnswer(unit, first, done_at if answer.done_at is None else answer.done_at)


class Reminder(NamedTuple):
    """The steps of a directive's deadline that were not announced about a unit yet, in order."""

    directive: Directive
    answer: UnitAnswer
    steps: list[DeadlineStep]


def pending_reminders(incident: Incident, catalogue: Catalogue) -> Iterator[Reminder]:
    """Yield what is still to be announced about each unit that has not reported a directive done."""
    if not incident.directives or not incident.is_open:
        return
    last_steps = last_fired_steps(incident)
    for directive in incident.directives:
        for answer in directive.answers:
            last = last_steps.get((directive.id, answer.unit), -1)
            pending = [step for step in reminder_steps(directive, answer, catalogue.directives) if step.number > last]
            if pending:
                yield Reminder(directive, answer, pending)


def last_fired_steps(incident: Incident) -> dict[tuple[str, str], int]:
    """Return the number of the last step announced, by directive and unit."""
    last: dict[tuple[str, str], int] = {}
    for fired in incident.fired_reminders:
        last[fired.directive, fired.unit] = max(fired.step, last.get((fired.directive, fired.unit), -1))
    return last


def reminder_steps(directive: Directive, answer: UnitAnswer, policy: DirectivePolicy) -> Iterator[DeadlineStep]:
    """Yield what the deadline of a directive announces about a unit that is not done, in order."""
    due = directive.due
    if due is None or answer.done_at is not None:
        return
    if policy.warn is not None and due > directive.at:
        yield DeadlineStep(WARNED, 0, directive.at + round(policy.warn * (due - directive.at)))
    yield DeadlineStep(BREACHED, 0, due, directive.by or "")
    for number, step in enumerate(policy.escalation_steps, FIRST_ESCALATION):
        yield DeadlineStep(number, step.level, due + step.after, step.unit, step.channel)


def unannounced_breaches(incident: Incident) -> Iterator[tuple[Directive, UnitAnswer]]:
    """Yield the units that were done late, before the clock announced the breach."""
    last_steps = last_fired_steps(incident)
    for directive in incident.directives:
        for answer in directive.answers:
            if directive.on_time(answer) is False and last_steps.get((directive.id, answer.unit), -1) < BREACHED:
                yield directive, answer


def withdrawn_breaches(old: Incident, new: Incident) -> Iterator[str]:
    """Yield directive and unit of each breach announced before it was known that the unit was done in time."""
    if not new.fired_reminders:
        return
    last_steps = last_fired_steps(new)
    for directive in new.directives:
        before = find_directive(old.directives, directive.id)
        was_on_time = {} if before is None else {answer.unit: before.on_time(answer) for answer in before.answers}
        for answer in directive.answers:
            now_in_time = directive.on_time(answer) and not was_on_time.get(answer.unit)
            if now_in_time and last_steps.get((directive.id, answer.unit), -1) >= BREACHED:
                yield f"{directive.id}/{answer.unit}"


def record_reminder(
    draft: Incident, directive: Directive, answer: UnitAnswer, step: DeadlineStep, now: Instant
) -> FiredReminder:
    """Record on the draft that a step was announced about a unit, and return the record."""
    fired = FiredReminder(directive.id, answer.unit, step.number, step.level, directive.due or 0, now)
    draft.fired_reminders = (*draft.fired_reminders, fired)
    return fired
