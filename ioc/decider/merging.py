"""Families: several incidents that are one matter. What a merged incident and its parent tell each other.

A child tells its parent that it joined or left; a parent tells its children how the matter ended. All of it are events
in the log. Each carries the `turn` of who tells, which only grows: of two the later counts, so that neither their
order nor their repetition matters. A report that is newer than the end of the matter it was merged into is sent back.
"""

from collections.abc import Iterator

from ioc.core.records import Outgoing
from ioc.core.scalars import encode
from ioc.core.times import Instant, to_datetime, to_instant
from ioc.core.topics import MAX_STATE_BYTES
from ioc.incident.lifecycle import EventType, State
from ioc.incident.own_events import derive_id, own_event
from ioc.incident.payloads import Followed, Joined, Left, Payload, Unmerged
from ioc.incident.state import Child, Incident, ParentOutcome

PART = "families"
# A state has to fit into one record: the report that comes after so many is sent back, and stands for itself. So is
# one that comes after fewer, when their ids are so long that there is no room for more.
MOST_CHILDREN = 20_000
MOST_BYTES = 7 * MAX_STATE_BYTES // 16
_FEW = 500
# News that came through so many hands goes in a circle, which no partition can see by itself.
MOST_GENERATIONS = 8


def is_known(old: Incident, said: Payload) -> bool:
    """True when an incident has heard this, or something later from the same relative."""
    match said:
        case Joined(child=child) | Left(child=child):
            known = old.children.get(child)
            return known is not None and known.sequence >= said.sequence
        case Followed(parent=parent) if old.parent_outcome is not None and old.parent_outcome.parent == parent:
            return old.parent_outcome.sequence >= said.sequence
    return False


def take_in(old: Incident, said: Payload) -> Incident:
    """Return an incident after what a relative told it; the very same when that is no concern of its."""
    new = old.draft()
    match said:
        case Joined(child=child):
            moments = to_instant(said.reported_at), to_instant(said.merged_at)
            if child in old.children or _has_room(old):
                new.children = {**old.children, child: Child(said.sequence, *moments)}
        case Left(child=child):
            if child not in old.children and not _has_room(old):
                return old
            new.children = {**old.children, child: Child(said.sequence, away=True)}
        case Followed(parent=parent) if parent == old.parent and said.generation <= MOST_GENERATIONS:
            ended_at = None if said.ended_at is None else to_instant(said.ended_at)
            new.parent_outcome = ParentOutcome(parent, said.sequence, said.outcome, ended_at, said.generation)
        case _:
            return old
    return new


def _has_room(one: Incident) -> bool:
    count = len(one.children)
    return count < MOST_CHILDREN and (count < _FEW or len(encode(one.children)) < MOST_BYTES)


def kinship_events(old: Incident, new: Incident, said: Payload, now: Instant) -> tuple[Outgoing, ...]:
    """Return what a change makes an incident tell its relatives; `new` is a draft, and `said` what changed it."""
    if old.parent is None and new.parent is None and not new.children:
        return ()
    new.sequence = old.sequence + 1
    told = (
        *_to_parents(old, new, now),
        *_to_children(old, new, said, now),
        *_to_itself(old, new),
    )
    if not told:
        new.sequence = old.sequence
    return told


def _send(teller: Incident, to: str, event_type: EventType, time: Instant, said: Payload) -> Outgoing:
    return own_event(PART, to, event_type, time, derive_id(teller.id, teller.sequence, event_type, to), said)


def _bond(one: Incident) -> tuple[str, Instant, Instant] | None:
    """Return what a parent is to know: whom, since when, and how old the report is."""
    return None if one.parent is None else (one.parent, one.closed_at or 0, one.reported_at)


def _to_parents(old: Incident, new: Incident, now: Instant) -> Iterator[Outgoing]:
    if _bond(old) == _bond(new):
        return
    if old.parent is not None and old.parent != new.parent:
        yield _send(new, old.parent, EventType.LEFT, now, Left(child=new.id, sequence=new.sequence))
    if new.parent is not None:
        reported_at, merged_at = to_datetime(new.reported_at), to_datetime(new.closed_at or 0)
        said = Joined(child=new.id, sequence=new.sequence, reported_at=reported_at, merged_at=merged_at)
        yield _send(new, new.parent, EventType.JOINED, now, said)


def _to_children(old: Incident, new: Incident, said: Payload, now: Instant) -> Iterator[Outgoing]:
    """Tell all when the matter ended or goes on, else the newcomer; send back those for whom there is no place."""
    if new.fate != old.fate:
        new.children = dict(new.children)
        for id, child in [*new.children.items()]:
            if not child.away:
                yield _answer(new, id, child, now)
    elif isinstance(said, Joined):
        newcomer = new.children.get(said.child)
        if newcomer is None:
            yield _send_back(new, said.child, to_instant(said.merged_at))
        elif new.fate.outcome is not None or said.child in old.children:
            yield _answer(new, said.child, newcomer, now)


def _answer(new: Incident, id: str, child: Child, now: Instant) -> Outgoing:
    outcome, ended_at = new.fate
    if ended_at is not None and child.reported_at > ended_at:
        new.children[id] = Child(child.sequence, away=True)
        return _send_back(new, id, child.merged_at, afresh=True)
    moment = None if ended_at is None else to_datetime(ended_at)
    generation = 1 + (
        new.parent_outcome.generation if new.state is State.MERGED and new.parent_outcome is not None else 0
    )
    told = Followed(parent=new.id, sequence=new.sequence, outcome=outcome, ended_at=moment, generation=generation)
    return _send(new, id, EventType.FOLLOWED, now, told)


def _send_back(teller: Incident, child: str, merged_at: Instant, afresh: bool = False) -> Outgoing:
    """Return what parts a child from its parent: right after it was merged, whatever came later."""
    return _send(teller, child, EventType.UNMERGED, merged_at + 1, Unmerged(afresh=afresh))


def _to_itself(old: Incident, new: Incident) -> Iterator[Outgoing]:
    """Break a circle of two, in which nobody would deal with the matter: the one whose id comes first steps out."""
    if _in_circle(new) and not _in_circle(old) and new.id < (new.parent or ""):
        yield _send_back(new, new.id, new.closed_at or 0)


def _in_circle(one: Incident) -> bool:
    partner = one.children.get(one.parent) if one.parent is not None else None
    return partner is not None and not partner.away
