"""The fold: events, taken in the order of (time, rank, source, id), make an incident what it is."""

from collections.abc import Iterable

from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import Reason
from ioc.core.sources import is_own
from ioc.core.times import to_instant
from ioc.decider import urgency
from ioc.decider.evolve import evolve
from ioc.incident.history_entry import HistoryEntry, fold_order
from ioc.incident.lifecycle import CLOSED, TRANSITIONS, EventType, State, is_allowed
from ioc.incident.payloads import DECODE, Assigned, Directed, DirectiveAnswered, Lapsed, Payload, Reported, Updated
from ioc.incident.state import Incident
from ioc.sla import clocks, directives


def refold(incident: Incident, entries: Iterable[HistoryEntry], catalogue: Catalogue) -> Incident:
    """Return the incident that a whole history makes, with what was already announced about it."""
    draft = Incident(incident.id, sent=incident.sent, version=incident.version)
    draft.fired_steps, draft.fired_reminders = incident.fired_steps, incident.fired_reminders
    draft.children, draft.parent_outcome = incident.children, incident.parent_outcome
    draft.sequence = incident.sequence
    draft.history = tuple(apply(draft, entry, DECODE[entry.event_type](entry.data), catalogue) for entry in entries)
    clocks.preserve_verdict(draft, incident)
    return draft


def extend(incident: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> Incident:
    """Return the incident after one more event, which is later than all it has."""
    draft = incident.draft()
    draft.history = (*incident.history, apply(draft, entry, payload, catalogue))
    return draft


def insert_note(incident: Incident, entry: HistoryEntry) -> Incident:
    """Return the incident with a late note inserted. It changes nothing else, so nothing is folded again."""
    draft = incident.draft()
    draft.history = tuple(sorted((*incident.history, entry), key=fold_order))
    draft.updated_at = max(draft.updated_at, entry.time)
    return draft


def apply(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> HistoryEntry:
    """Apply one event to the draft; return its entry with the verdict on it.

    Until the report has come every event is held: neither refused nor applied.
    """
    if draft.state is State.PENDING and entry.event_type is not EventType.REPORTED:
        return _with_verdict(entry, None, None)
    refused = _refusal(draft, entry, payload, catalogue)
    if refused is not None:
        return _with_verdict(entry, refused, None)
    next_state = TRANSITIONS[entry.event_type][draft.state]
    evolve(draft, entry, payload, catalogue)
    draft.state = next_state
    _drop_stale(draft)
    if entry.time > draft.updated_at:
        draft.updated_at = entry.time
    return _with_verdict(entry, None, draft.on_time if entry.event_type is EventType.RESOLVED else None)


def _with_verdict(entry: HistoryEntry, refused: Reason | None, on_time: bool | None) -> HistoryEntry:
    if entry.refused is refused and entry.on_time is on_time:
        return entry
    return replace(entry, refused=refused, on_time=on_time)


def _drop_stale(draft: Incident) -> None:
    """Drop what has no meaning in the new state: only the acknowledged can lapse, only the open be shelved."""
    if draft.taken_at is not None and draft.state is not State.ACKNOWLEDGED:
        draft.taken_at = None
    if draft.state in CLOSED:
        draft.shelved_until = draft.shelved_by = None


def _refusal(draft: Incident, entry: HistoryEntry, payload: Payload, catalogue: Catalogue) -> Reason | None:
    """Return why an event is refused; None when it is accepted."""
    if is_own(entry.source):
        if _is_overtaken(draft, entry, payload):
            return Reason.OVERTAKEN
    elif not is_allowed(entry.event_type, draft.state, draft.shelved_until is not None):
        return Reason.ILLEGAL_MOVE
    if entry.unknown and ("service" in entry.unknown or not catalogue.is_external(draft.service)):
        return Reason.NOT_IN_CATALOGUE
    return None if type(payload) in _NEVER_REFUSED else _refusal_of_payload(draft, entry, payload)


# The commonest payloads say nothing that the state could contradict: they need not be matched.
_NEVER_REFUSED = frozenset({Payload, Reported, Assigned})


def _refusal_of_payload(draft: Incident, entry: HistoryEntry, payload: Payload) -> Reason | None:
    """Return why an event that is allowed is refused for what its payload says."""
    match payload:
        case Updated(priority=priority):
            silent = urgency.lowers(draft, priority) and urgency.missing_words(payload)
            return Reason.LOWERED_SILENTLY if silent else None
        case Directed():
            return directives.directive_rejection(draft, entry, payload)
        case DirectiveAnswered():
            return directives.answer_rejection(draft, payload)
    return None


def _is_overtaken(draft: Incident, entry: HistoryEntry, payload: Payload) -> bool:
    """True when an event of the centre's own comes too late: what it was made for has changed meanwhile."""
    if draft.state not in TRANSITIONS[entry.event_type]:
        return True
    if isinstance(payload, Lapsed):
        return draft.taken_at != to_instant(payload.since)
    return entry.event_type is EventType.UNSHELVED and draft.shelved_until != entry.time
