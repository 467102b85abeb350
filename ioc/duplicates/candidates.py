"""Candidates: what an incident publishes of its place and kind, so that its duplicates can be found.

Everything that can be the same meets on one partition: candidates are keyed by service and category, so that no border
between partitions or tiles separates neighbours. Each has the values of its rule, so that no reader needs a catalogue.
"""

from collections.abc import Iterator
from typing import Annotated, cast

import msgspec
from msgspec import Meta, Struct, field

from ioc.catalogue.city import Catalogue
from ioc.catalogue.duplicate_policy import MAX_RADIUS_M, DuplicateAction, DuplicateRule
from ioc.core.records import Outgoing
from ioc.core.scalars import Code, IncidentId, Latitude, Longitude, Priority
from ioc.core.sources import CENTRE
from ioc.core.times import Instant, Millis
from ioc.core.topics import Topic
from ioc.incident.event import Event
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import OPEN, EventType, State
from ioc.incident.own_events import derive_id
from ioc.incident.payloads import Unmerged
from ioc.incident.state import Incident

PART = "duplicates"
_SOURCE_PREFIX = f"{CENTRE}{PART}/"


class Candidate(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """An incident as those of the same service and category see it, from `at` (ms) on.

    `sequence` numbers the candidates of an incident; the highest one counts. `is_query` asks for what it duplicates;
    `parent` is what it was merged into, and `withdrawn` says that nothing can be a duplicate of it any more.
    """

    incident: IncidentId
    sequence: Annotated[int, Meta(ge=1)] = field(name="turn")
    at: Instant
    service: Code
    category: str = ""
    lat: Latitude = 0.0
    lon: Longitude = 0.0
    reported_at: Instant = 0
    priority: Priority = Priority.NORMAL
    rule: str = ""
    radius_m: Annotated[float, Meta(ge=0, le=MAX_RADIUS_M)] = 0.0
    within: Millis = 0
    action: DuplicateAction = DuplicateAction.MERGE
    is_query: bool = field(default=False, name="fresh")
    parent: str | None = None
    withdrawn: bool = field(default=False, name="gone")

    @property
    def key(self) -> str:
        """The key of its record: its service and category, which all its duplicates share."""
        return f"{self.service}/{self.category}"


encode_candidate = msgspec.json.Encoder().encode
decode_candidate = msgspec.json.Decoder(Candidate).decode


def outgoing_candidates(
    old: Incident, new: Incident, event: Event, entry: HistoryEntry, now: Instant, catalogue: Catalogue
) -> Iterator[Outgoing]:
    """Yield the candidates that a change of an incident publishes; its `sequence` is raised on the draft `new`."""
    before, after = _rule_for(old, catalogue), _rule_for(new, catalogue)
    if before is after and (after is None or _published(old) == _published(new)):
        return
    if _is_answer(old, event):
        return
    new.sequence = max(new.sequence, old.sequence + 1)
    at = max(now, new.updated_at + 1)  # the answer comes after everything that has happened
    moved = before is not None and _kind(old) != _kind(new)
    if before is not None and (after is None or moved):
        service, category = _kind(old)
        withdrawal = Candidate(
            incident=new.id, sequence=new.sequence, at=at, service=service, category=category, withdrawn=True
        )
        yield _outgoing(withdrawal)
    if after is not None:
        located = before is None and (old.is_open or old.state is State.PENDING)
        unmerged = isinstance(event.payload, Unmerged) and event.payload.afresh and entry.refused is None
        is_query = new.parent is None and (moved or located or unmerged)
        yield _outgoing(_candidate(new, after, at, is_query))


_ELIGIBLE = OPEN | {State.MERGED}


def _is_eligible(incident: Incident) -> bool:
    """True of an incident that can have duplicates, if there is a rule for it."""
    return incident.lat is not None and incident.lon is not None and incident.state in _ELIGIBLE


def _published(incident: Incident) -> tuple[object, ...]:
    """Return everything that a candidate says of an incident, apart from the rule."""
    place = *_kind(incident), incident.lat, incident.lon
    return *place, incident.reported_at, incident.priority, incident.parent, incident.proposed


def _rule_for(incident: Incident, catalogue: Catalogue) -> DuplicateRule | None:
    """Return the rule by which duplicates of an incident are found; None when it can have none."""
    if not _is_eligible(incident):
        return None
    return catalogue.duplicates.rule_for(incident.service, incident.category)


def _kind(incident: Incident) -> tuple[str, str]:
    return incident.service, incident.category or ""


def _is_answer(old: Incident, event: Event) -> bool:
    """True of the answer to the latest candidate of an incident: the sender of the answer knows the change."""
    if not event.source.startswith(_SOURCE_PREFIX) or event.event_type not in (EventType.MERGED, EventType.PROPOSED):
        return False
    return event.id == derive_id(old.id, old.sequence, event.event_type)


def _candidate(incident: Incident, rule: DuplicateRule, at: Instant, is_query: bool) -> Candidate:
    service, category = _kind(incident)
    return Candidate(
        incident=incident.id,
        sequence=incident.sequence,
        at=at,
        service=service,
        category=category,
        lat=cast(float, incident.lat),
        lon=cast(float, incident.lon),
        reported_at=incident.reported_at,
        priority=incident.priority,
        rule=rule.id,
        radius_m=rule.radius_m,
        within=rule.within,
        action=rule.action,
        is_query=is_query,
        # One that was proposed is not an incident of its own until somebody decides.
        parent=incident.parent or incident.proposed,
    )


def _outgoing(candidate: Candidate) -> Outgoing:
    return Outgoing(Topic.SIGHTINGS, candidate.key.encode(), encode_candidate(candidate))
