"""The facts that tell of an event: that it was accepted, what came of it, and whom it concerns."""

from collections.abc import Iterator
from typing import cast

from msgspec.structs import replace

from ioc import corrections, urgency
from ioc.catalogue import Catalogue
from ioc.directive import Directive, named
from ioc.errors import Reason
from ioc.events import Event
from ioc.facts import Fact, Kind
from ioc.incident import Entry, Incident
from ioc.lifecycle import Move, State
from ioc.payloads import DECODE, DirectiveAnswered, Escalated
from ioc.times import Instant

_KINDS = {**{move: Kind(move) for move in Move if move.name in Kind.__members__}, Move.UNSHELVED: Kind.RETURNED}
"""The fact that tells of a move."""


def fact_of(kind: Kind, key: str, incident: Incident, time: Instant, now: Instant) -> Fact:
    """Return a fact of an incident as it stands, under a key that is made once."""
    who = (incident.service, incident.unit, incident.ward)
    return Fact(key, kind, incident.id, time, now, *who, shelved=incident.is_shelved)


def caused(kind: Kind, by: Event | Entry, incident: Incident, now: Instant) -> Fact:
    """Return a fact of an incident that an event brought about."""
    cause = f"{by.source}/{by.id}"
    return replace(fact_of(kind, f"{incident.id}/{cause}/{kind}", incident, by.time, now), cause=cause)


def accepted(old: Incident, new: Incident, judged: Entry, now: Instant) -> Iterator[Fact]:
    """Yield a fact for each event accepted for the first time: the newcomer, or all that was held for the report."""
    if new.state is State.PENDING:
        return
    for entry in new.history if old.state is State.PENDING else (judged,):
        if entry.refused is None and entry.move in _KINDS:
            yield _accepted(entry, new, now)


def _accepted(entry: Entry, new: Incident, now: Instant) -> Fact:
    kind = _KINDS[entry.move]
    fact = caused(kind, entry, new, now)
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


def concerned(old: Incident, new: Incident, event: Event, now: Instant, catalogue: Catalogue) -> Iterator[Fact]:
    """Yield the facts that tell several units at once: of what is urgent, is so no longer, or a rule brings them to."""
    for kind, units in urgency.told(old, new, catalogue):
        yield replace(caused(kind, event, new, now), units=units, rule=new.rule)


def effects(old: Incident, new: Incident, event: Event, judged: Entry, now: Instant, in_order: bool) -> Iterator[Fact]:
    """Yield the facts about the event's effect: refused, due set, corrected."""
    if judged.refused is not None and judged.refused is not Reason.OVERTAKEN:
        yield replace(caused(Kind.REFUSED, event, new, now), changes={"reason": judged.refused})
    before, after = dues(old), dues(new)
    if after != before:
        yield replace(caused(Kind.DUE_SET, event, new, now), rule=new.rule, dues=after)
    changes = {} if in_order or old.state is State.PENDING else corrections.of(old, new)
    withdrawn = corrections.withdrawn(old, new)
    if withdrawn:
        changes["not_breached"] = withdrawn
    if changes:
        yield replace(caused(Kind.CORRECTED, event, new, now), changes=changes)


def dues(incident: Incident) -> dict[str, Instant | None]:
    """Return when each target is due."""
    return {clock.target: clock.due for clock in incident.clocks}
