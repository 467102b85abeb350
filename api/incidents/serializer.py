"""An incident as the API tells it: the row of a list, and the detail with its history and arithmetic."""

from collections.abc import Iterator
from heapq import nsmallest

import msgspec

from api.http.json import Json, moment
from api.incidents import directives
from api.read_model.index.entry import IndexEntry
from ioc.catalogue.city import Catalogue
from ioc.core.times import SECOND, Instant, to_rfc3339
from ioc.incident.lifecycle import cloudevents_type
from ioc.incident.payloads import Payload
from ioc.incident.state import HistoryEntry, Incident
from ioc.sla.clocks import lapses_at
from ioc.sla.explain import ExplainedStep, Explanation, explain


def row(card: IndexEntry, now: Instant) -> Json:
    """Return one row of the list; `now` decides what is overdue."""
    one, clock = card.incident, card.clock
    return {
        "id": one.id,
        "state": one.state,
        "service": one.service,
        "category": one.category or "",
        "priority": one.priority,
        "severity": card.severity,
        "title": one.title or one.category or one.id,
        "unit": one.unit,
        "units": one.units,
        "ward": one.ward,
        "lat": one.lat,
        "lon": one.lon,
        "address": one.address,
        "reported_at": to_rfc3339(one.reported_at),
        "updated_at": to_rfc3339(one.updated_at),
        "closed_at": moment(one.closed_at),
        "due": moment(card.due),
        "due_target": clock.target if clock is not None else None,
        "warn_at": moment(clock.warn) if clock is not None else None,
        "overdue": card.overdue(now),
        "paused": one.paused_at is not None,
        "level": one.level,
        "on_time": one.on_time,
        "reopened": len(one.reopened_at),
        "rating": one.score,
        "assignee": one.assignee,
        "shelved_until": moment(one.shelved_until),
        "shelved_by": one.shelved_by,
        "lapses": one.lapses,
        "parent": one.parent,
        "outcome": one.outcome,
        "proposed": one.proposed if card.is_open else None,
        "children": card.children,
        "maintenance": card.maintenance,
        **directives.summary(one),
        "version": one.version,
    }


def detail(card: IndexEntry, now: Instant, catalogue: Catalogue) -> Json:
    """Return the row with history, evidence, the arithmetic of every deadline, and the commands allowed now."""
    return {
        **row(card, now),
        "history": [_entry(entry) for entry in card.incident.history],
        "evidence": list(evidence_of(card.incident)),
        "procedure": _procedure(card.incident, catalogue),
        "deadlines": [_deadline(one) for one in explain(card.incident, now, catalogue)],
        "lapses_at": moment(lapses_at(card.incident, catalogue)),
        "directives": directives.told(card.incident, now),
        "commands": card.commands,
        "merged": _children(card),
    }


# Of a family so many are named; the list can be asked for all of them.
MERGED_SHOWN = 50


def _children(card: IndexEntry) -> list[Json]:
    """Return the incidents that were merged into this one, the oldest first."""
    here = ((child.reported_at, id, child) for id, child in card.incident.children.items() if not child.away)
    first = nsmallest(MERGED_SHOWN, here, key=lambda one: one[:2])
    return [
        {"id": id, "reported_at": to_rfc3339(at), "merged_at": to_rfc3339(child.merged_at)} for at, id, child in first
    ]


def _entry(entry: HistoryEntry) -> Json:
    said = msgspec.json.decode(entry.data)
    return {
        "time": to_rfc3339(entry.time),
        "type": cloudevents_type(entry.event_type),
        "source": entry.source,
        "id": entry.id,
        "actor": said.get("actor"),
        "text": said.get("text"),
        "accepted": entry.refused is None,
        "reason": entry.refused,
    }


_decode_shown = msgspec.json.Decoder(Payload).decode


def evidence_of(incident: Incident) -> Iterator[Json]:
    """Yield what accepted events showed: photos and documents, each with when, by what event and by whom."""
    for entry in incident.history:
        if entry.refused is None:
            said = _decode_shown(entry.data)
            by = {"time": to_rfc3339(entry.time), "type": cloudevents_type(entry.event_type), "actor": said.actor}
            yield from ({**msgspec.structs.asdict(one), **by} for one in said.evidence)


def _procedure(incident: Incident, catalogue: Catalogue) -> Json | None:
    found = catalogue.procedure_of(incident.service, incident.category)
    return None if found is None else {name: getattr(found, name) for name in ("code", "name_vi", "name_en", "online")}


def _deadline(one: Explanation) -> Json:
    return {
        "target": one.target,
        "rule": one.rule,
        "procedure": one.procedure,
        "calendar": one.calendar,
        "total_s": one.total / SECOND,
        "start": to_rfc3339(one.start),
        "used_s": one.used / SECOND,
        "remaining_s": one.remaining / SECOND,
        "pauses": list(_pauses(one)),
        "skipped": [{"date": day.date, "name": day.name} for day in one.skipped],
        "due": moment(one.due),
        "warn_at": moment(one.warn_at),
        "met_at": moment(one.met_at),
        "status": one.status,
        "steps": [_step(step) for step in one.steps],
    }


def _pauses(one: Explanation) -> Iterator[Json]:
    for start, end in one.pauses:
        yield {"from": to_rfc3339(start), "to": to_rfc3339(end)}
    if one.paused_at is not None:
        yield {"from": to_rfc3339(one.paused_at), "to": None}


def _step(step: ExplainedStep) -> Json:
    return {
        "kind": step.kind,
        "level": step.level,
        "at": moment(step.at),
        "whom": step.recipient,
        "channel": step.channel,
        "fired_at": moment(step.fired_at),
    }
