"""The directives of an incident as JSON: how many are open, and what each unit has answered."""

import msgspec

from api.http.json import Json, optional_rfc3339
from ioc.core.times import Instant, to_rfc3339
from ioc.incident.directive import Directive, UnitAnswer
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import EventType
from ioc.incident.state import Incident

_EVIDENCE_DEFAULTS: Json = {"caption": None, "public": False}

_NO_DIRECTIVES: Json = {"directives_given": 0, "directives_open": 0, "directive_due": None}


def directive_counts(incident: Incident) -> Json:
    """Return how many units were given a directive, how many have not done it, and the soonest due of those."""
    if not incident.directives:
        return _NO_DIRECTIVES
    total = sum(len(directive.answers) for directive in incident.directives)
    dues = [
        directive.due for directive in incident.directives for answer in directive.answers if answer.done_at is None
    ]
    soonest = min((due for due in dues if due is not None), default=None)
    return {"directives_given": total, "directives_open": len(dues), "directive_due": optional_rfc3339(soonest)}


def directive_rows(incident: Incident, now: Instant) -> list[Json]:
    """Return the directives of an incident, each with the answers of its units."""
    directed = {(entry.source, entry.id): entry for entry in incident.history if entry.event_type is EventType.DIRECTED}
    return [
        _directive_row(directive, incident, directed.get((directive.source, directive.id)), now)
        for directive in incident.directives
    ]


def _directive_row(directive: Directive, incident: Incident, history_entry: HistoryEntry | None, now: Instant) -> Json:
    payload = {} if history_entry is None else msgspec.json.decode(history_entry.data)
    return {
        "id": directive.id,
        "by": directive.by,
        "actor": payload.get("actor"),
        "text": payload.get("text"),
        "time": to_rfc3339(directive.at),
        "due": optional_rfc3339(directive.due),
        "units": [_answer_row(directive, answer, incident, now) for answer in directive.answers],
    }


def _answer_row(directive: Directive, answer: UnitAnswer, incident: Incident, now: Instant) -> Json:
    levels = (
        reminder.level
        for reminder in incident.fired_reminders
        if (reminder.directive, reminder.unit) == (directive.id, answer.unit)
    )
    return {
        "unit": answer.unit,
        "acknowledged_at": optional_rfc3339(answer.acknowledged_at),
        "done_at": optional_rfc3339(answer.done_at),
        "on_time": directive.on_time(answer),
        "overdue": directive.overdue_at(answer, now),
        "level": max(levels, default=0),
        **_report_of_unit(directive, answer, incident),
    }


def _report_of_unit(directive: Directive, answer: UnitAnswer, incident: Incident) -> Json:
    """Return the text and the evidence with which a unit reported the directive done."""
    for entry in incident.history:
        if entry.event_type is EventType.DIRECTIVE_DONE and entry.time == answer.done_at and entry.refused is None:
            payload = msgspec.json.decode(entry.data)
            if (payload["directive"], payload["unit"]) == (directive.id, answer.unit):
                evidence = [_EVIDENCE_DEFAULTS | item for item in payload.get("evidence", ())]
                return {"text": payload.get("text"), "evidence": evidence}
    return {"text": None, "evidence": []}
