"""TODO."""

import msgspec

from api.http.json import Json
from ioc.core.times import Instant, to_rfc3339
from ioc.incident.directive import Directive, UnitAnswer
from ioc.incident.lifecycle import EventType
from ioc.incident.state import HistoryEntry, Incident

_EVIDENCE: Json = {"caption": None, "public": False}

_NONE: Json = {"directives_given": 0, "directives_open": 0, "directive_due": None}


def summary(incident: Incident) -> Json:
    """Return how many answers of units were asked for, how many are still owed, and by when the next of them."""
    if not incident.directives:
        return _NONE
    given = sum(len(one.answers) for one in incident.directives)
    owed = [one.due for one in incident.directives for answer in one.answers if answer.done_at is None]
    due = min((due for due in owed if due is not None), default=None)
    return {"directives_given": given, "directives_open": len(owed), "directive_due": _moment(due)}


def told(incident: Incident, now: Instant) -> list[Json]:
    """Return the directives of an incident, each with what its units have answered."""
    words = {(entry.source, entry.id): entry for entry in incident.history if entry.event_type is EventType.DIRECTED}
    return [_told(one, incident, words.get((one.source, one.id)), now) for one in incident.directives]


def _told(directive: Directive, incident: Incident, entry: HistoryEntry | None, now: Instant) -> Json:
    said = {} if entry is None else msgspec.json.decode(entry.data)
    return {
        "id": directive.id,
        "by": directive.by,
        "actor": said.get("actor"),
        "text": said.get("text"),
        "time": to_rfc3339(directive.at),
        "due": _moment(directive.due),
        "units": [_answer(directive, answer, incident, now) for answer in directive.answers],
    }


def _answer(directive: Directive, answer: UnitAnswer, incident: Incident, now: Instant) -> Json:
    level = max(
        (one.level for one in incident.fired_reminders if _is_of(one.directive, one.unit, directive, answer)), default=0
    )
    return {
        "unit": answer.unit,
        "acknowledged_at": _moment(answer.acknowledged_at),
        "done_at": _moment(answer.done_at),
        "on_time": directive.on_time(answer),
        "overdue": directive.overdue_at(answer, now),
        "level": level,
        **_words(directive, answer, incident),
    }


def _is_of(id: str, unit: str, directive: Directive, answer: UnitAnswer) -> bool:
    return (id, unit) == (directive.id, answer.unit)


def _words(directive: Directive, answer: UnitAnswer, incident: Incident) -> Json:
    """Return what a unit said when it reported the directive done."""
    for entry in incident.history:
        if entry.event_type is EventType.DIRECTIVE_DONE and entry.time == answer.done_at and entry.refused is None:
            said = msgspec.json.decode(entry.data)
            if (said["directive"], said["unit"]) == (directive.id, answer.unit):
                return {
                    "text": said.get("text"),
                    "evidence": [_EVIDENCE | one for one in said.get("evidence", ())],
                }
    return {"text": None, "evidence": []}


def _moment(at: Instant | None) -> str | None:
    return None if at is None else to_rfc3339(at)
