"""How running clocks are carried over to another rule, or to the target of another procedure."""

from collections.abc import Mapping
from typing import assert_never

from msgspec.structs import replace

from ioc.catalogue.calendar import Calendar
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import OnPriority, SlaRule
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, Millis
from ioc.incident.sla_clock import SlaClock
from ioc.incident.state import Incident
from ioc.sla.clocks import add_involved_units, in_target_order, set_dues, used_by
from ioc.sla.selection import procedure_code, promised_procedure, rule_of, targets_of


def change_rule(draft: Incident, at: Instant, catalogue: Catalogue) -> None:
    """Carry the running clocks over to the rule that governs now, as that rule's policy says. Pauses still count.

    A target that was reached before has no deadline under the new rule, and no verdict. Whoever acknowledged the
    incident has all the time of the new rule to begin.
    """
    if catalogue.is_external(draft.service):
        return
    old = catalogue.rules.by_id.get(draft.rule)
    new = rule_of(draft, catalogue)
    if new is None:
        return
    procedure = promised_procedure(new, draft, catalogue)
    before, draft.promise = draft.promise, procedure_code(procedure)
    targets = targets_of(new, procedure)
    if old is not None and old.id == new.id:
        if draft.promise != before:
            _change_promise(draft, at, new, targets.get(TargetName.RESOLVE), catalogue)
        return
    calendar = catalogue.calendars[old.calendar] if old is not None else None
    draft.clocks = _clocks_under(new, targets, draft, calendar, at)
    draft.rule = new.id
    draft.taken_at = at if draft.taken_at is not None else None
    add_involved_units(draft, new)
    set_dues(draft, catalogue)


def _clocks_under(
    new: SlaRule, targets: Mapping[TargetName, Millis], draft: Incident, calendar: Calendar | None, at: Instant
) -> tuple[SlaClock, ...]:
    """Return the clocks under another rule with its targets; `calendar` is that of the old rule, if there was one.

    Clocks that do not run, and deadlines given with the report, stay as they are.
    """
    before = {clock.target: clock for clock in draft.clocks}
    clocks: dict[TargetName, SlaClock] = {name: clock for name, clock in before.items() if not clock.running}
    clocks |= {name: clock for name, clock in before.items() if clock.explicit}
    for name, total in targets.items():
        if name not in clocks:
            fresh = SlaClock(name, draft.reported_at, total, met=_reached_at(draft, name))
            carried = _carry_over(before.get(name), fresh, draft, at, new, calendar) if fresh.running else fresh
            clocks[name] = replace(carried, run=before[name].run) if name in before else carried
    return in_target_order(clocks)


def _change_promise(draft: Incident, at: Instant, rule: SlaRule, total: Millis | None, catalogue: Catalogue) -> None:
    """Carry the clock of the solution over to another procedure's target, or to the rule's own: `total` ms.

    The clock begins another run: what was announced of the old target does not count for the new one.
    """
    old = draft.clock(TargetName.RESOLVE)
    if old is not None and (old.explicit or not old.running):
        return
    clocks = {clock.target: clock for clock in draft.clocks if clock is not old}
    if total is not None:
        fresh = SlaClock(TargetName.RESOLVE, draft.reported_at, total)
        carried = _carry_over(old, fresh, draft, at, rule, catalogue.calendars[rule.calendar])
        clocks[TargetName.RESOLVE] = replace(carried, run=old.run + 1 if old is not None else 0)
    draft.clocks = in_target_order(clocks)
    set_dues(draft, catalogue)


def _reached_at(draft: Incident, target: TargetName) -> Instant | None:
    """Return when a target was reached that had no clock then; None when it was not reached."""
    match target:
        case TargetName.ACKNOWLEDGE:
            return draft.acknowledged_at
        case TargetName.ASSIGN:
            return draft.assigned_at
        case TargetName.FIRST_RESPONSE:
            return draft.started_at
        case TargetName.RESOLVE:
            return None
    assert_never(target)


def _carry_over(
    old: SlaClock | None, fresh: SlaClock, draft: Incident, at: Instant, rule: SlaRule, calendar: Calendar | None
) -> SlaClock:
    """Return the clock under the new rule. `fresh` counts from the report, which is what `retroactive` means."""
    total = fresh.total
    if old is None or calendar is None:
        return fresh
    match rule.on_priority:
        case OnPriority.RETROACTIVE:
            return fresh
        case OnPriority.RESET:
            return SlaClock(fresh.target, at, total)
        case OnPriority.KEEP_ELAPSED:
            return SlaClock(fresh.target, at, total, used_by(old, draft, at, calendar))
        case OnPriority.PROPORTIONAL:
            remaining = max(0, old.total - used_by(old, draft, at, calendar)) / old.total
            return SlaClock(fresh.target, at, total, total - round(total * remaining))
    assert_never(rule.on_priority)
