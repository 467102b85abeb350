"""How the deadlines of an incident run: set, met, held, carried over a change of rule, and the steps they announce."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec.structs import replace

from ioc import directing
from ioc.calendar import Calendar, Pause
from ioc.catalogue import Catalogue, Procedure
from ioc.directive import Step
from ioc.incident import BREACHED, LADDER, WARNED, Clock, Incident
from ioc.lifecycle import State
from ioc.payloads import Priority, Reported, TargetName
from ioc.rules import OnPriority, OnReopen, Rule, Rung, TimeKind
from ioc.times import Instant, Millis, to_instant

EXPLICIT = "explicit"


def rule_of(incident: Incident, catalogue: Catalogue) -> Rule | None:
    """Return the rule that governs an incident as it stands now."""
    return catalogue.rules.rule_for(
        incident.service, incident.category, incident.priority, incident.source, incident.unit
    )


def targets_of(rule: Rule, incident: Incident, catalogue: Catalogue) -> Mapping[TargetName, Millis]:
    """Return the targets of an incident under a rule: what its procedure promises takes the place of the solution's."""
    procedure = promised(rule, incident, catalogue)
    if procedure is None or procedure.target is None:
        return rule.targets
    return {**rule.targets, TargetName.RESOLVE: procedure.target}


def promised(rule: Rule, incident: Incident, catalogue: Catalogue) -> Procedure | None:
    """Return the procedure whose target counts; None when it is the rule's. What is urgent is not made slower by it."""
    procedure = catalogue.procedure_of(incident.service, incident.category)
    if procedure is None or procedure.target is None:
        return None
    own = rule.targets.get(TargetName.RESOLVE)
    slower = own is not None and procedure.target > own
    return None if slower and incident.priority is Priority.URGENT else procedure


def _promise(rule: Rule, incident: Incident, catalogue: Catalogue) -> str:
    procedure = promised(rule, incident, catalogue)
    return procedure.code if procedure is not None else ""


def set_clocks(draft: Incident, reported: Reported, catalogue: Catalogue) -> None:
    """Start the clocks of a new report. Explicit deadlines win over the rule's, target by target."""
    clocks = {name: _explicit(draft, name, due) for name, due in _explicit_dues(reported)}
    rule = None if catalogue.is_external(draft.service) else rule_of(draft, catalogue)
    if rule is not None:
        for name, budget in targets_of(rule, draft, catalogue).items():
            clocks.setdefault(name, Clock(name, draft.reported_at, budget))
        draft.promise = _promise(rule, draft, catalogue)
    draft.rule = rule.id if rule is not None else EXPLICIT if clocks else ""
    _involve(draft, rule)
    draft.clocks = tuple(clocks[name] for name in TargetName if name in clocks)
    settle(draft, catalogue)


def _involve(draft: Incident, rule: Rule | None) -> None:
    """Bring in the units that the rule which comes to govern names besides the one that handles the matter."""
    if rule is not None and rule.involve:
        draft.units = tuple(dict.fromkeys((*draft.units, *rule.involve)))


def _explicit_dues(reported: Reported) -> Iterator[tuple[TargetName, Instant]]:
    return ((name, to_instant(moment)) for name, moment in reported.due.items())


def _explicit(draft: Incident, name: TargetName, due: Instant) -> Clock:
    return Clock(name, draft.reported_at, max(0, due - draft.reported_at), due=due, explicit=True)


def settle(draft: Incident, catalogue: Catalogue) -> None:
    """Work out when each running clock is due, given the pauses known now."""
    rule = catalogue.rules.by_id.get(draft.rule)
    if rule is not None:
        calendar = catalogue.calendars[rule.calendar]
        draft.clocks = tuple(_settled(clock, draft, rule, calendar) for clock in draft.clocks)


def _settled(clock: Clock, draft: Incident, rule: Rule, calendar: Calendar) -> Clock:
    if clock.explicit or not clock.running:
        return clock
    due = _due(clock, draft, calendar, clock.budget)
    warn = None
    if rule.warn and clock.budget:
        warn = _due(clock, draft, calendar, max(0, round(rule.warn * clock.total) - clock.used))
    return replace(clock, due=due, warn=warn)


def _due(clock: Clock, draft: Incident, calendar: Calendar, working: Millis) -> Instant | None:
    """Return the end of the working time; None when a pause that still lasts holds it back."""
    due = calendar.add(clock.base, working, _pauses(draft))
    if draft.paused_at is not None and due > draft.paused_at:
        return None
    return due


def _pauses(draft: Incident, until: Instant | None = None) -> Sequence[Pause]:
    if not draft.pauses and draft.paused_at is None:
        return ()
    pauses = [Pause(start, end) for start, end in draft.pauses]
    if draft.paused_at is not None and until is not None:
        pauses.append(Pause(draft.paused_at, until))
    return pauses


def meet(draft: Incident, targets: Iterable[TargetName], at: Instant) -> None:
    """Mark the targets reached at `at`, those not reached before."""
    wanted = frozenset(targets)
    draft.clocks = tuple(
        replace(clock, met=at) if clock.running and clock.target in wanted else clock for clock in draft.clocks
    )


def stop(draft: Incident, at: Instant) -> None:
    """Stop every clock that still runs: the matter needs no answer any more."""
    draft.clocks = tuple(replace(clock, stopped=at) if clock.running else clock for clock in draft.clocks)


def run_on(draft: Incident, stopped_at: Instant, catalogue: Catalogue) -> None:
    """Let the clocks that were stopped at a moment run as if they had not been."""
    draft.clocks = tuple(
        replace(clock, stopped=None) if clock.stopped == stopped_at else clock for clock in draft.clocks
    )
    settle(draft, catalogue)


def keep_verdict(draft: Incident, before: Incident) -> None:
    """Let what was reached or closed keep its due and its verdict, though the catalogue has been changed since.

    They are kept where all else they were worked out from is as it was.
    """
    same = (draft.pauses, draft.paused_at, draft.rule) == (before.pauses, before.paused_at, before.rule)
    if before.state is State.PENDING or draft.edition == before.edition or not same:
        return
    draft.edition = before.edition
    draft.clocks = tuple(clock if clock.running else _kept(clock, before.clock(clock.target)) for clock in draft.clocks)
    if not (draft.is_closed and before.is_closed):
        return
    if (draft.state, draft.reported_at, draft.closed_at) == (before.state, before.reported_at, before.closed_at):
        draft.worked = before.worked
    if draft.on_time is not None:
        draft.on_time = is_on_time(draft)


def _kept(clock: Clock, before: Clock | None) -> Clock:
    if before is None or replace(clock, due=None, warn=None) != replace(before, due=None, warn=None):
        return clock
    return before


def is_on_time(incident: Incident) -> bool:
    """Return the verdict of a solution: on or before its due, or without a due."""
    clock = incident.clock(TargetName.RESOLVE)
    return clock is None or clock.due is None or clock.met is None or clock.met <= clock.due


def reopen(draft: Incident, closed_at: Instant, at: Instant, catalogue: Catalogue) -> None:
    """Let the clock of the solution run again, as the rule's reopen policy says."""
    rule = catalogue.rules.by_id.get(draft.rule)
    policy = rule.on_reopen if rule is not None else OnReopen.NEVER_PAUSED
    if policy is OnReopen.CONTINUE:
        draft.pauses = (*draft.pauses, (closed_at, at))
    draft.clocks = tuple(
        _reopened(clock, at, policy) if clock.target is TargetName.RESOLVE else clock for clock in draft.clocks
    )
    settle(draft, catalogue)


def _reopened(clock: Clock, at: Instant, policy: OnReopen) -> Clock:
    if policy is OnReopen.RESET and not clock.explicit:
        return Clock(clock.target, at, clock.total)
    return replace(clock, met=None, stopped=None)


def restart(draft: Incident, target: TargetName, at: Instant, catalogue: Catalogue) -> None:
    """Let a target's clock run once more from `at`: all its time is there again. A due that was given stays given."""
    draft.clocks = tuple(_anew(clock, at) if clock.target is target else clock for clock in draft.clocks)
    settle(draft, catalogue)


def _anew(clock: Clock, at: Instant) -> Clock:
    if clock.explicit:
        return replace(clock, met=None, stopped=None, run=clock.run + 1)
    return Clock(clock.target, at, clock.total, run=clock.run + 1)


def lapses_at(incident: Incident, catalogue: Catalogue) -> Instant | None:
    """Return the last moment to begin what was acknowledged; None when nobody has to, or the rule does not say."""
    rule = catalogue.rules.by_id.get(incident.rule)
    if incident.taken_at is None or rule is None or rule.acknowledged_for is None:
        return None
    return catalogue.calendars[rule.calendar].add(incident.taken_at, rule.acknowledged_for)


def change_rule(draft: Incident, at: Instant, catalogue: Catalogue) -> None:
    """Carry the running clocks over to the rule that governs now, as that rule's policy says. Pauses are kept.

    A target that was reached before this rule came has nothing left to meet, and no verdict. Who acknowledged the
    matter has all the time of the new rule to begin.
    """
    if catalogue.is_external(draft.service):
        return
    old = catalogue.rules.by_id.get(draft.rule)
    new = rule_of(draft, catalogue)
    if new is None:
        return
    before, draft.promise = draft.promise, _promise(new, draft, catalogue)
    if old is not None and old.id == new.id:
        if draft.promise != before:
            _change_promise(draft, at, new, catalogue)
        return
    kept = {clock.target: clock for clock in draft.clocks}
    calendar = catalogue.calendars[old.calendar] if old is not None else None
    clocks: dict[TargetName, Clock] = {name: clock for name, clock in kept.items() if not clock.running}
    clocks |= {name: clock for name, clock in kept.items() if clock.explicit}
    for name, total in targets_of(new, draft, catalogue).items():
        if name not in clocks:
            fresh = Clock(name, draft.reported_at, total, met=_reached(draft, name))
            carried = _carried(kept.get(name), fresh, draft, at, new, calendar) if fresh.running else fresh
            clocks[name] = replace(carried, run=kept[name].run) if name in kept else carried
    draft.rule = new.id
    draft.taken_at = at if draft.taken_at is not None else None
    _involve(draft, new)
    draft.clocks = tuple(clocks[name] for name in TargetName if name in clocks)
    settle(draft, catalogue)


def _change_promise(draft: Incident, at: Instant, rule: Rule, catalogue: Catalogue) -> None:
    """Carry the clock of the solution over to what another procedure promises, or to the rule's own target.

    It is another run of the clock: what was announced of the old promise says nothing of the new one.
    """
    old, total = draft.clock(TargetName.RESOLVE), targets_of(rule, draft, catalogue).get(TargetName.RESOLVE)
    if old is not None and (old.explicit or not old.running):
        return
    others = {clock.target: clock for clock in draft.clocks if clock is not old}
    if total is not None:
        fresh = Clock(TargetName.RESOLVE, draft.reported_at, total)
        carried = _carried(old, fresh, draft, at, rule, catalogue.calendars[rule.calendar])
        others[TargetName.RESOLVE] = replace(carried, run=old.run + 1 if old is not None else 0)
    draft.clocks = tuple(others[name] for name in TargetName if name in others)
    settle(draft, catalogue)


def _reached(draft: Incident, target: TargetName) -> Instant | None:
    """Return when a target was reached already, though no clock of it ran."""
    reached = {
        TargetName.ACKNOWLEDGE: draft.acknowledged_at,
        TargetName.ASSIGN: draft.assigned_at,
        TargetName.FIRST_RESPONSE: draft.started_at,
    }
    return reached.get(target)


def _carried(
    old: Clock | None, fresh: Clock, draft: Incident, at: Instant, rule: Rule, calendar: Calendar | None
) -> Clock:
    """Return the clock of the new rule. `fresh` counts from the report, which is what `retroactive` means."""
    total = fresh.total
    if old is None or calendar is None or rule.on_priority is OnPriority.RETROACTIVE:
        return fresh
    if rule.on_priority is OnPriority.RESET:
        return Clock(fresh.target, at, total)
    used = used_by(old, draft, at, calendar)
    if rule.on_priority is OnPriority.KEEP_ELAPSED:
        return Clock(fresh.target, at, total, used)
    left = max(0, old.total - used) / old.total
    return Clock(fresh.target, at, total, total - round(total * left))


def used_by(clock: Clock, incident: Incident, at: Instant, calendar: Calendar) -> Millis:
    """Return the working time a clock has counted by `at`, pauses taken out."""
    return clock.used + calendar.between(clock.base, at, _pauses(incident, until=at))


def working_time(incident: Incident, start: Instant, end: Instant, catalogue: Catalogue) -> Millis | None:
    """Return the working time from start to end in the calendar of the incident's rule; None when it has none."""
    rule = catalogue.rules.by_id.get(incident.rule)
    if rule is None:
        return None
    return catalogue.calendars[rule.calendar].between(start, end, _pauses(incident, until=end))


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
