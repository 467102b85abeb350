"""What each move does to an incident. Every effect changes a draft, a copy that nobody else holds."""

from collections.abc import Callable, Mapping
from typing import cast

from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName, satisfaction_of
from ioc.core.sources import CENTRE
from ioc.core.times import Instant, to_instant
from ioc.incident.lifecycle import EventType
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
from ioc.incident.state import Dossier, HistoryEntry, Incident, OpenSpell
from ioc.sla import clocks, directives
from ioc.sla.carry_over import change_rule

_ACKNOWLEDGED = (TargetName.ACKNOWLEDGE,)
_ASSIGNED = (TargetName.ACKNOWLEDGE, TargetName.ASSIGN)
_STARTED = (*_ASSIGNED, TargetName.FIRST_RESPONSE)
_RESOLVED = tuple(TargetName)


def _reported(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> None:
    report = cast(Reported, payload)
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
    draft.reported_at = entry.time
    draft.edition = catalogue.edition
    clocks.start_clocks(draft, report, catalogue)


def _default_unit(draft: Incident, catalogue: Catalogue) -> str | None:
    """Return the unit of the procedure, or of the service."""
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


def _acknowledged(draft: Incident, entry: HistoryEntry, _: Payload, __: Catalogue) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    draft.taken_at = entry.time
    clocks.mark_met(draft, _ACKNOWLEDGED, entry.time)


def _lapsed(draft: Incident, entry: HistoryEntry, _: Payload, catalogue: Catalogue) -> None:
    draft.acknowledged_at = None
    draft.lapses += 1
    clocks.restart_clock(draft, TargetName.ACKNOWLEDGE, entry.time, catalogue)


def _shelved(draft: Incident, _: HistoryEntry, payload: Payload, __: Catalogue) -> None:
    shelved = cast(Shelved, payload)
    draft.shelved_until = to_instant(shelved.until)
    draft.shelved_by = shelved.actor


def _unshelved(draft: Incident, _: HistoryEntry, __: Payload, ___: Catalogue) -> None:
    draft.shelved_until = draft.shelved_by = None


def _assigned(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> None:
    assignment = cast(Assigned, payload)
    draft.unit = assignment.unit or draft.unit
    draft.assignee = assignment.assignee
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    draft.assigned_at = _first(draft.assigned_at, entry.time)
    clocks.mark_met(draft, _ASSIGNED, entry.time)
    change_rule(draft, entry.time, catalogue)


def _started(draft: Incident, entry: HistoryEntry, _: Payload, __: Catalogue) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    draft.started_at = _first(draft.started_at, entry.time)
    clocks.mark_met(draft, _STARTED, entry.time)


def _paused(draft: Incident, entry: HistoryEntry, _: Payload, catalogue: Catalogue) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    clocks.mark_met(draft, _ACKNOWLEDGED, entry.time)
    draft.paused_at = entry.time
    clocks.set_dues(draft, catalogue)


def _resumed(draft: Incident, entry: HistoryEntry, _: Payload, catalogue: Catalogue) -> None:
    _end_pause(draft, entry.time)
    clocks.set_dues(draft, catalogue)


def _end_pause(draft: Incident, at: Instant) -> None:
    if draft.paused_at is not None:
        draft.pauses = (*draft.pauses, (draft.paused_at, at))
        draft.paused_at = None


def _resolved(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> None:
    if draft.paused_at is not None:
        _resumed(draft, entry, payload, catalogue)
    draft.closed_at = entry.time
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    clocks.mark_met(draft, _RESOLVED, entry.time)
    draft.on_time = clocks.is_on_time(draft)
    draft.worked = clocks.working_time(draft, draft.reported_at, entry.time, catalogue)


def _closed(draft: Incident, entry: HistoryEntry, _: Payload, catalogue: Catalogue) -> None:
    _end_pause(draft, entry.time)
    clocks.set_dues(draft, catalogue)
    draft.closed_at = entry.time
    clocks.stop_clocks(draft, entry.time)


def _merged(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> None:
    _closed(draft, entry, payload, catalogue)
    draft.parent = cast(Merged, payload).into
    draft.proposed = None


def _unmerged(draft: Incident, entry: HistoryEntry, _: Payload, catalogue: Catalogue) -> None:
    """Let everything run as if it had never been stopped. What a citizen said of the parent's result is not of it."""
    closed_at = draft.closed_at if draft.closed_at is not None else entry.time
    draft.open_spells = (*draft.open_spells, OpenSpell(closed_at, entry.time, _due(draft)))
    draft.closed_at = draft.parent = draft.score = draft.satisfaction = draft.rated_at = None
    clocks.resume_stopped(draft, closed_at, catalogue)


def _due(draft: Incident) -> Instant | None:
    clock = draft.clock(TargetName.RESOLVE)
    return clock.due if clock is not None else None


def _proposed(draft: Incident, _: HistoryEntry, payload: Payload, __: Catalogue) -> None:
    draft.proposed = cast(Proposed, payload).into


def _declined(draft: Incident, _: HistoryEntry, __: Payload, ___: Catalogue) -> None:
    draft.proposed = None


def _reopened(draft: Incident, entry: HistoryEntry, _: Payload, catalogue: Catalogue) -> None:
    closed_at = draft.closed_at if draft.closed_at is not None else entry.time
    draft.open_spells = (
        *draft.open_spells,
        OpenSpell(closed_at, entry.time, _due(draft), not entry.source.startswith(CENTRE)),
    )
    draft.epoch += 1
    draft.reopened_at = (*draft.reopened_at, entry.time)
    draft.closed_at = draft.on_time = draft.worked = None
    draft.score = draft.satisfaction = draft.rated_at = None
    draft.raised = 0
    clocks.reopen_clocks(draft, closed_at, entry.time, catalogue)


def _updated(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> None:
    update = cast(Updated, payload)
    for field in ("service", "category", "priority", "title", "unit", "ward", "lat", "lon", "address"):
        value = getattr(update, field)
        if value is not None:
            setattr(draft, field, value)
    draft.dossier = _dossier(draft, catalogue)
    change_rule(draft, entry.time, catalogue)


def _directed(draft: Incident, entry: HistoryEntry, payload: Payload, _: Catalogue) -> None:
    directives.add_directive(draft, entry, cast(Directed, payload))


def _directive_acknowledged(draft: Incident, entry: HistoryEntry, payload: Payload, _: Catalogue) -> None:
    directives.acknowledge_directive(draft, entry, cast(DirectiveAnswered, payload))


def _directive_done(draft: Incident, entry: HistoryEntry, payload: Payload, _: Catalogue) -> None:
    directives.report_done(draft, entry, cast(DirectiveAnswered, payload))


def _escalated(draft: Incident, entry: HistoryEntry, payload: Payload, _: Catalogue) -> None:
    level = cast(Escalated, payload).level
    draft.raised = max(draft.raised, level)
    draft.raises = (*draft.raises, (entry.time, level))


def _rated(draft: Incident, entry: HistoryEntry, payload: Payload, _: Catalogue) -> None:
    rating = cast(Rated, payload)
    draft.rated_at = entry.time
    draft.score = rating.score
    draft.satisfaction = rating.satisfaction or satisfaction_of(rating.score)


def _noted(_: Incident, __: HistoryEntry, ___: Payload, ____: Catalogue) -> None:
    """A note lives in the history alone."""


def _first(known: Instant | None, at: Instant) -> Instant:
    return at if known is None else known


EFFECTS: Mapping[EventType, Callable[[Incident, HistoryEntry, Payload, Catalogue], None]] = {
    EventType.REPORTED: _reported,
    EventType.ACKNOWLEDGED: _acknowledged,
    EventType.ASSIGNED: _assigned,
    EventType.STARTED: _started,
    EventType.PAUSED: _paused,
    EventType.RESUMED: _resumed,
    EventType.DIRECTED: _directed,
    EventType.DIRECTIVE_ACKNOWLEDGED: _directive_acknowledged,
    EventType.DIRECTIVE_DONE: _directive_done,
    EventType.ESCALATED: _escalated,
    EventType.NOTED: _noted,
    EventType.UPDATED: _updated,
    EventType.PROPOSED: _proposed,
    EventType.DECLINED: _declined,
    EventType.RESOLVED: _resolved,
    EventType.CANCELLED: _closed,
    EventType.REJECTED: _closed,
    EventType.MERGED: _merged,
    EventType.UNMERGED: _unmerged,
    EventType.REOPENED: _reopened,
    EventType.RATED: _rated,
    EventType.SHELVED: _shelved,
    EventType.UNSHELVED: _unshelved,
    EventType.LAPSED: _lapsed,
}
