"""The fold: one event after another, in (time, rank, source, id) order, makes the incident what it is.

Every handler changes a draft, a copy that nobody else holds.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import cast

from msgspec.structs import replace

from ioc import deadlines
from ioc.catalogue import Catalogue
from ioc.errors import Fault, Reason
from ioc.incident import Entry, Incident
from ioc.lifecycle import TRANSITIONS, Move, State
from ioc.payloads import (
    DECODE,
    Assigned,
    Directed,
    Escalated,
    Merged,
    Payload,
    Rated,
    Reported,
    Satisfaction,
    TargetName,
    Updated,
)
from ioc.times import Instant

_ACKNOWLEDGED = (TargetName.ACKNOWLEDGE,)
_ASSIGNED = (TargetName.ACKNOWLEDGE, TargetName.ASSIGN)
_STARTED = (*_ASSIGNED, TargetName.FIRST_RESPONSE)
_RESOLVED = tuple(TargetName)


def refold(incident: Incident, entries: Iterable[Entry], catalogue: Catalogue) -> Incident:
    """Return the incident its whole history makes, keeping what was already said about it."""
    draft = Incident(incident.id, said=incident.said, version=incident.version)
    judged = []
    for entry in entries:
        refused = apply(draft, entry, DECODE[entry.move](entry.data), catalogue)
        judged.append(entry if entry.refused == refused else replace(entry, refused=refused))
    draft.history = tuple(judged)
    return draft


def extend(incident: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> Incident:
    """Return the incident after one more event that is later than all it has."""
    draft = copy(incident)
    refused = apply(draft, entry, payload, catalogue)
    draft.history = (*incident.history, entry if refused is None else replace(entry, refused=refused))
    return draft


def apply(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> Reason | None:
    """Move the draft by one event; return why not when the move is refused.

    Until the report has come every event is held: neither refused nor applied.
    """
    if draft.state is State.PENDING and entry.move is not Move.REPORTED:
        return None
    to = TRANSITIONS[entry.move].get(draft.state)
    if to is None:
        return Reason.ILLEGAL_MOVE
    if catalogue_faults(payload, draft.service, catalogue):
        return Reason.NOT_IN_CATALOGUE
    _HANDLERS[entry.move](draft, entry, payload, catalogue)
    draft.state = to
    draft.updated_at = max(draft.updated_at, entry.time)
    return None


def catalogue_faults(payload: Payload, service: str, catalogue: Catalogue) -> tuple[Fault, ...]:
    """Return every name in a payload that the catalogue does not know. Services of another city bring their own."""
    faults = []
    named = getattr(payload, "service", None)
    if named is not None and named not in catalogue.services:
        return (Fault("data.service", "not in the catalogue"),)
    if catalogue.services[named or service].external:
        return ()
    for field, known in (("unit", catalogue.units), ("ward", catalogue.wards)):
        name = getattr(payload, field, None)
        if name is not None and name not in known:
            faults.append(Fault(f"data.{field}", "not in the catalogue"))
    if isinstance(payload, Directed) and not catalogue.units.keys() >= set(payload.units):
        faults.append(Fault("data.units", "not all in the catalogue"))
    return tuple(faults)


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
    if draft.unit is None:
        draft.unit = catalogue.services[report.service].unit
    draft.source = draft.id.partition(":")[0]
    draft.reported_at = entry.time
    deadlines.set_clocks(draft, report, catalogue)


def _acknowledged(draft: Incident, entry: Entry, _: Payload, __: Catalogue) -> None:
    draft.acknowledged_at = _first(draft.acknowledged_at, entry.time)
    deadlines.meet(draft, _ACKNOWLEDGED, entry.time)


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
    clock = draft.clock(TargetName.RESOLVE)
    draft.on_time = clock is None or clock.due is None or entry.time <= clock.due
    draft.worked = deadlines.working_time(draft, draft.reported_at, entry.time, catalogue)


def _closed(draft: Incident, entry: Entry, _: Payload, catalogue: Catalogue) -> None:
    _end_pause(draft, entry.time)
    deadlines.settle(draft, catalogue)
    draft.closed_at = entry.time
    deadlines.stop(draft, entry.time)


def _merged(draft: Incident, entry: Entry, payload: Payload, catalogue: Catalogue) -> None:
    _closed(draft, entry, payload, catalogue)
    draft.parent = cast(Merged, payload).into


def _reopened(draft: Incident, entry: Entry, _: Payload, catalogue: Catalogue) -> None:
    closed_at = draft.closed_at if draft.closed_at is not None else entry.time
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
    deadlines.change_rule(draft, entry.time, catalogue)


def _directed(draft: Incident, _: Entry, payload: Payload, __: Catalogue) -> None:
    draft.units = tuple(dict.fromkeys((*draft.units, *cast(Directed, payload).units)))


def _escalated(draft: Incident, _: Entry, payload: Payload, __: Catalogue) -> None:
    draft.raised = max(draft.raised, cast(Escalated, payload).level)


def _rated(draft: Incident, entry: Entry, payload: Payload, _: Catalogue) -> None:
    rating = cast(Rated, payload)
    draft.rated_at = entry.time
    draft.score = rating.score
    draft.satisfaction = rating.satisfaction or _satisfaction_of(rating.score)


def _satisfaction_of(score: int | None) -> Satisfaction | None:
    """Five and four are satisfied, three is accepted, less is not satisfied."""
    if score is None:
        return None
    return Satisfaction.SATISFIED if score > 3 else Satisfaction.ACCEPTED if score == 3 else Satisfaction.NOT_SATISFIED


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
    Move.ESCALATED: _escalated,
    Move.NOTED: _noted,
    Move.UPDATED: _updated,
    Move.RESOLVED: _resolved,
    Move.CANCELLED: _closed,
    Move.REJECTED: _closed,
    Move.MERGED: _merged,
    Move.REOPENED: _reopened,
    Move.RATED: _rated,
}
