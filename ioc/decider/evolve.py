"""How each type of event changes an incident. The changes are made on a draft: a copy that nobody else holds."""

from typing import Literal, assert_never

from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName, satisfaction_of
from ioc.core.sources import CENTRE
from ioc.core.times import Instant, to_instant
from ioc.incident.dossier import Dossier
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import EventType
from ioc.incident.open_spell import OpenSpell
from ioc.incident.payloads import (
    Assigned,
    Directed,
    DirectiveAnswered,
    Escalated,
    Merged,
    Payload,
    Proposed,
    Rated,
    Reported,
    Shelved,
    Updated,
)
from ioc.incident.state import Incident
from ioc.sla import clocks, directives
from ioc.sla.carry_over import change_rule

_ACKNOWLEDGED = (TargetName.ACKNOWLEDGE,)
_ASSIGNED = (TargetName.ACKNOWLEDGE, TargetName.ASSIGN)
_STARTED = (*_ASSIGNED, TargetName.FIRST_RESPONSE)
_RESOLVED = tuple(TargetName)

StayingType = Literal[
    EventType.NOTED,
    EventType.UPDATED,
    EventType.ESCALATED,
    EventType.RATED,
    EventType.DIRECTED,
    EventType.DIRECTIVE_ACKNOWLEDGED,
    EventType.DIRECTIVE_DONE,
    EventType.SHELVED,
    EventType.UNSHELVED,
    EventType.PROPOSED,
    EventType.DECLINED,
    EventType.JOINED,
    EventType.LEFT,
    EventType.FOLLOWED,
]
"""The types of the events that leave an incident in the state it is in."""


def evolve(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> None:
    """Apply an accepted event to a draft, but for the state it leads to.

    The commonest types come first, since each case costs a comparison. A type without a case is an error of types.
    """
    at, event_type = entry.time, entry.event_type
    match event_type:
        case EventType.REPORTED:
            assert isinstance(payload, Reported)
            _report(draft, payload, at, catalogue)
        case EventType.ACKNOWLEDGED:
            _acknowledge(draft, at)
        case EventType.ASSIGNED:
            assert isinstance(payload, Assigned)
            _assign(draft, payload, at, catalogue)
        case EventType.STARTED:
            _start(draft, at)
        case EventType.RESOLVED:
            _resolve(draft, at, catalogue)
        case EventType.PAUSED:
            _pause(draft, at, catalogue)
        case EventType.RESUMED:
            _resume(draft, at, catalogue)
        case EventType.REJECTED | EventType.CANCELLED:
            _close(draft, at, catalogue)
        case EventType.REOPENED:
            _reopen(draft, entry, catalogue)
        case EventType.LAPSED:
            _lapse(draft, at, catalogue)
        case EventType.MERGED:
            assert isinstance(payload, Merged)
            _merge(draft, payload, at, catalogue)
        case EventType.UNMERGED:
            _unmerge(draft, at, catalogue)
        case _:
            _evolve_staying(draft, event_type, entry, payload, catalogue)


def _evolve_staying(
    draft: Incident, event_type: StayingType, entry: HistoryEntry, payload: Payload, catalogue: Catalogue
) -> None:
    """Apply an event that leaves the incident in its state."""
    match event_type:
        case EventType.NOTED:
            pass  # a note is in the history alone
        case EventType.UPDATED:
            assert isinstance(payload, Updated)
            _update(draft, payload, entry.time, catalogue)
        case EventType.ESCALATED:
            assert isinstance(payload, Escalated)
            _escalate(draft, payload, entry.time)
        case EventType.RATED:
            assert isinstance(payload, Rated)
            _rate(draft, payload, entry.time)
        case EventType.DIRECTED:
            assert isinstance(payload, Directed)
            directives.add_directive(draft, entry, payload)
        case EventType.DIRECTIVE_ACKNOWLEDGED:
            assert isinstance(payload, DirectiveAnswered)
            directives.acknowledge_directive(draft, payload, entry.time)
        case EventType.DIRECTIVE_DONE:
            assert isinstance(payload, DirectiveAnswered)
            directives.report_done(draft, payload, entry.time)
        case EventType.SHELVED:
            assert isinstance(payload, Shelved)
            draft.shelved_until, draft.shelved_by = to_instant(payload.until), payload.actor
        case EventType.UNSHELVED:
            draft.shelved_until = draft.shelved_by = None
        case EventType.PROPOSED:
            assert isinstance(payload, Proposed)
            draft.proposed = payload.into
        case EventType.DECLINED:
            draft.proposed = None
        case EventType.JOINED | EventType.LEFT | EventType.FOLLOWED:
            raise ValueError(f"'{event_type}' is no part of a history")
        case _:
            assert_never(event_type)


def _report(draft: Incident, report: Reported, at: Instant, catalogue: Catalogue) -> None:
    draft.service = report.service
    draft.category = report.category
    draft.priority = report.priority
    draft.title = report.title
    draft.text = report.text
    draft.channel = report.channel
    draft.unit = report.unit or _default_unit(draft, catalogue)
    draft.ward = report.ward
    draft.lat = report.lat
    draft.lon = report.lon
    draft.address = report.address
    draft.dossier = _dossier(draft, catalogue)
    draft.source = draft.id.partition(":")[0]
    draft.reported_at = at
    draft.edition = catalogue.edition
    clocks.start_clocks(draft, report, catalogue)


def _default_unit(draft: Incident, catalogue: Catalogue) -> str | None:
    """Return the unit of the procedure, or else of the service."""
    procedure = catalogue.procedure_of(draft.service, draft.category)
    if procedure is not None:
        return procedure.unit
    service = catalogue.services.get(draft.service)
    return service.unit if service is not None else None


def _dossier(draft: Incident, catalogue: Catalogue) -> Dossier | None:
    service = catalogue.services.get(draft.service)
    if service is None or not service.dossiers:
        return None
    procedure = catalogue.procedure_of(draft.service, draft.category)
    return Dossier(procedure.online if procedure is not None else None, draft.channel in service.online_channels)


def _acknowledge(draft: Incident, at: Instant) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, at)
    draft.taken_at = at
    clocks.mark_met(draft, _ACKNOWLEDGED, at)


def _lapse(draft: Incident, at: Instant, catalogue: Catalogue) -> None:
    draft.acknowledged_at = None
    draft.lapses += 1
    clocks.restart_clock(draft, TargetName.ACKNOWLEDGE, at, catalogue)


def _assign(draft: Incident, assignment: Assigned, at: Instant, catalogue: Catalogue) -> None:
    draft.unit = assignment.unit or draft.unit
    draft.assignee = assignment.assignee
    draft.acknowledged_at = _first(draft.acknowledged_at, at)
    draft.assigned_at = _first(draft.assigned_at, at)
    clocks.mark_met(draft, _ASSIGNED, at)
    change_rule(draft, at, catalogue)


def _start(draft: Incident, at: Instant) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, at)
    draft.started_at = _first(draft.started_at, at)
    clocks.mark_met(draft, _STARTED, at)


def _pause(draft: Incident, at: Instant, catalogue: Catalogue) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, at)
    clocks.mark_met(draft, _ACKNOWLEDGED, at)
    draft.paused_at = at
    clocks.set_dues(draft, catalogue)


def _resume(draft: Incident, at: Instant, catalogue: Catalogue) -> None:
    _end_pause(draft, at)
    clocks.set_dues(draft, catalogue)


def _end_pause(draft: Incident, at: Instant) -> None:
    if draft.paused_at is not None:
        draft.pauses = (*draft.pauses, (draft.paused_at, at))
        draft.paused_at = None


def _resolve(draft: Incident, at: Instant, catalogue: Catalogue) -> None:
    if draft.paused_at is not None:
        _resume(draft, at, catalogue)
    draft.closed_at = at
    draft.acknowledged_at = _first(draft.acknowledged_at, at)
    clocks.mark_met(draft, _RESOLVED, at)
    draft.on_time = clocks.is_on_time(draft)
    draft.worked = clocks.working_time(draft, draft.reported_at, at, catalogue)


def _close(draft: Incident, at: Instant, catalogue: Catalogue) -> None:
    _resume(draft, at, catalogue)
    draft.closed_at = at
    clocks.stop_clocks(draft, at)


def _merge(draft: Incident, merged: Merged, at: Instant, catalogue: Catalogue) -> None:
    _close(draft, at, catalogue)
    draft.parent = merged.into
    draft.proposed = None


def _unmerge(draft: Incident, at: Instant, catalogue: Catalogue) -> None:
    """Let the clocks run as if they had never been stopped, and drop what a citizen said of the parent's solution."""
    closed_at = draft.closed_at if draft.closed_at is not None else at
    draft.open_spells = (*draft.open_spells, OpenSpell(closed_at, at, _due(draft)))
    draft.closed_at = draft.parent = draft.score = draft.satisfaction = draft.rated_at = None
    clocks.resume_stopped(draft, closed_at, catalogue)


def _due(draft: Incident) -> Instant | None:
    clock = draft.clock(TargetName.RESOLVE)
    return clock.due if clock is not None else None


def _reopen(draft: Incident, entry: HistoryEntry, catalogue: Catalogue) -> None:
    closed_at = draft.closed_at if draft.closed_at is not None else entry.time
    spell = OpenSpell(closed_at, entry.time, _due(draft), complained=not entry.source.startswith(CENTRE))
    draft.open_spells = (*draft.open_spells, spell)
    draft.epoch += 1
    draft.reopened_at = (*draft.reopened_at, entry.time)
    draft.closed_at = draft.on_time = draft.worked = None
    draft.score = draft.satisfaction = draft.rated_at = None
    draft.raised = 0
    clocks.reopen_clocks(draft, closed_at, entry.time, catalogue)


def _update(draft: Incident, update: Updated, at: Instant, catalogue: Catalogue) -> None:
    for field in ("service", "category", "priority", "title", "unit", "ward", "lat", "lon", "address"):
        value = getattr(update, field)
        if value is not None:
            setattr(draft, field, value)
    draft.dossier = _dossier(draft, catalogue)
    change_rule(draft, at, catalogue)


def _escalate(draft: Incident, escalated: Escalated, at: Instant) -> None:
    draft.raised = max(draft.raised, escalated.level)
    draft.raises = (*draft.raises, (at, escalated.level))


def _rate(draft: Incident, rating: Rated, at: Instant) -> None:
    draft.rated_at = at
    draft.score = rating.score
    draft.satisfaction = rating.satisfaction or satisfaction_of(rating.score)


def _first(earlier: Instant | None, at: Instant) -> Instant:
    return at if earlier is None else earlier
