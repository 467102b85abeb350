"""Sightings: what an incident tells of its place and kind, so that reports of the same matter find each other.

What can be the same matter meets on one partition: sightings go by service and category, so that no border of a
partition or a tile parts neighbours. Each holds the rule it was told by; who reads it needs no catalogue.
"""

from collections.abc import Iterator
from typing import Annotated, cast

import msgspec
from msgspec import Meta, Struct

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
_OF_THE_LANE = f"{CENTRE}{PART}/"


class Candidate(Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """An incident as others of the same service and category are to know it, from `at` (ms) on.

    `turn` counts what the incident has told; of two sightings the later counts. `fresh` asks what it is the same as;
    `parent` is what it was merged into, and `gone` says that it is nothing any more that others could be the same as.
    """

    incident: IncidentId
    turn: Annotated[int, Meta(ge=1)]
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
    fresh: bool = False
    parent: str | None = None
    gone: bool = False

    @property
    def key(self) -> str:
        """What all that can be the same matter has in common: where it meets."""
        return f"{self.service}/{self.category}"


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Candidate).decode


def tell(
    old: Incident, new: Incident, event: Event, judged: HistoryEntry, now: Instant, catalogue: Catalogue
) -> Iterator[Outgoing]:
    """Yield what a change of an incident makes it tell; `new` is a draft, on which its turns are counted."""
    before, after = _rule_for(old, catalogue), _rule_for(new, catalogue)
    if before is after and (after is None or _seen(old) == _seen(new)):
        return
    if _is_answer(old, event):
        return
    new.sequence = max(new.sequence, old.sequence + 1)
    at = max(now, new.updated_at + 1)  # the answer comes after all that has happened
    moved = before is not None and _kind(old) != _kind(new)
    if before is not None and (after is None or moved):
        service, category = _kind(old)
        yield _sent(Candidate(incident=new.id, turn=new.sequence, at=at, service=service, category=category, gone=True))
    if after is not None:
        placed = before is None and (old.is_open or old.state is State.PENDING)
        afresh = isinstance(event.payload, Unmerged) and event.payload.afresh and judged.refused is None
        asks = new.parent is None and (moved or placed or afresh)
        yield _sent(_sighting(new, after, at, asks))


_THERE = OPEN | {State.MERGED}


def _is_there(one: Incident) -> bool:
    """True of an incident that others may be the same as, where there is a rule for it."""
    return one.lat is not None and one.lon is not None and one.state in _THERE


def _seen(one: Incident) -> tuple[object, ...]:
    """Return all that a sighting tells of an incident besides its rule."""
    place = *_kind(one), one.lat, one.lon
    return *place, one.reported_at, one.priority, one.parent, one.proposed


def _rule_for(one: Incident, catalogue: Catalogue) -> DuplicateRule | None:
    """Return the rule by which others may be the same as an incident; None when none can be."""
    return catalogue.duplicates.rule_for(one.service, one.category) if _is_there(one) else None


def _kind(one: Incident) -> tuple[str, str]:
    return one.service, one.category or ""


def _is_answer(old: Incident, event: Event) -> bool:
    """True of the answer to what the incident told last: whoever gave it knows."""
    if not event.source.startswith(_OF_THE_LANE) or event.event_type not in (EventType.MERGED, EventType.PROPOSED):
        return False
    return event.id == derive_id(old.id, old.sequence, event.event_type)


def _sighting(one: Incident, rule: DuplicateRule, at: Instant, fresh: bool) -> Candidate:
    service, category = _kind(one)
    return Candidate(
        incident=one.id,
        turn=one.sequence,
        at=at,
        service=service,
        category=category,
        lat=cast(float, one.lat),
        lon=cast(float, one.lon),
        reported_at=one.reported_at,
        priority=one.priority,
        rule=rule.id,
        radius_m=rule.radius_m,
        within=rule.within,
        action=rule.action,
        fresh=fresh,
        # What waits for somebody to decide is not a matter of its own yet.
        parent=one.parent or one.proposed,
    )


def _sent(seen: Candidate) -> Outgoing:
    return Outgoing(Topic.SIGHTINGS, seen.key.encode(), encode(seen))
