"""Corrections: what a late event changes in the facts that were sent before it came."""

from ioc.core.scalars import TargetName
from ioc.incident.fired_step import BREACHED
from ioc.incident.state import Incident
from ioc.sla import directives
from ioc.sla.escalation_steps import last_fired

# A correction lists so many of the events that are judged otherwise now; it counts all.
MAX_JUDGED_AGAIN = 20
_CORRECTED_FIELDS = ("state", "on_time", "closed_at", "reported_at", "service", "unit", "priority")


def corrected_fields(old: Incident, new: Incident) -> dict[str, object]:
    """Return what a late event changed of what was sent before: fields as [old, new], and verdicts overturned."""
    changes: dict[str, object] = {
        field: [getattr(old, field), getattr(new, field)]
        for field in _CORRECTED_FIELDS
        if getattr(old, field) != getattr(new, field)
    }
    before = {(entry.source, entry.id): entry.refused for entry in old.history}
    overturned = [e for e in new.history if before.get((e.source, e.id), e.refused) != e.refused]
    if overturned:
        changes["judged_again"] = [
            f"{e.source}/{e.id}: {e.refused or 'accepted'}" for e in overturned[:MAX_JUDGED_AGAIN]
        ]
        changes["judged_again_count"] = len(overturned)
    return changes


def withdrawn_breaches(old: Incident, new: Incident) -> list[str]:
    """Return the targets and directives whose breach was announced though they were in time after all."""
    if not new.fired_steps and not new.fired_reminders:
        return []
    targets = [
        clock.target
        for clock in new.clocks
        if clock.in_time and last_fired(clock, new) >= BREACHED and not _was_in_time(old, clock.target)
    ]
    return [*targets, *(f"directive/{breach}" for breach in directives.withdrawn_breaches(old, new))]


def _was_in_time(old: Incident, target: TargetName) -> bool:
    before = old.clock(target)
    return before is not None and before.in_time
