"""Incidents as JSON: the row of a list, and the detail with its history and the arithmetic of its deadlines."""

from collections.abc import Iterator
from heapq import nsmallest
from operator import itemgetter

import msgspec

from api.http.json import Json, optional_rfc3339
from api.incidents import directives
from api.read_model.index.entry import IndexEntry
from ioc.catalogue.city import Catalogue
from ioc.core.times import SECOND, Instant, to_rfc3339
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import cloudevents_type
from ioc.incident.payloads import Payload
from ioc.incident.state import Incident
from ioc.sla.clocks import lapses_at
from ioc.sla.explain import ExplainedStep, Explanation, explain


def row(entry: IndexEntry, now: Instant) -> Json:
    """Return a row of the list; `now` decides what is overdue."""
    incident, clock = entry.incident, entry.clock
    return {
        "id": incident.id,
        "state": incident.state,
        "service": incident.service,
        "category": incident.category or "",
        "priority": incident.priority,
        "severity": entry.severity,
        "title": incident.title or incident.category or incident.id,
        "unit": incident.unit,
        "units": incident.units,
        "ward": incident.ward,
        "lat": incident.lat,
        "lon": incident.lon,
        "address": incident.address,
        "reported_at": to_rfc3339(incident.reported_at),
        "updated_at": to_rfc3339(incident.updated_at),
        "closed_at": optional_rfc3339(incident.closed_at),
        "due": optional_rfc3339(entry.due),
        "due_target": clock.target if clock is not None else None,
        "warn_at": optional_rfc3339(clock.warn) if clock is not None else None,
        "overdue": entry.is_overdue(now),
        "paused": incident.paused_at is not None,
        "level": incident.level,
        "on_time": incident.on_time,
        "reopened": len(incident.reopened_at),
        "rating": incident.score,
        "assignee": incident.assignee,
        "shelved_until": optional_rfc3339(incident.shelved_until),
        "shelved_by": incident.shelved_by,
        "lapses": incident.lapses,
        "parent": incident.parent,
        "outcome": incident.outcome,
        "proposed": incident.proposed if entry.is_open else None,
        "children": entry.children,
        "maintenance": entry.maintenance,
        **directives.directive_counts(incident),
        "version": incident.version,
    }


def detail(entry: IndexEntry, now: Instant, catalogue: Catalogue) -> Json:
    """Return the row with history, evidence, the arithmetic of every deadline, and the commands allowed now."""
    return {
        **row(entry, now),
        "history": [_history_row(history_entry) for history_entry in entry.incident.history],
        "evidence": list(evidence_of(entry.incident)),
        "procedure": _procedure(entry.incident, catalogue),
        "deadlines": [_deadline_row(explanation) for explanation in explain(entry.incident, now, catalogue)],
        "lapses_at": optional_rfc3339(lapses_at(entry.incident, catalogue)),
        "directives": directives.directive_rows(entry.incident, now),
        "commands": entry.commands,
        "merged": _children(entry),
    }


# So many merged incidents are shown with their parent; the list of incidents can be asked for all of them.
MERGED_SHOWN = 50


def _children(entry: IndexEntry) -> list[Json]:
    """Return the incidents that were merged into this one, the oldest first."""
    children = (
        (child.reported_at, child_id, child) for child_id, child in entry.incident.children.items() if not child.away
    )
    oldest = nsmallest(MERGED_SHOWN, children, key=itemgetter(0, 1))
    return [
        {"id": child_id, "reported_at": to_rfc3339(reported_at), "merged_at": to_rfc3339(child.merged_at)}
        for reported_at, child_id, child in oldest
    ]


def _history_row(history_entry: HistoryEntry) -> Json:
    payload = msgspec.json.decode(history_entry.data)
    return {
        "time": to_rfc3339(history_entry.time),
        "type": cloudevents_type(history_entry.event_type),
        "source": history_entry.source,
        "id": history_entry.id,
        "actor": payload.get("actor"),
        "text": payload.get("text"),
        "accepted": history_entry.refused is None,
        "reason": history_entry.refused,
    }


_decode_payload = msgspec.json.Decoder(Payload).decode


def evidence_of(incident: Incident) -> Iterator[Json]:
    """Yield the photos and documents of accepted events, each with the time, type and actor of its event."""
    for history_entry in incident.history:
        if history_entry.refused is None:
            payload = _decode_payload(history_entry.data)
            origin = {
                "time": to_rfc3339(history_entry.time),
                "type": cloudevents_type(history_entry.event_type),
                "actor": payload.actor,
            }
            yield from ({**msgspec.structs.asdict(evidence), **origin} for evidence in payload.evidence)


def _procedure(incident: Incident, catalogue: Catalogue) -> Json | None:
    procedure = catalogue.procedure_of(incident.service, incident.category)
    if procedure is None:
        return None
    return {name: getattr(procedure, name) for name in ("code", "name_vi", "name_en", "online")}


def _deadline_row(explanation: Explanation) -> Json:
    return {
        "target": explanation.target,
        "rule": explanation.rule,
        "procedure": explanation.procedure,
        "calendar": explanation.calendar,
        "total_s": explanation.total / SECOND,
        "start": to_rfc3339(explanation.start),
        "used_s": explanation.used / SECOND,
        "remaining_s": explanation.remaining / SECOND,
        "pauses": list(_pauses(explanation)),
        "skipped": [{"date": day.date, "name": day.name} for day in explanation.skipped],
        "due": optional_rfc3339(explanation.due),
        "warn_at": optional_rfc3339(explanation.warn_at),
        "met_at": optional_rfc3339(explanation.met_at),
        "status": explanation.status,
        "steps": [_step_row(step) for step in explanation.steps],
    }


def _pauses(explanation: Explanation) -> Iterator[Json]:
    for start, end in explanation.pauses:
        yield {"from": to_rfc3339(start), "to": to_rfc3339(end)}
    if explanation.paused_at is not None:
        yield {"from": to_rfc3339(explanation.paused_at), "to": None}


def _step_row(step: ExplainedStep) -> Json:
    return {
        "kind": step.kind,
        "level": step.level,
        "at": optional_rfc3339(step.at),
        "whom": step.recipient,
        "channel": step.channel,
        "fired_at": optional_rfc3339(step.fired_at),
    }
