"""The fold: one event after another, in (time, rank, source, id) order, makes the incident what it is."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import Reason
from ioc.core.sources import is_own
from ioc.core.times import to_instant
from ioc.decider import urgency
from ioc.decider.evolve import EFFECTS
from ioc.incident.lifecycle import CLOSED, TRANSITIONS, EventType, State, is_allowed
from ioc.incident.payloads import DECODE, Lapsed, Payload, Updated
from ioc.incident.state import HistoryEntry, Incident, fold_order
from ioc.sla import clocks, directives


def refold(incident: Incident, entries: Iterable[HistoryEntry], catalogue: Catalogue) -> Incident:
    """Return the incident its whole history makes, keeping what was already said about it."""
    draft = Incident(incident.id, fired_steps=incident.fired_steps, sent=incident.sent, version=incident.version)
    draft.children, draft.parent_outcome, draft.sequence = incident.children, incident.parent_outcome, incident.sequence
    draft.fired_reminders = incident.fired_reminders
    draft.history = tuple(apply(draft, entry, DECODE[entry.event_type](entry.data), catalogue) for entry in entries)
    clocks.preserve_verdict(draft, incident)
    return draft


def extend(incident: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> Incident:
    """Return the incident after one more event that is later than all it has."""
    draft = incident.draft()
    draft.history = (*incident.history, apply(draft, entry, payload, catalogue))
    return draft


def insert_note(incident: Incident, entry: HistoryEntry) -> Incident:
    """Return the incident with a late note put in its place. It moves nothing, so nothing need be folded again."""
    draft = incident.draft()
    draft.history = tuple(sorted((*incident.history, entry), key=fold_order))
    draft.updated_at = max(draft.updated_at, entry.time)
    return draft


def apply(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> HistoryEntry:
    """Move the draft by one event; return its entry with what came of it.

    Until the report has come every event is held: neither refused nor applied.
    """
    if draft.state is State.PENDING and entry.event_type is not EventType.REPORTED:
        return _judged(entry, None, None)
    refused = _refused(draft, entry, payload, catalogue)
    if refused is not None:
        return _judged(entry, refused, None)
    to = TRANSITIONS[entry.event_type][draft.state]
    EFFECTS[entry.event_type](draft, entry, payload, catalogue)
    draft.state = to
    _put_down(draft)
    if entry.time > draft.updated_at:
        draft.updated_at = entry.time
    return _judged(entry, None, draft.on_time if entry.event_type is EventType.RESOLVED else None)


def _judged(entry: HistoryEntry, refused: Reason | None, on_time: bool | None) -> HistoryEntry:
    if entry.refused is refused and entry.on_time is on_time:
        return entry
    return replace(entry, refused=refused, on_time=on_time)


def _put_down(draft: Incident) -> None:
    """Let go of what the new state does not bear: what waits to be begun can lapse, what is open can be shelved."""
    if draft.taken_at is not None and draft.state is not State.ACKNOWLEDGED:
        draft.taken_at = None
    if draft.state in CLOSED:
        draft.shelved_until = draft.shelved_by = None


def _refused(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> Reason | None:
    if is_own(entry.source):
        if _is_overtaken(draft, entry, payload):
            return Reason.OVERTAKEN
    elif not is_allowed(entry.event_type, draft.state, draft.shelved_until is not None):
        return Reason.ILLEGAL_MOVE
    if entry.unknown and ("service" in entry.unknown or not catalogue.is_external(draft.service)):
        return Reason.NOT_IN_CATALOGUE
    judge = _JUDGES.get(entry.event_type)
    return None if judge is None else judge(draft, entry, payload)


def _refused_update(draft: Incident, _: HistoryEntry, update: Updated) -> Reason | None:
    silent = urgency.lowers(draft, update.priority) and urgency.missing_words(update)
    return Reason.LOWERED_SILENTLY if silent else None


_JUDGES: Mapping[EventType, Callable[[Incident, HistoryEntry, Any], Reason | None]] = {
    EventType.UPDATED: _refused_update,
    EventType.DIRECTED: directives.directive_rejection,
    EventType.DIRECTIVE_ACKNOWLEDGED: directives.answer_rejection,
    EventType.DIRECTIVE_DONE: directives.answer_rejection,
}
"""Why a move that is allowed may be refused for what it says."""


def _is_overtaken(draft: Incident, entry: HistoryEntry, payload: Payload) -> bool:
    """True when what an event of the centre's own was made for has been settled otherwise meanwhile."""
    if draft.state not in TRANSITIONS[entry.event_type]:
        return True
    if isinstance(payload, Lapsed):
        return draft.taken_at != to_instant(payload.since)
    return entry.event_type is EventType.UNSHELVED and draft.shelved_until != entry.time
