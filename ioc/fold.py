"""The fold: one event after another, in (time, rank, source, id) order, makes the incident what it is.

Every handler changes a draft, a copy that nobody else holds.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from copy import copy
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from ioc import deadlines, directing, urgency
from ioc.catalogue import Catalogue
from ioc.errors import Fault, Reason
from ioc.incident import Dossier, Entry, Incident, Run, order_of
from ioc.lifecycle import CLOSED, TRANSITIONS, Move, State, is_allowed
from ioc.payloads import (
    DECODE,
    Assigned,
    Directed,
    DirectiveAnswered,
    Escalated,
    Lapsed,
    Merged,
    Payload,
    Proposed,
    Rated,
    Reported,
    Shelved,
    TargetName,
    Updated,
    satisfaction_of,
)
from ioc.sources import CENTRE, is_own
from ioc.times import Instant, to_instant

_ACKNOWLEDGED = (TargetName.ACKNOWLEDGE,)
_ASSIGNED = (TargetName.ACKNOWLEDGE, TargetName.ASSIGN)
_STARTED = (*_ASSIGNED, TargetName.FIRST_RESPONSE)
_RESOLVED = tuple(TargetName)


def refold(incident: Incident, entries: Iterable[Entry], catalogue: Catalogue) -> Incident:
    """Return the incident its whole history makes, keeping what was already said about it."""
    draft = Incident(incident.id, said=incident.said, sent=incident.sent, version=incident.version)
    draft.children, draft.heard, draft.turn = incident.children, incident.heard, incident.turn
    draft.reminded = incident.reminded
    draft.history = tuple(apply(draft, entry, DECODE[entry.move](entry.data), catalogue) for entry in entries)
    deadlines.keep_verdict(draft, incident)
    return draft


def extend(incident: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> Incident:
    """Return the incident after one more event that is later than all it has."""
    draft = copy(incident)
    draft.history = (*incident.history, apply(draft, entry, payload, catalogue))
    return draft


def insert_note(incident: Incident, entry: Entry) -> Incident:
    """Return the incident with a late note put in its place. It moves nothing, so nothing need be folded again."""
    draft = copy(incident)
    draft.history = tuple(sorted((*incident.history, entry), key=order_of))
    draft.updated_at = max(draft.updated_at, entry.time)
    return draft


def apply(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> Entry:
    """Move the draft by one event; return its entry with what came of it.

    Until the report has come every event is held: neither refused nor applied.
    """
    if draft.state is State.PENDING and entry.move is not Move.REPORTED:
        return _judged(entry, None, None)
    refused = _refused(draft, entry, payload, catalogue)
    if refused is not None:
        return _judged(entry, refused, None)
    to = TRANSITIONS[entry.move][draft.state]
    _HANDLERS[entry.move](draft, entry, payload, catalogue)
    draft.state = to
    _put_down(draft)
    draft.updated_at = max(draft.updated_at, entry.time)
    return _judged(entry, None, draft.on_time if entry.move is Move.RESOLVED else None)


def _judged(entry: Entry, refused: Reason | None, on_time: bool | None) -> Entry:
    if (entry.refused, entry.on_time) == (refused, on_time):
        return entry
    return replace(entry, refused=refused, on_time=on_time)


def _put_down(draft: Incident) -> None:
    """Let go of what the new state does not bear: what waits to be begun can lapse, what is open can be shelved."""
    if draft.state is not State.ACKNOWLEDGED:
        draft.taken_at = None
    if draft.state in CLOSED:
        draft.shelved_until = draft.shelved_by = None


def _refused(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> Reason | None:
    if is_own(entry.source):
        if _is_overtaken(draft, entry, payload):
            return Reason.OVERTAKEN
    elif not is_allowed(entry.move, draft.state, draft.is_shelved):
        return Reason.ILLEGAL_MOVE
    if "service" in entry.unknown or (entry.unknown and not catalogue.is_external(draft.service)):
        return Reason.NOT_IN_CATALOGUE
    match payload:
        case Updated():
            silent = urgency.lowers(draft, payload.priority) and urgency.missing_words(payload)
            return Reason.LOWERED_SILENTLY if silent else None
        case Directed():
            return directing.refused_directive(draft, entry, payload)
        case DirectiveAnswered():
            return directing.refused_answer(draft, payload)
    return None


def _is_overtaken(draft: Incident, entry: Entry, payload: Payload) -> bool:
    """True when what an event of the centre's own was made for has been settled otherwise meanwhile."""
    if draft.state not in TRANSITIONS[entry.move]:
        return True
    if isinstance(payload, Lapsed):
        return draft.taken_at != to_instant(payload.since)
    return entry.move is Move.UNSHELVED and draft.shelved_until != entry.time


def unknown_names(payload: Struct, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the fields of a payload that name what the catalogue does not know."""
    known: Mapping[str, Container[str]] = {
        "service": catalogue.services,
        "unit": catalogue.units,
        "ward": catalogue.wards,
    }
    named = ((field, getattr(payload, field, None)) for field in known)
    fields = [field for field, name in named if name is not None and name not in known[field]]
    if isinstance(payload, Directed) and not catalogue.units.keys() >= set(payload.units):
        fields.append("units")
    return tuple(fields)


def catalogue_faults(payload: Struct, service: str, catalogue: Catalogue) -> tuple[Fault, ...]:
    """Return a fault for each such field. Services of another city bring their own units and wards."""
    if catalogue.is_external(getattr(payload, "service", None) or service):
        return ()
    return name_faults(unknown_names(payload, catalogue))


def name_faults(fields: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults of fields that name what the catalogue does not know."""
    return tuple(Fault(f"data.{field}", "not in the catalogue") for field in fields)


def _reported(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> None:
    report = cast(Reported, payload)
    for field in (
        "service",
        "category",
        "priority",
        "title",
        "text",
        "channel",
        "unit",
        "ward",
        "lat",
        "lon",
        "address",
    ):
        setattr(draft, field, getattr(report, field))
    draft.unit = draft.unit or _default_unit(draft, catalogue)
    draft.dossier = _dossier(draft, catalogue)
    draft.source = draft.id.partition(":")[0]
    draft.reported_at = entry.time
    draft.edition = catalogue.edition
    deadlines.set_clocks(draft, report, catalogue)


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


def _acknowledged(draft: Incident, entry: Entry, _: Payload, __: Catalogue) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    draft.taken_at = entry.time
    deadlines.meet(draft, _ACKNOWLEDGED, entry.time)


def _lapsed(draft: Incident, entry: Entry, _: Payload, catalogue: Catalogue) -> None:
    draft.acknowledged_at = None
    draft.lapses += 1
    deadlines.restart(draft, TargetName.ACKNOWLEDGE, entry.time, catalogue)


def _shelved(draft: Incident, _: Entry, payload: Payload, __: Catalogue) -> None:
    shelved = cast(Shelved, payload)
    draft.shelved_until = to_instant(shelved.until)
    draft.shelved_by = shelved.actor


def _unshelved(draft: Incident, _: Entry, __: Payload, ___: Catalogue) -> None:
    draft.shelved_until = draft.shelved_by = None


def _assigned(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> None:
    assignment = cast(Assigned, payload)
    draft.unit = assignment.unit or draft.unit
    draft.assignee = assignment.assignee
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    draft.assigned_at = _first(draft.assigned_at, entry.time)
    deadlines.meet(draft, _ASSIGNED, entry.time)
    deadlines.change_rule(draft, entry.time, catalogue)


def _started(draft: Incident, entry: Entry, _: Payload, __: Catalogue) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    draft.started_at = _first(draft.started_at, entry.time)
    deadlines.meet(draft, _STARTED, entry.time)


def _paused(draft: Incident, entry: Entry, _: Payload, catalogue: Catalogue) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    deadlines.meet(draft, _ACKNOWLEDGED, entry.time)
    draft.paused_at = entry.time
    deadlines.settle(draft, catalogue)


def _resumed(draft: Incident, entry: Entry, _: Payload, catalogue: Catalogue) -> None:
    _end_pause(draft, entry.time)
    deadlines.settle(draft, catalogue)


def _end_pause(draft: Incident, at: Instant) -> None:
    if draft.paused_at is not None:
        draft.pauses = (*draft.pauses, (draft.paused_at, at))
        draft.paused_at = None


def _resolved(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> None:
    if draft.paused_at is not None:
        _resumed(draft, entry, payload, catalogue)
    draft.closed_at = entry.time
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    deadlines.meet(draft, _RESOLVED, entry.time)
    draft.on_time = deadlines.is_on_time(draft)
    draft.worked = deadlines.working_time(draft, draft.reported_at, entry.time, catalogue)


def _closed(draft: Incident, entry: Entry, _: Payload, catalogue: Catalogue) -> None:
    _end_pause(draft, entry.time)
    deadlines.settle(draft, catalogue)
    draft.closed_at = entry.time
    deadlines.stop(draft, entry.time)


def _merged(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> None:
    _closed(draft, entry, payload, catalogue)
    draft.parent = cast(Merged, payload).into
    draft.proposed = None


def _unmerged(draft: Incident, entry: Entry, _: Payload, catalogue: Catalogue) -> None:
    """Let everything run as if it had never been stopped. What a citizen said of the parent's result is not of it."""
    closed_at = draft.closed_at if draft.closed_at is not None else entry.time
    draft.runs = (*draft.runs, Run(closed_at, entry.time, _due(draft)))
    draft.closed_at = draft.parent = draft.score = draft.satisfaction = draft.rated_at = None
    deadlines.run_on(draft, closed_at, catalogue)


def _due(draft: Incident) -> Instant | None:
    clock = draft.clock(TargetName.RESOLVE)
    return clock.due if clock is not None else None


def _proposed(draft: Incident, _: Entry, payload: Payload, __: Catalogue) -> None:
    draft.proposed = cast(Proposed, payload).into


def _declined(draft: Incident, _: Entry, __: Payload, ___: Catalogue) -> None:
    draft.proposed = None


def _reopened(draft: Incident, entry: Entry, _: Payload, catalogue: Catalogue) -> None:
    closed_at = draft.closed_at if draft.closed_at is not None else entry.time
    draft.runs = (*draft.runs, Run(closed_at, entry.time, _due(draft), not entry.source.startswith(CENTRE)))
    draft.epoch += 1
    draft.reopened_at = (*draft.reopened_at, entry.time)
    draft.closed_at = draft.on_time = draft.worked = None
    draft.score = draft.satisfaction = draft.rated_at = None
    draft.raised = 0
    deadlines.reopen(draft, closed_at, entry.time, catalogue)


def _updated(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> None:
    update = cast(Updated, payload)
    for field in ("service", "category", "priority", "title", "unit", "ward", "lat", "lon", "address"):
        value = getattr(update, field)
        if value is not None:
            setattr(draft, field, value)
    draft.dossier = _dossier(draft, catalogue)
    deadlines.change_rule(draft, entry.time, catalogue)


def _directed(draft: Incident, entry: Entry, payload: Payload, _: Catalogue) -> None:
    directing.give(draft, entry, cast(Directed, payload))


def _directive_acknowledged(draft: Incident, entry: Entry, payload: Payload, _: Catalogue) -> None:
    directing.acknowledge(draft, entry, cast(DirectiveAnswered, payload))


def _directive_done(draft: Incident, entry: Entry, payload: Payload, _: Catalogue) -> None:
    directing.report_done(draft, entry, cast(DirectiveAnswered, payload))


def _escalated(draft: Incident, entry: Entry, payload: Payload, _: Catalogue) -> None:
    level = cast(Escalated, payload).level
    draft.raised = max(draft.raised, level)
    draft.raises = (*draft.raises, (entry.time, level))


def _rated(draft: Incident, entry: Entry, payload: Payload, _: Catalogue) -> None:
    rating = cast(Rated, payload)
    draft.rated_at = entry.time
    draft.score = rating.score
    draft.satisfaction = rating.satisfaction or satisfaction_of(rating.score)


def _noted(_: Incident, __: Entry, ___: Payload, ____: Catalogue) -> None:
    """A note lives in the history alone."""


def _first(known: Instant | None, at: Instant) -> Instant:
    return at if known is None else known


_HANDLERS: Mapping[Move, Callable[[Incident, Entry, Payload, Catalogue], None]] = {
    Move.REPORTED: _reported,
    Move.ACKNOWLEDGED: _acknowledged,
    Move.ASSIGNED: _assigned,
    Move.STARTED: _started,
    Move.PAUSED: _paused,
    Move.RESUMED: _resumed,
    Move.DIRECTED: _directed,
    Move.DIRECTIVE_ACKNOWLEDGED: _directive_acknowledged,
    Move.DIRECTIVE_DONE: _directive_done,
    Move.ESCALATED: _escalated,
    Move.NOTED: _noted,
    Move.UPDATED: _updated,
    Move.PROPOSED: _proposed,
    Move.DECLINED: _declined,
    Move.RESOLVED: _resolved,
    Move.CANCELLED: _closed,
    Move.REJECTED: _closed,
    Move.MERGED: _merged,
    Move.UNMERGED: _unmerged,
    Move.REOPENED: _reopened,
    Move.RATED: _rated,
    Move.SHELVED: _shelved,
    Move.UNSHELVED: _unshelved,
    Move.LAPSED: _lapsed,
}
