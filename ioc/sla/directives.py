"""What directives do to an incident: given, acknowledged, reported done, and watched over until then.

A directive's due is a moment, so its deadline runs by the clock on the wall. It is watched while the matter is open.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.directive_policy import DirectivePolicy
from ioc.core.rejections import Reason
from ioc.core.times import Instant, to_instant
from ioc.incident.directive import DeadlineStep, Directive, FiredReminder, UnitAnswer, find_directive
from ioc.incident.payloads import Directed, DirectiveAnswered
from ioc.incident.state import BREACHED, FIRST_ESCALATION, WARNED, HistoryEntry, Incident

# To how many units directives may be given on one incident: each can be warned of, breached and escalated, and the
# state has to fit into one record.
MAX_DIRECTED = 500


def directive_rejection(draft: Incident, entry: HistoryEntry, said: Directed) -> Reason | None:
    """Return why a directive cannot be given: units name it by its id alone, and a state can hold only so many."""
    if find_directive(draft.directives, entry.id) is not None:
        return Reason.DIRECTIVE_TAKEN
    if sum(len(one.answers) for one in draft.directives) + len(said.units) > MAX_DIRECTED:
        return Reason.TOO_MANY_DIRECTED
    return None


def answer_rejection(draft: Incident, _: HistoryEntry, said: DirectiveAnswered) -> Reason | None:
    """Return why a unit cannot answer so."""
    directive = find_directive(draft.directives, said.directive)
    if directive is None:
        return Reason.UNKNOWN_DIRECTIVE
    return None if said.unit in directive.units else Reason.NOT_DIRECTED


def add_directive(draft: Incident, entry: HistoryEntry, said: Directed) -> None:
    """Put a directive on the incident."""
    answers = tuple(UnitAnswer(unit) for unit in dict.fromkeys(said.units))
    due = None if said.due is None else to_instant(said.due)
    draft.directives = (*draft.directives, Directive(entry.id, entry.source, entry.time, answers, said.by, due))
    draft.units = tuple(dict.fromkeys((*draft.units, *said.units)))


def acknowledge_directive(draft: Incident, entry: HistoryEntry, said: DirectiveAnswered) -> None:
    """Note that a unit has taken a directive on; the first time counts."""
    _answer(draft, said, entry.time, None)


def report_done(draft: Incident, entry: HistoryEntry, said: DirectiveAnswered) -> None:
    """Note that a unit has carried a directive out; the first time counts, also as its acknowledgement."""
    _answer(draft, said, entry.time, entry.time)


def _answer(draft: Incident, said: DirectiveAnswered, at: Instant, done_at: Instant | None) -> None:
    draft.directives = tuple(
        replace(one, answers=tuple(_answered(answer, said.unit, at, done_at) for answer in one.answers))
        if one.id == said.directive
        else one
        for one in draft.directives
    )


def _answered(answer: UnitAnswer, unit: str, at: Instant, done_at: Instant | None) -> UnitAnswer:
    if answer.unit != unit:
        return answer
    first = at if answer.acknowledged_at is None else answer.acknowledged_at
    return UnitAnswer(unit, first, done_at if answer.done_at is None else answer.done_at)


class Reminder(NamedTuple):
    """The steps of a directive's deadline that were not announced of a unit yet, in order."""

    directive: Directive
    answer: UnitAnswer
    steps: list[DeadlineStep]


def pending_reminders(incident: Incident, catalogue: Catalogue) -> Iterator[Reminder]:
    """Yield what is still to be announced of each unit that has not reported a directive done."""
    if not incident.directives or not incident.is_open:
        return
    said = last_fired_steps(incident)
    for directive in incident.directives:
        for answer in directive.answers:
            last = said.get((directive.id, answer.unit), -1)
            left = [step for step in reminder_steps(directive, answer, catalogue.directives) if step.number > last]
            if left:
                yield Reminder(directive, answer, left)


def last_fired_steps(incident: Incident) -> dict[tuple[str, str], int]:
    """Return the highest step announced, by directive and unit."""
    last: dict[tuple[str, str], int] = {}
    for said in incident.fired_reminders:
        last[said.directive, said.unit] = max(said.step, last.get((said.directive, said.unit), -1))
    return last


def reminder_steps(directive: Directive, answer: UnitAnswer, policy: DirectivePolicy) -> Iterator[DeadlineStep]:
    """Yield what the deadline of a directive announces of a unit that is not done, in order."""
    due = directive.due
    if due is None or answer.done_at is not None:
        return
    if policy.warn is not None and due > directive.at:
        yield DeadlineStep(WARNED, 0, directive.at + round(policy.warn * (due - directive.at)))
    yield DeadlineStep(BREACHED, 0, due, directive.by or "")
    for number, rung in enumerate(policy.escalation_steps, FIRST_ESCALATION):
        yield DeadlineStep(number, rung.level, due + rung.after, rung.whom, rung.channel)


def unannounced_breaches(incident: Incident) -> Iterator[tuple[Directive, UnitAnswer]]:
    """Yield the units that were done late before any tick announced the breach."""
    said = last_fired_steps(incident)
    for directive in incident.directives:
        for answer in directive.answers:
            if directive.on_time(answer) is False and said.get((directive.id, answer.unit), -1) < BREACHED:
                yield directive, answer


def withdrawn_breaches(old: Incident, new: Incident) -> Iterator[str]:
    """Yield the directives and units whose breach was announced before it was known that they were done in time."""
    if not new.fired_reminders:
        return
    said = last_fired_steps(new)
    for directive in new.directives:
        before = find_directive(old.directives, directive.id)
        known = {} if before is None else {answer.unit: before.on_time(answer) for answer in before.answers}
        for answer in directive.answers:
            in_time = directive.on_time(answer) and not known.get(answer.unit)
            if in_time and said.get((directive.id, answer.unit), -1) >= BREACHED:
                yield f"{directive.id}/{answer.unit}"


def record_reminder(draft: Incident, directive: Directive, answer: UnitAnswer, step: DeadlineStep, now: Instant) -> str:
    """Note on the draft that a step was announced of a unit; return the id of its fact, which can be made only once."""
    due = directive.due or 0
    said = FiredReminder(directive.id, answer.unit, step.number, step.level, due, now)
    draft.fired_reminders = (*draft.fired_reminders, said)
    return said.fact_id(draft.id)
