"""Merging: several incidents that are one matter, and the events by which a child and its parent inform each other.

A child informs its parent that it joined or left; a parent informs its children how it ended. All of these are events
in the log. Each carries its sender's `sequence` number, which only grows: of two the higher one counts, so that neither
their order nor their repetition matters. A report that is newer than the end of its parent is sent back.
"""

from collections.abc import Iterator

from ioc.core.records import Outgoing
from ioc.core.scalars import encode
from ioc.core.times import Instant, to_datetime, to_instant
from ioc.core.topics import MAX_STATE_BYTES
from ioc.incident.kinship import Child, ParentOutcome
from ioc.incident.lifecycle import EventType, State
from ioc.incident.own_events import derive_id, own_event
from ioc.incident.payloads import Followed, Joined, Left, Payload, Unmerged
from ioc.incident.state import Incident

COMPONENT = "families"
# A state has to fit into one record. A child that comes after so many is sent back and is an incident of its own. So is
# one that comes after fewer, when their ids are so long that there is no room for another.
MAX_CHILDREN = 20_000
MAX_CHILDREN_BYTES = 7 * MAX_STATE_BYTES // 16
# Below this number the children need not be encoded to know that another fits.
_FEW_CHILDREN = 500
# A message that came through so many incidents goes in a circle, which no partition can see by itself.
MAX_GENERATIONS = 8


def is_known(old: Incident, payload: Payload) -> bool:
    """True when an incident knows this, or something later from the same relative."""
    match payload:
        case Joined(child=child_id) | Left(child=child_id):
            child = old.children.get(child_id)
            return child is not None and child.sequence >= payload.sequence
        case Followed(parent=parent) if old.parent_outcome is not None and old.parent_outcome.parent == parent:
            return old.parent_outcome.sequence >= payload.sequence
    return False


def take_in(old: Incident, payload: Payload) -> Incident:
    """Return an incident after a message of a relative; the same object when that does not concern it."""
    new = old.draft()
    match payload:
        case Joined(child=child):
            instants = to_instant(payload.reported_at), to_instant(payload.merged_at)
            if child in old.children or _has_room(old):
                new.children = {**old.children, child: Child(payload.sequence, *instants)}
        case Left(child=child):
            if child not in old.children and not _has_room(old):
                return old
            new.children = {**old.children, child: Child(payload.sequence, away=True)}
        case Followed(parent=parent) if parent == old.parent and payload.generation <= MAX_GENERATIONS:
            ended_at = None if payload.ended_at is None else to_instant(payload.ended_at)
            new.parent_outcome = ParentOutcome(parent, payload.sequence, payload.outcome, ended_at, payload.generation)
        case _:
            return old
    return new


def _has_room(incident: Incident) -> bool:
    count = len(incident.children)
    return count < MAX_CHILDREN and (count < _FEW_CHILDREN or len(encode(incident.children)) < MAX_CHILDREN_BYTES)


def kinship_events(old: Incident, new: Incident, payload: Payload, now: Instant) -> tuple[Outgoing, ...]:
    """Return what an incident sends its relatives after a change; `new` is a draft, `payload` what changed it."""
    if old.parent is None and new.parent is None and not new.children:
        return ()
    new.sequence = old.sequence + 1
    events = (
        *_to_parents(old, new, now),
        *_to_children(old, new, payload, now),
        *_to_itself(old, new),
    )
    if not events:
        new.sequence = old.sequence
    return events


def _event(sender: Incident, to: str, event_type: EventType, time: Instant, payload: Payload) -> Outgoing:
    event_id = derive_id(sender.id, sender.sequence, event_type, to)
    return own_event(COMPONENT, to, event_type, time, event_id, payload)


def _bond(incident: Incident) -> tuple[str, Instant, Instant] | None:
    """Return its parent, when it was merged and when it was reported: what the parent has to know."""
    return None if incident.parent is None else (incident.parent, incident.closed_at or 0, incident.reported_at)


def _to_parents(old: Incident, new: Incident, now: Instant) -> Iterator[Outgoing]:
    if _bond(old) == _bond(new):
        return
    if old.parent is not None and old.parent != new.parent:
        yield _event(new, old.parent, EventType.LEFT, now, Left(child=new.id, sequence=new.sequence))
    if new.parent is not None:
        reported_at, merged_at = to_datetime(new.reported_at), to_datetime(new.closed_at or 0)
        joined = Joined(child=new.id, sequence=new.sequence, reported_at=reported_at, merged_at=merged_at)
        yield _event(new, new.parent, EventType.JOINED, now, joined)


def _to_children(old: Incident, new: Incident, payload: Payload, now: Instant) -> Iterator[Outgoing]:
    """Inform all when the incident ended or goes on, else the newcomer; send back a newcomer there is no room for."""
    if new.fate != old.fate:
        new.children = dict(new.children)
        for child_id, child in [*new.children.items()]:
            if not child.away:
                yield _reply(new, child_id, child, now)
    elif isinstance(payload, Joined):
        newcomer = new.children.get(payload.child)
        if newcomer is None:
            yield _send_back(new, payload.child, to_instant(payload.merged_at))
        elif new.fate.outcome is not None or payload.child in old.children:
            yield _reply(new, payload.child, newcomer, now)


def _reply(new: Incident, child_id: str, child: Child, now: Instant) -> Outgoing:
    """Return the outcome for a child; one that was reported after the end is sent back instead."""
    outcome, ended_at = new.fate
    if ended_at is not None and child.reported_at > ended_at:
        new.children[child_id] = Child(child.sequence, away=True)
        return _send_back(new, child_id, child.merged_at, afresh=True)
    end = None if ended_at is None else to_datetime(ended_at)
    followed = Followed(
        parent=new.id, sequence=new.sequence, outcome=outcome, ended_at=end, generation=1 + _generation(new)
    )
    return _event(new, child_id, EventType.FOLLOWED, now, followed)


def _generation(incident: Incident) -> int:
    """Return through how many incidents its outcome came: 0 when it is its own."""
    parent = incident.parent_outcome if incident.state is State.MERGED else None
    return 0 if parent is None else parent.generation


def _send_back(sender: Incident, child: str, merged_at: Instant, afresh: bool = False) -> Outgoing:
    """Return what separates a child from its parent, dated right after it was merged, whatever came later."""
    return _event(sender, child, EventType.UNMERGED, merged_at + 1, Unmerged(afresh=afresh))


def _to_itself(old: Incident, new: Incident) -> Iterator[Outgoing]:
    """Break a circle of two, in which nobody would handle the matter: the one whose id sorts first steps out."""
    if _in_circle(new) and not _in_circle(old) and new.id < (new.parent or ""):
        yield _send_back(new, new.id, new.closed_at or 0)


def _in_circle(incident: Incident) -> bool:
    partner = incident.children.get(incident.parent) if incident.parent is not None else None
    return partner is not None and not partner.away
