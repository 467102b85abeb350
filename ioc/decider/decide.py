"""The one decision: `decide(state, event, now, catalogue)` returns the new state and the facts.

It is pure, total and deterministic; illegal input makes a typed rejection. The same set of events ends in the same
state whatever order they came in. What was announced on the way is never withdrawn, only followed by a correction.
"""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.reference_checks import catalogue_errors, reference_errors, unknown_references
from ioc.core.records import Outgoing
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.scalars import encode
from ioc.core.sources import is_own
from ioc.core.times import FUTURE_TOLERANCE, Instant
from ioc.core.topics import Topic
from ioc.decider import escalation, fact_builders, fold, merging, urgency
from ioc.decider.history import count_words, is_full, summarise
from ioc.decider.sensor_closures import closure_notice
from ioc.decider.signatures import signature_rejection
from ioc.duplicates import candidates
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.history_entry import HistoryEntry, comes_after, fold_order
from ioc.incident.lifecycle import KIN, EventType, State
from ioc.incident.payloads import Directed, Reported, Updated
from ioc.incident.state import Incident
from ioc.sla import directives, scheduled_events


class DeadlinePassed(Struct, frozen=True):
    """The next step of an incident's deadlines is due. `late_input`: the worker has not caught up with its input."""

    incident: str
    late_input: bool = False


class Decision(Struct, frozen=True, gc=False):
    """What is to be written. `state` is the object that was passed in when nothing changed.

    `emitted` are the records this brings about besides: the centre's own events for this incident or others, duplicate
    candidates, notices to sensors, and who reported it.
    """

    state: Incident | None
    facts: tuple[Fact, ...] = ()
    rejection: Rejection | None = None
    duplicate: bool = False
    emitted: tuple[Outgoing, ...] = ()


def decide(state: Incident | None, event: Event | DeadlinePassed, now: Instant, catalogue: Catalogue) -> Decision:
    """Return what comes of an event, as of `now` (ms): the new state, the facts, or why it is rejected."""
    if isinstance(event, DeadlinePassed):
        return _announce(state, event, now, catalogue)
    rejection = admission_rejection(event, now, catalogue)
    if rejection is not None:
        return Decision(state, rejection=rejection)
    old = state if state is not None else Incident(event.incident)
    if event.event_type in KIN:
        return _take_in(state, old, event, now)
    words = count_words(old, event)
    if words is None:
        return Decision(state, duplicate=True)
    if is_full(old, event, words):
        return Decision(state, rejection=Rejection(Reason.HISTORY_FULL, (FieldError("subject", "too many events"),)))
    return _fold(old, event, words, now, catalogue)


def apply_catalogue(state: Incident, cause: str, now: Instant, catalogue: Catalogue) -> Decision:
    """Return an open incident as another edition of the catalogue makes it. Targets that were reached keep their due.

    `cause` identifies this change of the catalogue; the fact's id is made of it.
    """
    new = fold.refold(state, state.history, catalogue)
    new.next_at = scheduled_events.next_at(new, catalogue)
    if new == state:
        return Decision(state)
    new.version = state.version + 1
    if new.rule == state.rule and not fact_builders.has_other_dues(state, new):
        return Decision(new)
    key = f"{new.id}/{cause}/{FactKind.DUE_SET}"
    fact = fact_builders.fact_of(
        FactKind.DUE_SET, key, new, now, now, cause, rule=new.rule, dues=fact_builders.dues(new)
    )
    return Decision(new, (fact,))


def admission_rejection(event: Event, now: Instant, catalogue: Catalogue) -> Rejection | None:
    """Return why an event is rejected whatever the state of its incident; None when it is admitted.

    The centre's own events may lie in the future: they are dated by another clock, that of a worker or of another
    partition, which in a replay may be far ahead. If they were rejected, what waits for them would wait for ever.
    """
    if event.time > now + FUTURE_TOLERANCE and not is_own(event.source):
        return Rejection(Reason.IN_THE_FUTURE, (FieldError("time", "ahead of the centre's clock"),))
    if isinstance(event.payload, Reported):
        errors = catalogue_errors(event.payload, event.payload.service, catalogue)
        if errors:
            return Rejection(Reason.NOT_IN_CATALOGUE, errors)
    if isinstance(event.payload, Directed):
        return signature_rejection(event, event.payload, catalogue.keys)
    return None


def _fold(old: Incident, event: Event, words: int, now: Instant, catalogue: Catalogue) -> Decision:
    unknown = () if event.event_type is EventType.REPORTED else unknown_references(event.payload, catalogue)
    entry = HistoryEntry(event.time, event.event_type, event.source, event.id, event.data, unknown=unknown)
    in_order = not old.history or comes_after(entry, old.history[-1])
    if in_order:
        new = fold.extend(old, entry, event.payload, catalogue)
    elif event.event_type is EventType.NOTED and old.state is not State.PENDING:
        new = fold.insert_note(old, entry)
    else:
        new = fold.refold(old, sorted((*old.history, entry), key=fold_order), catalogue)
    new.history = summarise(new.history, words)
    entry = new.history[-1] if in_order else _entry_of(new, event)
    facts = fact_builders.acceptance_facts(old, new, entry, now)
    facts += escalation.late_breaches(new, now)
    if event.id in new.sent:
        new.sent = tuple(sent for sent in new.sent if sent != event.id)
    new.next_at = scheduled_events.next_at(new, catalogue)
    new.version = old.version + 1
    facts += fact_builders.effect_facts(old, new, event, entry, now, in_order)
    emitted = _reporter(old, event, entry)
    kinship = merging.kinship_events(old, new, event.payload, now)
    if not new.stands_as(old):
        facts += fact_builders.unit_facts(old, new, event, now, catalogue)
        emitted += closure_notice(old, new, event)
        kinship = (*kinship, *candidates.outgoing_candidates(old, new, event, entry, now, catalogue))
    return Decision(new, tuple(facts), _rejection(entry, new), emitted=emitted + kinship)


def _reporter(old: Incident, event: Event, entry: HistoryEntry) -> tuple[Outgoing, ...]:
    """Return who reported the incident, when the event is its report. Of several reports the first in time counts.

    A report without a reporter deletes the one that a later report had brought before.
    """
    if event.event_type is not EventType.REPORTED or entry.refused is not None:
        return ()
    if event.reporter is not None:
        return (Outgoing(Topic.REPORTERS, event.incident.encode(), encode(event.reporter)),)
    if old.state is not State.PENDING:
        return (Outgoing(Topic.REPORTERS, event.incident.encode(), None),)
    return ()


def _take_in(state: Incident | None, old: Incident, event: Event, now: Instant) -> Decision:
    """Take in a relative's message. It is no part of the history, which is that of the incident itself."""
    if merging.is_known(old, event.payload):
        return Decision(state, duplicate=True)
    new = merging.take_in(old, event.payload)
    if new is old:
        return Decision(state)
    new.version = old.version + 1
    facts = []
    if new.outcome != old.outcome:
        changes = {"parent": new.parent, "outcome": new.outcome}
        facts.append(fact_builders.caused_fact(FactKind.FOLLOWED, event, new, now, changes=changes))
    return Decision(new, tuple(facts), emitted=merging.kinship_events(old, new, event.payload, now))


def _entry_of(incident: Incident, event: Event) -> HistoryEntry:
    return next(entry for entry in incident.history if entry.id == event.id and entry.source == event.source)


def _rejection(entry: HistoryEntry, new: Incident) -> Rejection | None:
    if entry.refused is None or entry.refused is Reason.OVERTAKEN:
        return None
    return Rejection(entry.refused, _errors(entry, entry.refused, new))


def _errors(entry: HistoryEntry, refused: Reason, new: Incident) -> tuple[FieldError, ...]:
    """Return what is wrong with an event that the fold refused; nothing where the reason says it all."""
    match refused:
        case Reason.ILLEGAL_MOVE:
            return (FieldError("type", f"'{entry.event_type}' is not allowed here; it is {new.state}"),)
        case Reason.NOT_IN_CATALOGUE:
            return reference_errors(entry.unknown)
        case Reason.LOWERED_SILENTLY:
            return urgency.missing_words(msgspec.json.decode(entry.data, type=Updated))
        case Reason.UNKNOWN_DIRECTIVE:
            return (FieldError("data.directive", "no directive of this incident has that id"),)
        case Reason.NOT_DIRECTED:
            return (FieldError("data.unit", "the directive is not to this unit"),)
        case Reason.DIRECTIVE_TAKEN:
            return (FieldError("id", "another directive of this incident has that id"),)
        case Reason.TOO_MANY_DIRECTED:
            return (FieldError("data.units", f"more than {directives.MAX_DIRECTED} in all of the incident"),)
    return ()


def _announce(state: Incident | None, tick: DeadlinePassed, now: Instant, catalogue: Catalogue) -> Decision:
    """Announce the steps that are due. After an outage that is one escalation, at the level reached by now."""
    if state is None or state.next_at is None or state.next_at > now:
        return Decision(state)
    new = state.draft()
    facts = tuple(escalation.due_announcements(new, now, catalogue))
    events = scheduled_events.due_events(new, now, catalogue)
    new.sent = (*new.sent, *[event.id for event in events])
    new.next_at = scheduled_events.next_at(new, catalogue)
    new.version = state.version + 1
    if tick.late_input:
        facts = tuple(replace(fact, late_input=True) for fact in facts)
    return Decision(new, facts, emitted=tuple([event.event_for(new) for event in events]))
