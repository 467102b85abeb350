"""The one decision: `decide(state, event, now)` gives the new state and the facts. Pure, total, deterministic.

Illegal input is a typed refusal. The same set of events ends in the same state whatever order they came in; what
was announced on the way is never unsaid, only followed by a correction.
"""

from typing import cast

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
from ioc.incident.lifecycle import KIN, EventType, State
from ioc.incident.payloads import DECODE, Directed, Reported, Updated
from ioc.incident.state import HistoryEntry, Incident, comes_after, fold_order
from ioc.sla import directives, scheduled_events


class DeadlinePassed(Struct, frozen=True):
    """The clock reached the next step of an incident's deadlines. `late_input`: the input had not been caught up."""

    incident: str
    late_input: bool = False


class Decision(Struct, frozen=True, gc=False):
    """What is to be written. `state` is the very object given when nothing changed.

    `emitted` are events of the centre's own making that this brings about, for this incident or for others.
    """

    state: Incident | None
    facts: tuple[Fact, ...] = ()
    rejection: Rejection | None = None
    duplicate: bool = False
    emitted: tuple[Outgoing, ...] = ()


def decide(state: Incident | None, event: Event | DeadlinePassed, now: Instant, catalogue: Catalogue) -> Decision:
    """Return the state after the event and the facts it makes, as of `now`."""
    if isinstance(event, DeadlinePassed):
        return _announce(state, event, now, catalogue)
    rejection = admission_rejection(event, now, catalogue)
    if rejection is not None:
        return Decision(state, rejection=rejection)
    old = state if state is not None else Incident(event.incident)
    if event.event_type in KIN:
        return _hear(state, old, event, now)
    words = count_words(old, event)
    if words is None:
        return Decision(state, duplicate=True)
    if is_full(old, event, words):
        return Decision(state, rejection=Rejection(Reason.HISTORY_FULL, (FieldError("subject", "too many events"),)))
    return _fold(old, event, words, now, catalogue)


def apply_catalogue(state: Incident, cause: str, now: Instant, catalogue: Catalogue) -> Decision:
    """Return an open incident as another edition of the catalogue makes it. What was reached keeps its due.

    `cause` names this change of the catalogue, and no other.
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
    """Return why an event is refused whatever the state of its incident, or None.

    What the centre tells of its own accord is told by a clock of its own: another partition's, which in a replay may be
    far ahead, or a worker's. Were it refused, what waits for it would wait for ever.
    """
    if event.time > now + FUTURE_TOLERANCE and not is_own(event.source):
        return Rejection(Reason.IN_THE_FUTURE, (FieldError("time", "ahead of the centre's clock"),))
    if isinstance(event.payload, Reported):
        faults = catalogue_errors(event.payload, event.payload.service, catalogue)
        if faults:
            return Rejection(Reason.NOT_IN_CATALOGUE, faults)
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
    judged = new.history[-1] if in_order else _find(new, event)
    facts = fact_builders.acceptance_facts(old, new, judged, now)
    facts += escalation.late_breaches(new, now)
    if event.id in new.sent:
        new.sent = tuple(id for id in new.sent if id != event.id)
    new.next_at = scheduled_events.next_at(new, catalogue)
    new.version = old.version + 1
    facts += fact_builders.effect_facts(old, new, event, judged, now, in_order)
    told = merging.kinship_events(old, new, event.payload, now)
    if not new.stands_as(old):
        facts += fact_builders.unit_facts(old, new, event, now, catalogue)
        told = (*closure_notice(old, new, event), *told, *candidates.tell(old, new, event, judged, now, catalogue))
    return Decision(new, tuple(facts), _rejection(judged, new), emitted=_identity(old, event, judged) + told)


def _identity(old: Incident, event: Event, judged: HistoryEntry) -> tuple[Outgoing, ...]:
    """Return who reported the incident, when the event is its report: of several reports the first in time is.

    One that says nothing of who sent it takes away what another had said before it came.
    """
    if event.event_type is not EventType.REPORTED or judged.refused is not None:
        return ()
    if event.reporter is not None:
        return (Outgoing(Topic.REPORTERS, event.incident.encode(), encode(event.reporter)),)
    if old.state is not State.PENDING:
        return (Outgoing(Topic.REPORTERS, event.incident.encode(), None),)
    return ()


def _hear(state: Incident | None, old: Incident, event: Event, now: Instant) -> Decision:
    """Take in what a relative tells. It is no part of the history, which is of the incident itself."""
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


def _find(incident: Incident, event: Event) -> HistoryEntry:
    return next(entry for entry in incident.history if entry.id == event.id and entry.source == event.source)


def _rejection(entry: HistoryEntry, new: Incident) -> Rejection | None:
    if entry.refused is None or entry.refused is Reason.OVERTAKEN:
        return None
    if entry.refused is Reason.ILLEGAL_MOVE:
        return Rejection(
            entry.refused, (FieldError("type", f"'{entry.event_type}' is not allowed here; it is {new.state}"),)
        )
    if entry.refused is Reason.NOT_IN_CATALOGUE:
        return Rejection(entry.refused, reference_errors(entry.unknown))
    if entry.refused is Reason.LOWERED_SILENTLY:
        return Rejection(entry.refused, urgency.missing_words(cast(Updated, DECODE[entry.event_type](entry.data))))
    return Rejection(entry.refused, _FAULTS[entry.refused])


_FAULTS = {
    Reason.UNKNOWN_DIRECTIVE: (FieldError("data.directive", "no directive of this incident has that id"),),
    Reason.NOT_DIRECTED: (FieldError("data.unit", "the directive is not to this unit"),),
    Reason.DIRECTIVE_TAKEN: (FieldError("id", "another directive of this incident has that id"),),
    Reason.TOO_MANY_DIRECTED: (
        FieldError("data.units", f"more than {directives.MAX_DIRECTED} in all of the incident"),
    ),
}


def _announce(state: Incident | None, event: DeadlinePassed, now: Instant, catalogue: Catalogue) -> Decision:
    """Announce what the clock has reached. After an outage that is one escalation at the present level."""
    if state is None or state.next_at is None or state.next_at > now:
        return Decision(state)
    new = state.draft()
    facts = tuple(escalation.due_announcements(new, now, catalogue))
    emitted = scheduled_events.due_events(new, now, catalogue)
    new.sent = (*new.sent, *[one.id for one in emitted])
    new.next_at = scheduled_events.next_at(new, catalogue)
    new.version = state.version + 1
    if event.late_input:
        facts = tuple(replace(fact, late_input=True) for fact in facts)
    return Decision(new, facts, emitted=tuple([one.event(new) for one in emitted]))
