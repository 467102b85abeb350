"""The one decision: `decide(state, event, now)` gives the new state and the facts. Pure, total, deterministic.

Illegal input is a typed refusal. The same set of events ends in the same state whatever order they came in; what
was announced on the way is never unsaid, only followed by a correction.
"""

from collections.abc import Iterator
from copy import copy
from typing import NamedTuple, cast

from msgspec import Raw, Struct
from msgspec.structs import replace

from ioc import deadlines, directing, families, fold, moments, sightings, urgency
from ioc.catalogue import Catalogue
from ioc.directive import Answer, Directive, Step, named
from ioc.errors import Fault, Reason, Refusal
from ioc.events import Event
from ioc.facts import Fact, Kind
from ioc.incident import BREACHED, WARNED, Clock, Entry, Incident, Said, order_of
from ioc.lane import Outgoing
from ioc.lifecycle import KIN, OWN, TRANSITIONS, Move, State
from ioc.payloads import DECODE, Directed, DirectiveAnswered, Escalated, Priority, Reported, TargetName, Updated, encode
from ioc.settled import settled
from ioc.signatures import signature_refusal
from ioc.sources import is_own
from ioc.times import MINUTE, Instant
from ioc.topics import Topic

# What one incident may grow to: a state has to fit into one record, and be read again with every event.
MAX_NOTES = 200
MAX_WORDS = 256 * 1024
MAX_HISTORY = 1000
MAX_HISTORY_BYTES = 2 * MAX_WORDS
MAX_TOLD_AGAIN = 20
# How far a producer's clock may run ahead of the broker's before its events are refused.
FUTURE_TOLERANCE = 10 * MINUTE

_ALWAYS = frozenset({Move.RESOLVED, Move.CANCELLED, Move.REJECTED, Move.MERGED, Move.UNSHELVED, *OWN})
_KINDS = {**{move: Kind(move) for move in Move if move.name in Kind.__members__}, Move.UNSHELVED: Kind.RETURNED}
"""The fact that tells of a move."""


class DeadlinePassed(Struct, frozen=True):
    """The clock reached the next step of an incident's deadlines. `late_input`: the input had not been caught up."""

    incident: str
    late_input: bool = False


class Decision(NamedTuple):
    """What is to be written. `state` is the very object given when nothing changed.

    `emitted` are events of the centre's own making that this brings about, for this incident or for others.
    """

    state: Incident | None
    facts: tuple[Fact, ...] = ()
    refusal: Refusal | None = None
    duplicate: bool = False
    emitted: tuple[Outgoing, ...] = ()


def decide(state: Incident | None, event: Event | DeadlinePassed, now: Instant, catalogue: Catalogue) -> Decision:
    """Return the state after the event and the facts it makes, as of `now`."""
    if isinstance(event, DeadlinePassed):
        return _announce(state, event, now, catalogue)
    refusal = refused_at_the_door(event, now, catalogue)
    if refusal is not None:
        return Decision(state, refusal=refusal)
    old = state if state is not None else Incident(event.incident)
    if event.move in KIN:
        return _hear(state, old, event, now)
    if any(entry.id == event.id and entry.source == event.source for entry in old.history):
        return Decision(state, duplicate=True)
    if _is_full(old, event):
        return Decision(state, refusal=Refusal(Reason.HISTORY_FULL, (Fault("subject", "too many events"),)))
    return _fold(old, event, now, catalogue)


def settle_anew(state: Incident, cause: str, now: Instant, catalogue: Catalogue) -> Decision:
    """Return an open incident as another edition of the catalogue makes it. What was reached keeps its due.

    `cause` names this change of the catalogue, and no other.
    """
    new = fold.refold(state, state.history, catalogue)
    new.next_at = moments.next_at(new, catalogue)
    if new == state:
        return Decision(state)
    new.version = state.version + 1
    if (new.rule, _dues(new)) == (state.rule, _dues(state)):
        return Decision(new)
    key = f"{new.id}/{cause}/{Kind.DUE_SET}"
    fact = replace(_fact(Kind.DUE_SET, key, new, now, now), cause=cause, rule=new.rule, dues=_dues(new))
    return Decision(new, (fact,))


def _is_full(old: Incident, event: Event) -> bool:
    """True when there is no room for an event. What closes the matter, or is told by the centre, always finds some."""
    most, most_bytes = MAX_HISTORY, MAX_HISTORY_BYTES
    if (event.move in _ALWAYS or is_own(event.source)) and old.state in TRANSITIONS[event.move]:
        most, most_bytes = 2 * most, 2 * most_bytes
    return len(old.history) >= most or len(encode(old.history)) + len(event.data) > most_bytes


def _size(history: tuple[Entry, ...]) -> int:
    return sum(len(entry.data) for entry in history)


def refused_at_the_door(event: Event, now: Instant, catalogue: Catalogue) -> Refusal | None:
    """Return why an event is refused whatever the state of its incident, or None.

    In a replay the clock of the relative that tells of itself may be far ahead; nothing rests on when it told.
    """
    if event.time > now + FUTURE_TOLERANCE and event.move not in KIN:
        return Refusal(Reason.IN_THE_FUTURE, (Fault("time", "ahead of the centre's clock"),))
    if isinstance(event.payload, Reported):
        faults = fold.catalogue_faults(event.payload, event.payload.service, catalogue)
        if faults:
            return Refusal(Reason.NOT_IN_CATALOGUE, faults)
    if isinstance(event.payload, Directed):
        return signature_refusal(event, event.payload, catalogue.keys)
    return None


def _fold(old: Incident, event: Event, now: Instant, catalogue: Catalogue) -> Decision:
    unknown = () if event.move is Move.REPORTED else fold.unknown_names(event.payload, catalogue)
    entry = Entry(event.time, event.move, event.source, event.id, event.data, unknown=unknown)
    in_order = not old.history or order_of(entry) > order_of(old.history[-1])
    if in_order:
        new = fold.extend(old, entry, event.payload, catalogue)
    elif event.move is Move.NOTED and old.state is not State.PENDING:
        new = fold.insert_note(old, entry)
    else:
        new = fold.refold(old, sorted((*old.history, entry), key=order_of), catalogue)
    new.history = _summarised(new.history)
    judged = new.history[-1] if in_order else _find(new, event)
    facts = [*_told(old, new, judged, now), *_breached_at_the_end(new, now), *_undone_at_the_due(new, now)]
    new.sent = tuple(id for id in new.sent if id != event.id)
    new.next_at = moments.next_at(new, catalogue)
    new.version = old.version + 1
    facts += _changed(old, new, event, judged, now, in_order)
    facts += _concerned(old, new, event, now, catalogue)
    told = (
        *families.tell(old, new, event.payload, now),
        *sightings.tell(old, new, event, judged, now, catalogue),
    )
    emitted = (*_identity(old, event, judged), *settled(old, new, event), *told)
    return Decision(new, tuple(facts), _refusal(judged, new), emitted=emitted)


def _identity(old: Incident, event: Event, judged: Entry) -> Iterator[Outgoing]:
    """Yield who reported the incident, when the event is its report: of several reports the first in time is.

    One that says nothing of who sent it takes away what another had said before it came.
    """
    if event.move is not Move.REPORTED or judged.refused is not None:
        return
    if event.reporter is not None:
        yield Outgoing(Topic.REPORTERS, event.incident.encode(), encode(event.reporter))
    elif old.state is not State.PENDING:
        yield Outgoing(Topic.REPORTERS, event.incident.encode(), None)


def _hear(state: Incident | None, old: Incident, event: Event, now: Instant) -> Decision:
    """Take in what a relative tells. It is no part of the history, which is of the incident itself."""
    if families.knows(old, event.payload):
        return Decision(state, duplicate=True)
    new = families.hear(old, event.payload)
    if new is old:
        return Decision(state)
    new.version = old.version + 1
    facts = []
    if new.outcome != old.outcome:
        made = _fact(Kind.FOLLOWED, _key(new, event.source, event.id, Kind.FOLLOWED), new, event.time, now)
        changes = {"parent": new.parent, "outcome": new.outcome}
        facts.append(replace(made, cause=f"{event.source}/{event.id}", changes=changes))
    return Decision(new, tuple(facts), emitted=families.tell(old, new, event.payload, now))


def _find(incident: Incident, event: Event) -> Entry:
    return next(entry for entry in incident.history if entry.id == event.id and entry.source == event.source)


def _refusal(entry: Entry, new: Incident) -> Refusal | None:
    if entry.refused is None or entry.refused is Reason.OVERTAKEN:
        return None
    if entry.refused is Reason.ILLEGAL_MOVE:
        return Refusal(entry.refused, (Fault("type", f"'{entry.move}' is not allowed here; it is {new.state}"),))
    if entry.refused is Reason.NOT_IN_CATALOGUE:
        return Refusal(entry.refused, fold.name_faults(entry.unknown))
    if entry.refused is Reason.LOWERED_SILENTLY:
        return Refusal(entry.refused, urgency.missing_words(cast(Updated, DECODE[entry.move](entry.data))))
    return Refusal(entry.refused, _FAULTS[entry.refused])


_FAULTS = {
    Reason.UNKNOWN_DIRECTIVE: (Fault("data.directive", "no directive of this incident has that id"),),
    Reason.NOT_DIRECTED: (Fault("data.unit", "the directive is not to this unit"),),
    Reason.DIRECTIVE_TAKEN: (Fault("id", "another directive of this incident has that id"),),
    Reason.TOO_MANY_DIRECTED: (Fault("data.units", f"more than {directing.MAX_DIRECTED} in all of the incident"),),
}


def _summarised(history: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the history with the words of the oldest events dropped where they are too many.

    Their keys stay, to know duplicates, and so does what the fold needs of them.
    """
    if len(history) <= MAX_NOTES and _size(history) <= MAX_WORDS:
        return history
    kept = list(history)
    notes = words = 0
    for place in range(len(kept) - 1, -1, -1):
        entry = kept[place]
        notes += entry.move is Move.NOTED
        words += len(entry.data)
        if words > MAX_WORDS or (notes > MAX_NOTES and entry.move is Move.NOTED):
            kept[place] = _wordless(entry)
    return tuple(kept)


def _wordless(entry: Entry) -> Entry:
    if entry.move is Move.REPORTED:  # its words are the incident's own
        return entry
    payload = DECODE[entry.move](entry.data)
    if isinstance(payload, Updated) and payload.priority not in (None, Priority.URGENT):
        payload = urgency.shortened(payload)  # with each refold it is judged again by whether it says who and why
    else:
        payload = replace(payload, actor=None, text=None)
    return replace(entry, data=Raw(encode(payload)))


def _fact(kind: Kind, key: str, incident: Incident, time: Instant, now: Instant) -> Fact:
    who = (incident.service, incident.unit, incident.ward)
    return Fact(key, kind, incident.id, time, now, *who, shelved=incident.is_shelved)


def _key(incident: Incident, source: str, id: str, kind: Kind) -> str:
    return f"{incident.id}/{source}/{id}/{kind}"


def _told(old: Incident, new: Incident, judged: Entry, now: Instant) -> Iterator[Fact]:
    """Yield a fact for each event accepted for the first time: the newcomer, or all that was held for the report."""
    if new.state is State.PENDING:
        return
    for entry in new.history if old.state is State.PENDING else (judged,):
        if entry.refused is None and entry.move in _KINDS:
            yield _told_of(entry, new, now)


def _told_of(entry: Entry, new: Incident, now: Instant) -> Fact:
    kind = _KINDS[entry.move]
    fact = _fact(kind, _key(new, entry.source, entry.id, kind), new, entry.time, now)
    fact = replace(fact, cause=f"{entry.source}/{entry.id}")
    match kind:
        case Kind.RESOLVED:
            return replace(fact, on_time=entry.on_time)
        case Kind.ESCALATED:
            return replace(fact, level=new.raised, whom=cast(Escalated, DECODE[entry.move](entry.data)).to)
        case Kind.SHELVED:
            return replace(fact, due=new.shelved_until)
        case Kind.DIRECTED:
            return _of_directive(fact, named(new.directives, entry.id))
        case Kind.DIRECTIVE_ACKNOWLEDGED | Kind.DIRECTIVE_DONE:
            return _of_answer(fact, new, cast(DirectiveAnswered, DECODE[entry.move](entry.data)))
        case _:
            return fact


def _of_directive(fact: Fact, given: Directive | None) -> Fact:
    if given is None:
        return fact
    return replace(fact, directive=given.id, units=given.units, whom=given.by, due=given.due)


def _of_answer(fact: Fact, new: Incident, answered: DirectiveAnswered) -> Fact:
    fact = replace(fact, directive=answered.directive, unit=answered.unit)
    given = named(new.directives, answered.directive)
    answer = None if given is None else given.answer_of(answered.unit)
    if given is None or answer is None:
        return fact
    on_time = given.on_time(answer) if fact.kind is Kind.DIRECTIVE_DONE else None
    return replace(fact, whom=given.by, due=given.due, on_time=on_time)


def _concerned(old: Incident, new: Incident, event: Event, now: Instant, catalogue: Catalogue) -> Iterator[Fact]:
    """Yield the facts that tell several units at once: of what is urgent, is so no longer, or a rule brings them to."""
    for kind, units in urgency.told(old, new, catalogue):
        fact = _fact(kind, _key(new, event.source, event.id, kind), new, event.time, now)
        yield replace(fact, cause=f"{event.source}/{event.id}", units=units, rule=new.rule)


def _changed(old: Incident, new: Incident, event: Event, judged: Entry, now: Instant, in_order: bool) -> Iterator[Fact]:
    """Yield the facts about the event's effect: refused, due set, corrected."""

    def fact(kind: Kind) -> Fact:
        made = _fact(kind, _key(new, event.source, event.id, kind), new, event.time, now)
        return replace(made, cause=f"{event.source}/{event.id}")

    if judged.refused is not None and judged.refused is not Reason.OVERTAKEN:
        yield replace(fact(Kind.REFUSED), changes={"reason": judged.refused})
    before, after = _dues(old), _dues(new)
    if after != before:
        yield replace(fact(Kind.DUE_SET), rule=new.rule, dues=after)
    changes = {} if in_order or old.state is State.PENDING else _corrections(old, new)
    withdrawn = [*_withdrawn(old, new), *(f"directive/{one}" for one in directing.withdrawn(old, new))]
    if withdrawn:
        changes["not_breached"] = withdrawn
    if changes:
        yield replace(fact(Kind.CORRECTED), changes=changes)


def _dues(incident: Incident) -> dict[str, Instant | None]:
    return {clock.target: clock.due for clock in incident.clocks}


_CORRECTED_FIELDS = ("state", "on_time", "closed_at", "reported_at", "service", "unit", "priority")


def _corrections(old: Incident, new: Incident) -> dict[str, object]:
    """Return what a late event changed of what was said before: fields as [old, new], and verdicts turned over."""
    changes: dict[str, object] = {
        field: [getattr(old, field), getattr(new, field)]
        for field in _CORRECTED_FIELDS
        if getattr(old, field) != getattr(new, field)
    }
    before = {(entry.source, entry.id): entry.refused for entry in old.history}
    turned = [e for e in new.history if before.get((e.source, e.id), e.refused) != e.refused]
    if turned:
        changes["judged_again"] = [f"{e.source}/{e.id}: {e.refused or 'accepted'}" for e in turned[:MAX_TOLD_AGAIN]]
        changes["judged_again_count"] = len(turned)
    return changes


def _withdrawn(old: Incident, new: Incident) -> list[str]:
    """Return the targets whose breach was announced before it was known that they had been met in time."""
    return [
        clock.target
        for clock in new.clocks
        if clock.in_time and deadlines.last_said(clock, new) >= BREACHED and not _was_in_time(old, clock.target)
    ]


def _was_in_time(old: Incident, target: TargetName) -> bool:
    before = old.clock(target)
    return before is not None and before.in_time


def _breached_at_the_end(new: Incident, now: Instant) -> Iterator[Fact]:
    """Yield the breaches of targets that were met late before any tick announced them."""
    for clock in new.clocks:
        late = clock.met is not None and clock.due is not None and clock.met > clock.due
        if late and deadlines.last_said(clock, new) < BREACHED:
            yield _say(new, clock, Step(BREACHED, 0, clock.due or 0), Kind.BREACHED, now)


def _undone_at_the_due(new: Incident, now: Instant) -> Iterator[Fact]:
    """Yield the breaches of directives that were reported done late before any tick announced them."""
    for given, answer in list(directing.breached_unsaid(new)):
        yield _remind(new, given, answer, Step(BREACHED, 0, given.due or 0, given.by or ""), now)


def _remind(new: Incident, given: Directive, answer: Answer, step: Step, now: Instant) -> Fact:
    """Note on the draft that a step of a directive was announced of a unit, and return the fact of it."""
    key = directing.remind(new, given, answer, step, now)
    fact = _fact(_STEPS.get(step.number, Kind.ESCALATED), key, new, step.at, now)
    whom, channel = step.whom or None, step.channel or None
    told = replace(fact, unit=answer.unit, directive=given.id, due=given.due)
    return replace(told, level=step.level, whom=whom, channel=channel)


_STEPS = {WARNED: Kind.WARNED, BREACHED: Kind.BREACHED}


def _say(new: Incident, clock: Clock, step: Step, kind: Kind, now: Instant) -> Fact:
    """Note on the draft that a step was announced, and return the fact of it. The id can only be made once."""
    due = clock.due or 0
    said = Said(new.epoch, new.rule, clock.target, step.number, step.level, due, now, clock.run)
    new.said = (*new.said, said)
    fact = _fact(kind, said.fact_id(new.id), new, step.at, now)
    whom, channel = step.whom or None, step.channel or None
    return replace(fact, rule=new.rule, target=clock.target, level=step.level, whom=whom, channel=channel, due=due)


def _announce(state: Incident | None, event: DeadlinePassed, now: Instant, catalogue: Catalogue) -> Decision:
    """Announce what the clock has reached. After an outage that is one escalation at the present level."""
    if state is None or state.next_at is None or state.next_at > now:
        return Decision(state)
    new = copy(state)
    facts = [fact for clock in new.clocks if clock.running for fact in _reached(new, clock, now, catalogue)]
    for reminder in list(directing.reminders(new, catalogue)):
        passed = _spoken([step for step in reminder.steps if deadlines.announced_at(step) <= now])
        facts += [_remind(new, reminder.directive, reminder.answer, step, now) for step in passed]
    emitted = tuple(moments.reached(new, now, catalogue))
    new.sent = (*new.sent, *(one.id for one in emitted))
    new.next_at = moments.next_at(new, catalogue)
    new.version = state.version + 1
    if event.late_input:
        facts = [replace(fact, late_input=True) for fact in facts]
    return Decision(new, tuple(facts), emitted=tuple(one.event(new) for one in emitted))


def _reached(new: Incident, clock: Clock, now: Instant, catalogue: Catalogue) -> Iterator[Fact]:
    said = deadlines.last_said(clock, new)
    passed = [
        step
        for step in deadlines.steps(clock, new, catalogue)
        if step.number > said and deadlines.announced_at(step) <= now
    ]
    yield from (_say(new, clock, step, _STEPS.get(step.number, Kind.ESCALATED), now) for step in _spoken(passed))


def _spoken(passed: list[Step]) -> list[Step]:
    """Return which of the steps passed are announced: the breach, and the last. One warns of what is to come alone."""
    return [step for step in passed if step.number == BREACHED or step is passed[-1]]
