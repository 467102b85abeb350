"""The clocks of an incident's deadlines: started, met, held, stopped and restarted, and the verdict on them."""

from collections.abc import Collection, Mapping, Sequence
from typing import assert_never

from msgspec.structs import replace

from ioc.catalogue.calendar import Calendar, Pause
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import OnReopen, SlaRule
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, Millis, to_instant
from ioc.incident.lifecycle import State
from ioc.incident.payloads import Reported
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.sla.selection import procedure_code, promised_procedure, rule_of, targets_of

EXPLICIT = "explicit"
_TARGETS = tuple(TargetName)


def start_clocks(draft: Incident, reported: Reported, catalogue: Catalogue) -> None:
    """Start the clocks of a new report. For each target, an explicit deadline wins over that of the rule."""
    clocks = {name: _explicit_clock(draft, name, to_instant(due)) for name, due in reported.due.items()}
    rule = None if catalogue.is_external(draft.service) else rule_of(draft, catalogue)
    if rule is not None:
        procedure = promised_procedure(rule, draft, catalogue)
        for name, total in targets_of(rule, procedure).items():
            clocks.setdefault(name, SlaClock(name, draft.reported_at, total))
        draft.promise = procedure_code(procedure)
    draft.rule = rule.id if rule is not None else EXPLICIT if clocks else ""
    add_involved_units(draft, rule)
    draft.clocks = in_target_order(clocks)
    set_dues(draft, catalogue)


def in_target_order(clocks: Mapping[TargetName, SlaClock]) -> tuple[SlaClock, ...]:
    """Return clocks in the order in which their targets are to be met."""
    return tuple([clocks[name] for name in _TARGETS if name in clocks])


def add_involved_units(draft: Incident, rule: SlaRule | None) -> None:
    """Add the units that the rule brings in besides the one that handles the incident."""
    if rule is not None and rule.involve:
        draft.units = tuple(dict.fromkeys((*draft.units, *rule.involve)))


def _explicit_clock(draft: Incident, name: TargetName, due: Instant) -> SlaClock:
    return SlaClock(name, draft.reported_at, max(0, due - draft.reported_at), due=due, explicit=True)


def set_dues(draft: Incident, catalogue: Catalogue) -> None:
    """Compute when each running clock is due, given the pauses so far."""
    rule = catalogue.rules.by_id.get(draft.rule)
    if rule is not None:
        calendar, pauses = catalogue.calendars[rule.calendar], _pauses(draft)
        draft.clocks = tuple(
            [
                clock if clock.explicit or not clock.running else _with_due(clock, draft, rule, calendar, pauses)
                for clock in draft.clocks
            ]
        )


def _with_due(clock: SlaClock, draft: Incident, rule: SlaRule, calendar: Calendar, pauses: Sequence[Pause]) -> SlaClock:
    budget = clock.budget
    if rule.warn and budget:
        before = max(0, round(rule.warn * clock.total) - clock.used)
        due, warn = calendar.add_each(clock.base, (budget, before), pauses)
    else:
        due, warn = calendar.add(clock.base, budget, pauses), None
    if draft.paused_at is None:
        return replace(clock, due=due, warn=warn)
    return replace(clock, due=_unless_held(draft.paused_at, due), warn=_unless_held(draft.paused_at, warn))


def _unless_held(paused_at: Instant, end: Instant | None) -> Instant | None:
    """Return the end of some working time; None when it lies past the start of a pause that lasts."""
    return None if end is None or end > paused_at else end


def _pauses(draft: Incident, end: Instant | None = None) -> Sequence[Pause]:
    """Return the pauses that have ended, and the one that still lasts as far as `end`, if that is given."""
    if not draft.pauses and draft.paused_at is None:
        return ()
    pauses = [Pause(*span) for span in draft.pauses]
    if draft.paused_at is not None and end is not None:
        pauses.append(Pause(draft.paused_at, end))
    return pauses


def mark_met(draft: Incident, targets: Collection[TargetName], at: Instant) -> None:
    """Mark the targets as reached at `at`, except those reached before."""
    draft.clocks = tuple(
        [replace(clock, met=at) if clock.target in targets and clock.running else clock for clock in draft.clocks]
    )


def stop_clocks(draft: Incident, at: Instant) -> None:
    """Stop every clock that still runs: the incident needs no answer any more."""
    draft.clocks = tuple(replace(clock, stopped=at) if clock.running else clock for clock in draft.clocks)


def resume_stopped(draft: Incident, stopped_at: Instant, catalogue: Catalogue) -> None:
    """Let the clocks that were stopped at `stopped_at` run on as if they had not been."""
    draft.clocks = tuple(
        replace(clock, stopped=None) if clock.stopped == stopped_at else clock for clock in draft.clocks
    )
    set_dues(draft, catalogue)


def preserve_verdict(draft: Incident, before: Incident) -> None:
    """Keep the due and the verdict of what was reached or closed under an earlier edition of the catalogue.

    They are kept where everything else they were computed from is as it was.
    """
    same = (draft.pauses, draft.paused_at, draft.rule) == (before.pauses, before.paused_at, before.rule)
    if before.state is State.PENDING or draft.edition == before.edition or not same:
        return
    draft.edition = before.edition
    draft.clocks = tuple(
        clock if clock.running else _preserved(clock, before.clock(clock.target)) for clock in draft.clocks
    )
    if not (draft.is_closed and before.is_closed):
        return
    if (draft.state, draft.reported_at, draft.closed_at) == (before.state, before.reported_at, before.closed_at):
        draft.worked = before.worked
    if draft.on_time is not None:
        draft.on_time = is_on_time(draft)


def _preserved(clock: SlaClock, before: SlaClock | None) -> SlaClock:
    if before is None or replace(clock, due=None, warn=None) != replace(before, due=None, warn=None):
        return clock
    return before


def is_on_time(incident: Incident) -> bool:
    """Return the verdict on a solution: True when it came no later than its due, or has none."""
    clock = incident.clock(TargetName.RESOLVE)
    return clock is None or clock.due is None or clock.met is None or clock.met <= clock.due


def reopen_clocks(draft: Incident, closed_at: Instant, at: Instant, catalogue: Catalogue) -> None:
    """Let the clock of the solution run again, as the rule's policy for reopening says."""
    rule = catalogue.rules.by_id.get(draft.rule)
    policy = rule.on_reopen if rule is not None else OnReopen.NEVER_PAUSED
    if policy is OnReopen.CONTINUE:
        draft.pauses = (*draft.pauses, (closed_at, at))
    draft.clocks = tuple(
        _reopen(clock, at, policy) if clock.target is TargetName.RESOLVE else clock for clock in draft.clocks
    )
    set_dues(draft, catalogue)


def _reopen(clock: SlaClock, at: Instant, policy: OnReopen) -> SlaClock:
    match policy:
        case OnReopen.RESET if not clock.explicit:
            return SlaClock(clock.target, at, clock.total)
        case OnReopen.RESET | OnReopen.CONTINUE | OnReopen.NEVER_PAUSED:
            return replace(clock, met=None, stopped=None)
    assert_never(policy)


def restart_clock(draft: Incident, target: TargetName, at: Instant, catalogue: Catalogue) -> None:
    """Restart a target's clock at `at` with all of its time. An explicit deadline stays."""
    draft.clocks = tuple(_restarted(clock, at) if clock.target is target else clock for clock in draft.clocks)
    set_dues(draft, catalogue)


def _restarted(clock: SlaClock, at: Instant) -> SlaClock:
    if clock.explicit:
        return replace(clock, met=None, stopped=None, run=clock.run + 1)
    return SlaClock(clock.target, at, clock.total, run=clock.run + 1)


def lapses_at(incident: Incident, catalogue: Catalogue) -> Instant | None:
    """Return the last instant to begin what was acknowledged; None when nobody has to, or the rule sets no limit."""
    rule = catalogue.rules.by_id.get(incident.rule)
    if incident.taken_at is None or rule is None or rule.acknowledged_for is None:
        return None
    return catalogue.calendars[rule.calendar].add(incident.taken_at, rule.acknowledged_for)


def used_by(clock: SlaClock, incident: Incident, at: Instant, calendar: Calendar) -> Millis:
    """Return the working time a clock has counted by `at`, in ms, pauses left out."""
    return clock.used + calendar.between(clock.base, at, _pauses(incident, end=at))


def working_time(incident: Incident, start: Instant, end: Instant, catalogue: Catalogue) -> Millis | None:
    """Return the working time from start to end, in ms, by the calendar of the incident's rule; None without a rule."""
    rule = catalogue.rules.by_id.get(incident.rule)
    if rule is None:
        return None
    return catalogue.calendars[rule.calendar].between(start, end, _pauses(incident, end=end))
