"""The lifecycle as one table: the fold, the API's errors, the screen's buttons and the docs are derived from it."""

from collections.abc import Mapping
from enum import StrEnum

from ioc.core.exhaustive import total


class State(StrEnum):
    """The states of an incident."""

    PENDING = "pending"  # events have come but not the report: they are held, and shown nowhere
    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    REJECTED = "rejected"  # out of competence
    MERGED = "merged"


class EventType(StrEnum):
    """What can happen to an incident: the short names of the CloudEvents types."""

    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    DIRECTED = "directed"
    DIRECTIVE_ACKNOWLEDGED = "directive_acknowledged"
    DIRECTIVE_DONE = "directive_done"
    ESCALATED = "escalated"
    NOTED = "noted"
    UPDATED = "updated"
    PROPOSED = "proposed"  # as a duplicate of another incident: people decide
    DECLINED = "declined"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    MERGED = "merged"
    UNMERGED = "unmerged"
    REOPENED = "reopened"
    RATED = "rated"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    LAPSED = "lapsed"  # acknowledged, but nobody began in time
    JOINED = "joined"  # this and the next two: between merged incidents, see `KIN`
    LEFT = "left"
    FOLLOWED = "followed"


OPEN = frozenset({State.REPORTED, State.ACKNOWLEDGED, State.ASSIGNED, State.IN_PROGRESS, State.PAUSED, State.REOPENED})
CLOSED = frozenset({State.RESOLVED, State.CANCELLED, State.REJECTED, State.MERGED})

# Sent by merged incidents to each other, in any state: they change what one knows of the other, not its own history.
KIN = frozenset({EventType.JOINED, EventType.LEFT, EventType.FOLLOWED})

_STAY: None = None
_RUNNING = OPEN - {State.PAUSED}


def _from(states: frozenset[State], to: State | None) -> Mapping[State, State]:
    """Return the transitions from each of the states to one, or to where they are."""
    return {state: state if to is None else to for state in states}


_TRANSITIONS: Mapping[EventType, Mapping[State, State]] = {
    EventType.REPORTED: {State.PENDING: State.REPORTED},
    EventType.ACKNOWLEDGED: _from(frozenset({State.REPORTED, State.REOPENED}), State.ACKNOWLEDGED),
    EventType.ASSIGNED: {**_from(_RUNNING, State.ASSIGNED), State.PAUSED: State.PAUSED},
    EventType.STARTED: _from(_RUNNING - {State.IN_PROGRESS}, State.IN_PROGRESS),
    EventType.PAUSED: _from(_RUNNING, State.PAUSED),
    EventType.RESUMED: {State.PAUSED: State.IN_PROGRESS},
    EventType.DIRECTED: _from(OPEN, _STAY),
    EventType.DIRECTIVE_ACKNOWLEDGED: _from(OPEN | CLOSED, _STAY),
    EventType.DIRECTIVE_DONE: _from(OPEN | CLOSED, _STAY),
    EventType.ESCALATED: _from(OPEN, _STAY),
    EventType.NOTED: _from(OPEN | CLOSED, _STAY),
    EventType.UPDATED: _from(OPEN, _STAY),
    EventType.PROPOSED: _from(OPEN, _STAY),
    EventType.DECLINED: _from(OPEN, _STAY),
    EventType.RESOLVED: _from(OPEN, State.RESOLVED),
    EventType.CANCELLED: _from(OPEN, State.CANCELLED),
    EventType.REJECTED: _from(OPEN, State.REJECTED),
    EventType.MERGED: _from(OPEN, State.MERGED),
    EventType.UNMERGED: _from(frozenset({State.MERGED}), State.REPORTED),
    EventType.REOPENED: _from(frozenset({State.RESOLVED, State.REJECTED}), State.REOPENED),
    EventType.SHELVED: _from(OPEN, _STAY),
    EventType.UNSHELVED: _from(OPEN, _STAY),
    EventType.LAPSED: {State.ACKNOWLEDGED: State.REPORTED},
    # A citizen's rating of a merged report counts once its parent is resolved.
    EventType.RATED: _from(frozenset({State.RESOLVED, State.MERGED}), _STAY),
    EventType.JOINED: _from(OPEN | CLOSED, _STAY),
    EventType.LEFT: _from(OPEN | CLOSED, _STAY),
    EventType.FOLLOWED: _from(OPEN | CLOSED, _STAY),
}

TRANSITIONS = total(_TRANSITIONS, EventType)
"""For each event type the states it is allowed in, and the state each leads to. Anything else is an illegal move."""

# Sent by the centre alone, when a time has come. Such an event may come too late, and then it changes nothing.
OWN = frozenset({EventType.LAPSED})

# Events of one incident with the same time are folded in this order, whatever order they arrived in.
RANK: Mapping[EventType, int] = {event_type: rank for rank, event_type in enumerate(EventType)}

TYPE_PREFIX = "vn.ioc.incident."
TYPE_SUFFIX = ".v1"
EVENT_TYPES: Mapping[str, EventType] = {
    f"{TYPE_PREFIX}{event_type}{TYPE_SUFFIX}": event_type for event_type in EventType
}

# What an operator may order, and the type of the event it makes.
COMMANDS: Mapping[str, EventType] = {
    "acknowledge": EventType.ACKNOWLEDGED,
    "assign": EventType.ASSIGNED,
    "start": EventType.STARTED,
    "pause": EventType.PAUSED,
    "resume": EventType.RESUMED,
    "resolve": EventType.RESOLVED,
    "reopen": EventType.REOPENED,
    "escalate": EventType.ESCALATED,
    "update": EventType.UPDATED,
    "direct": EventType.DIRECTED,
    "acknowledge_directive": EventType.DIRECTIVE_ACKNOWLEDGED,
    "report_directive": EventType.DIRECTIVE_DONE,
    "rate": EventType.RATED,
    "shelve": EventType.SHELVED,
    "unshelve": EventType.UNSHELVED,
    "merge": EventType.MERGED,
    "unmerge": EventType.UNMERGED,
    "decline": EventType.DECLINED,
}


def cloudevents_type(event_type: EventType) -> str:
    """Return the CloudEvents type by its short name."""
    return f"{TYPE_PREFIX}{event_type}{TYPE_SUFFIX}"


def commands_in(state: State, shelved: bool = False) -> tuple[str, ...]:
    """Return the commands allowed in a state, in the order an operator comes to need them."""
    return tuple(name for name, event_type in COMMANDS.items() if is_allowed(event_type, state, shelved))


def is_allowed(event_type: EventType, state: State, shelved: bool) -> bool:
    """True when an event is legal in a state. Only what is shelved can be unshelved."""
    return state in TRANSITIONS[event_type] and (shelved or event_type is not EventType.UNSHELVED)
