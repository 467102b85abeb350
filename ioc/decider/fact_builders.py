"""The facts an event makes: that it was accepted, what its effect was, and which units it concerns."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ioc.catalogue.city import Catalogue
from ioc.core.rejections import Reason
from ioc.core.times import Instant
from ioc.decider import corrections, urgency
from ioc.incident.directive import find_directive
from ioc.incident.event import Event
from ioc.incident.facts import Fact, FactKind
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import EventType, State
from ioc.incident.payloads import DirectiveAnswered, Escalated
from ioc.incident.state import Incident

FACT_KINDS: Mapping[EventType, FactKind | None] = {
    **{event_type: FactKind.__members__.get(event_type.name) for event_type in EventType},
    EventType.UNSHELVED: FactKind.RETURNED,
}
"""The kind of the fact that an event was accepted, of the same name as its type; None where no fact says so."""


def fact_of(
    kind: FactKind,
    key: str,
    incident: Incident,
    time: Instant,
    now: Instant,
    cause: str | None = None,
    unit: str | None = None,
    **details: Any,
) -> Fact:
    """Return a fact about an incident as it stands; `key` is its id, `details` are the fields particular to its kind.

    `unit` is the one it is about, if that is not the incident's.
    """
    subject = incident.unit if unit is None else unit
    shelved = incident.shelved_until is not None
    return Fact(
        key, kind, incident.id, time, now, incident.service, subject, incident.ward, cause, shelved=shelved, **details
    )


def caused_fact(kind: FactKind, by: Event | HistoryEntry, incident: Incident, now: Instant, **details: Any) -> Fact:
    """Return a fact about an incident that an event brought about."""
    cause = f"{by.source}/{by.id}"
    return fact_of(kind, f"{incident.id}/{cause}/{kind}", incident, by.time, now, cause, **details)


def acceptance_facts(old: Incident, new: Incident, entry: HistoryEntry, now: Instant) -> list[Fact]:
    """Return a fact for each event accepted for the first time: this one, or all that were held for the report."""
    if old.state is not State.PENDING:
        return _acceptance_fact(entry, new, now)
    if new.state is State.PENDING:
        return []
    return [fact for held in new.history for fact in _acceptance_fact(held, new, now)]


def _acceptance_fact(entry: HistoryEntry, new: Incident, now: Instant) -> list[Fact]:
    kind = FACT_KINDS[entry.event_type]
    if kind is None or entry.refused is not None:
        return []
    return [caused_fact(kind, entry, new, now, **_details(entry, new))]


def _details(entry: HistoryEntry, new: Incident) -> dict[str, Any]:
    """Return what the fact of an accepted event says besides what all facts say."""
    match entry.event_type:
        case EventType.REPORTED:  # the commonest
            return {}
        case EventType.RESOLVED:
            return {"on_time": entry.on_time}
        case EventType.ESCALATED:
            return {"level": new.raised, "recipient": msgspec.json.decode(entry.data, type=Escalated).to}
        case EventType.SHELVED:
            return {"due": new.shelved_until}
        case EventType.DIRECTED:
            return _directive_details(entry, new)
        case EventType.DIRECTIVE_ACKNOWLEDGED | EventType.DIRECTIVE_DONE:
            return _answer_details(entry, new)
    return {}


def _directive_details(entry: HistoryEntry, new: Incident) -> dict[str, Any]:
    directive = find_directive(new.directives, entry.id)
    if directive is None:
        return {}
    return {"directive": directive.id, "units": directive.units, "recipient": directive.by, "due": directive.due}


def _answer_details(entry: HistoryEntry, new: Incident) -> dict[str, Any]:
    answered = msgspec.json.decode(entry.data, type=DirectiveAnswered)
    details = {"directive": answered.directive, "unit": answered.unit}
    directive = find_directive(new.directives, answered.directive)
    answer = None if directive is None else directive.answer_of(answered.unit)
    if directive is None or answer is None:
        return details
    on_time = directive.on_time(answer) if entry.event_type is EventType.DIRECTIVE_DONE else None
    return {**details, "recipient": directive.by, "due": directive.due, "on_time": on_time}


def unit_facts(old: Incident, new: Incident, event: Event, now: Instant, catalogue: Catalogue) -> list[Fact]:
    """Return the facts that notify several units together: it is urgent, is no longer, or a rule brings them in."""
    changes = urgency.unit_changes(old, new, catalogue)
    return [caused_fact(kind, event, new, now, units=units, rule=new.rule) for kind, units in changes]


def effect_facts(
    old: Incident, new: Incident, event: Event, entry: HistoryEntry, now: Instant, in_order: bool
) -> list[Fact]:
    """Return the facts about an event's effect: it was refused, it changed a due, it corrected earlier facts."""
    facts = []
    if entry.refused is not None and entry.refused is not Reason.OVERTAKEN:
        facts.append(caused_fact(FactKind.REFUSED, event, new, now, changes={"reason": entry.refused}))
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
    """True when other targets are due, or the same targets at other instants."""
    if old.clocks is new.clocks:
        return False
    if len(old.clocks) != len(new.clocks):
        return True
    for before, after in zip(old.clocks, new.clocks, strict=True):
        if before is not after and (before.due != after.due or before.target is not after.target):
            return True
    return False


def dues(incident: Incident) -> dict[str, Instant | None]:
    """Return when each target is due (ms); None while its clock stands still."""
    return {clock.target: clock.due for clock in incident.clocks}
