"""How running clocks are carried over to another rule, or to what another procedure promises."""

from collections.abc import Mapping

from msgspec.structs import replace

from ioc.catalogue.calendar import Calendar
from ioc.catalogue.city import Catalogue
from ioc.catalogue.sla_policy import OnPriority, SlaRule
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, Millis
from ioc.incident.state import Incident, SlaClock
from ioc.sla.clocks import add_involved_units, in_target_order, set_dues, used_by
from ioc.sla.selection import procedure_code, promised_procedure, rule_of, targets_of


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
    procedure = promised_procedure(new, draft, catalogue)
    before, draft.promise = draft.promise, procedure_code(procedure)
    targets = targets_of(new, procedure)
    if old is not None and old.id == new.id:
        if draft.promise != before:
            _change_promise(draft, at, new, targets.get(TargetName.RESOLVE), catalogue)
        return
    calendar = catalogue.calendars[old.calendar] if old is not None else None
    draft.clocks = _carried_over(draft, calendar, new, targets, at)
    draft.rule = new.id
    draft.taken_at = at if draft.taken_at is not None else None
    add_involved_units(draft, new)
    set_dues(draft, catalogue)


def _carried_over(
    draft: Incident, calendar: Calendar | None, new: SlaRule, targets: Mapping[TargetName, Millis], at: Instant
) -> tuple[SlaClock, ...]:
    """Return the clocks under another rule with its targets; `calendar` is that of the old rule, if there was one.

    Those that do not run, and those given with the report, stay.
    """
    kept = {clock.target: clock for clock in draft.clocks}
    clocks: dict[TargetName, SlaClock] = {name: clock for name, clock in kept.items() if not clock.running}
    clocks |= {name: clock for name, clock in kept.items() if clock.explicit}
    for name, total in targets.items():
        if name not in clocks:
            fresh = SlaClock(name, draft.reported_at, total, met=_reached(draft, name))
            carried = _carried(kept.get(name), fresh, draft, at, new, calendar) if fresh.running else fresh
            clocks[name] = replace(carried, run=kept[name].run) if name in kept else carried
    return in_target_order(clocks)


def _change_promise(draft: Incident, at: Instant, rule: SlaRule, total: Millis | None, catalogue: Catalogue) -> None:
    """Carry the clock of the solution over to what another procedure promises, or to the rule's own target: `total`.

    It is another run of the clock: what was announced of the old promise says nothing of the new one.
    """
    old = draft.clock(TargetName.RESOLVE)
    if old is not None and (old.explicit or not old.running):
        return
    others = {clock.target: clock for clock in draft.clocks if clock is not old}
    if total is not None:
        fresh = SlaClock(TargetName.RESOLVE, draft.reported_at, total)
        carried = _carried(old, fresh, draft, at, rule, catalogue.calendars[rule.calendar])
        others[TargetName.RESOLVE] = replace(carried, run=old.run + 1 if old is not None else 0)
    draft.clocks = in_target_order(others)
    set_dues(draft, catalogue)


def _reached(draft: Incident, target: TargetName) -> Instant | None:
    """Return when a target was reached already, though no clock of it ran."""
    reached = {
        TargetName.ACKNOWLEDGE: draft.acknowledged_at,
        TargetName.ASSIGN: draft.assigned_at,
        TargetName.FIRST_RESPONSE: draft.started_at,
    }
    return reached.get(target)


def _carried(
    old: SlaClock | None, fresh: SlaClock, draft: Incident, at: Instant, rule: SlaRule, calendar: Calendar | None
) -> SlaClock:
    """Return the clock of the new rule. `fresh` counts from the report, which is what `retroactive` means."""
    total = fresh.total
    if old is None or calendar is None or rule.on_priority is OnPriority.RETROACTIVE:
        return fresh
    if rule.on_priority is OnPriority.RESET:
        return SlaClock(fresh.target, at, total)
    used = used_by(old, draft, at, calendar)
    if rule.on_priority is OnPriority.KEEP_ELAPSED:
        return SlaClock(fresh.target, at, total, used)
    left = max(0, old.total - used) / old.total
    return SlaClock(fresh.target, at, total, total - round(total * left))
