"""The facts that tell of an event: that it was accepted, what came of it, and whom it concerns."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import Reason
from ioc.core.times import Instant
from ioc.decider import corrections, urgency
from ioc.incident.directive import find_directive
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import EventType, State
from ioc.incident.payloads import DECODE, DirectiveAnswered, Escalated
from ioc.incident.state import HistoryEntry, Incident

_KINDS = {
    **{event_type: FactKind(event_type) for event_type in EventType if event_type.name in FactKind.__members__},
    EventType.UNSHELVED: FactKind.RETURNED,
}
"""The fact that tells of a move."""


def fact_of(
    kind: FactKind,
    key: str,
    incident: Incident,
    time: Instant,
    now: Instant,
    cause: str | None = None,
    unit: str | None = None,
    **said: Any,
) -> Fact:
    """Return a fact of an incident as it stands, under a key that is made once; `said` are the fields of its kind.

    `unit` is the one it is about, unless that is the incident's.
    """
    who = incident.unit if unit is None else unit
    shelved = incident.shelved_until is not None
    return Fact(key, kind, incident.id, time, now, incident.service, who, incident.ward, cause, shelved=shelved, **said)


def caused_fact(kind: FactKind, by: Event | HistoryEntry, incident: Incident, now: Instant, **said: Any) -> Fact:
    """Return a fact of an incident that an event brought about."""
    cause = f"{by.source}/{by.id}"
    return fact_of(kind, f"{incident.id}/{cause}/{kind}", incident, by.time, now, cause, **said)


def acceptance_facts(old: Incident, new: Incident, judged: HistoryEntry, now: Instant) -> list[Fact]:
    """Return a fact for each event accepted for the first time: the newcomer, or all that was held for the report."""
    if old.state is not State.PENDING:
        return [_accepted(judged, new, now)] if _is_told(judged) else []
    if new.state is State.PENDING:
        return []
    return [_accepted(entry, new, now) for entry in new.history if _is_told(entry)]


def _is_told(entry: HistoryEntry) -> bool:
    return entry.refused is None and entry.event_type in _KINDS


def _accepted(entry: HistoryEntry, new: Incident, now: Instant) -> Fact:
    tell = _OF_KIND.get(entry.event_type)
    said = {} if tell is None else tell(entry, new)
    return caused_fact(_KINDS[entry.event_type], entry, new, now, **said)


def _of_resolved(entry: HistoryEntry, _: Incident) -> dict[str, Any]:
    return {"on_time": entry.on_time}


def _of_escalated(entry: HistoryEntry, new: Incident) -> dict[str, Any]:
    return {"level": new.raised, "recipient": cast(Escalated, DECODE[entry.event_type](entry.data)).to}


def _of_shelved(_: HistoryEntry, new: Incident) -> dict[str, Any]:
    return {"due": new.shelved_until}


def _of_directed(entry: HistoryEntry, new: Incident) -> dict[str, Any]:
    given = find_directive(new.directives, entry.id)
    if given is None:
        return {}
    return {"directive": given.id, "units": given.units, "recipient": given.by, "due": given.due}


def _of_answered(entry: HistoryEntry, new: Incident) -> dict[str, Any]:
    answered = cast(DirectiveAnswered, DECODE[entry.event_type](entry.data))
    said = {"directive": answered.directive, "unit": answered.unit}
    given = find_directive(new.directives, answered.directive)
    answer = None if given is None else given.answer_of(answered.unit)
    if given is None or answer is None:
        return said
    on_time = given.on_time(answer) if entry.event_type is EventType.DIRECTIVE_DONE else None
    return {**said, "recipient": given.by, "due": given.due, "on_time": on_time}


_OF_KIND: Mapping[EventType, Callable[[HistoryEntry, Incident], dict[str, Any]]] = {
    EventType.RESOLVED: _of_resolved,
    EventType.ESCALATED: _of_escalated,
    EventType.SHELVED: _of_shelved,
    EventType.DIRECTED: _of_directed,
    EventType.DIRECTIVE_ACKNOWLEDGED: _of_answered,
    EventType.DIRECTIVE_DONE: _of_answered,
}
"""What the fact of a move tells besides what all facts tell."""


def unit_facts(old: Incident, new: Incident, event: Event, now: Instant, catalogue: Catalogue) -> list[Fact]:
    """Return the facts that tell several units at once: of what is urgent, is no longer, or a rule brings them to."""
    told = urgency.unit_changes(old, new, catalogue)
    return [caused_fact(kind, event, new, now, units=units, rule=new.rule) for kind, units in told]


def effect_facts(
    old: Incident, new: Incident, event: Event, judged: HistoryEntry, now: Instant, in_order: bool
) -> list[Fact]:
    """Return the facts about the event's effect: refused, due set, corrected."""
    facts = []
    if judged.refused is not None and judged.refused is not Reason.OVERTAKEN:
        facts.append(caused_fact(FactKind.REFUSED, event, new, now, changes={"reason": judged.refused}))
    if has_other_dues(old, new):
        facts.append(caused_fact(FactKind.DUE_SET, event, new, now, rule=new.rule, dues=dues(new)))
    changes = {} if in_order or old.state is State.PENDING else corrections.corrected_fields(old, new)
    withdrawn = corrections.withdrawn_breaches(old, new)
    if withdrawn:
        changes["not_breached"] = withdrawn
    if changes:
        facts.append(caused_fact(FactKind.CORRECTED, event, new, now, changes=changes))
    return facts


def has_other_dues(old: Incident, new: Incident) -> bool:
    """True when other targets are due, or the same at other moments."""
    if old.clocks is new.clocks:
        return False
    if len(old.clocks) != len(new.clocks):
        return True
    for before, after in zip(old.clocks, new.clocks, strict=True):
        if before is not after and (before.due != after.due or before.target is not after.target):
            return True
    return False


def dues(incident: Incident) -> dict[str, Instant | None]:
    """Return when each target is due."""
    return {clock.target: clock.due for clock in incident.clocks}
