"""The lifecycle: one table. The fold, the API's errors, the screen's buttons and the docs are derived from it."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an incident stands."""

    PENDING = "pending"  # events have come, the report itself has not: held, and shown nowhere
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


class Move(StrEnum):
    """What can happen to an incident; the short name of an event type."""

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
    PROPOSED = "proposed"  # to be the same matter as another: people decide
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
    LAPSED = "lapsed"  # acknowledged, and then nobody began
    JOINED = "joined"  # what merged incidents tell each other: see `KIN`
    LEFT = "left"
    FOLLOWED = "followed"


OPEN = frozenset({State.REPORTED, State.ACKNOWLEDGED, State.ASSIGNED, State.IN_PROGRESS, State.PAUSED, State.REOPENED})
CLOSED = frozenset({State.RESOLVED, State.CANCELLED, State.REJECTED, State.MERGED})

# Told by incidents to each other, in any state: it changes what one knows of the other, and nothing it is itself.
KIN = frozenset({Move.JOINED, Move.LEFT, Move.FOLLOWED})

_STAY: None = None
_RUNNING = OPEN - {State.PAUSED}


def _from(states: frozenset[State], to: State | None) -> Mapping[State, State]:
    return {state: state if to is None else to for state in states}


# move -> {state it is allowed in: state it leads to}. Anything not listed is an illegal move.
TRANSITIONS: Mapping[Move, Mapping[State, State]] = {
    Move.REPORTED: {State.PENDING: State.REPORTED},
    Move.ACKNOWLEDGED: _from(frozenset({State.REPORTED, State.REOPENED}), State.ACKNOWLEDGED),
    Move.ASSIGNED: {**_from(_RUNNING, State.ASSIGNED), State.PAUSED: State.PAUSED},
    Move.STARTED: _from(_RUNNING - {State.IN_PROGRESS}, State.IN_PROGRESS),
    Move.PAUSED: _from(_RUNNING, State.PAUSED),
    Move.RESUMED: {State.PAUSED: State.IN_PROGRESS},
    Move.DIRECTED: _from(OPEN, _STAY),
    Move.DIRECTIVE_ACKNOWLEDGED: _from(OPEN | CLOSED, _STAY),
    Move.DIRECTIVE_DONE: _from(OPEN | CLOSED, _STAY),
    Move.ESCALATED: _from(OPEN, _STAY),
    Move.NOTED: _from(OPEN | CLOSED, _STAY),
    Move.UPDATED: _from(OPEN, _STAY),
    Move.PROPOSED: _from(OPEN, _STAY),
    Move.DECLINED: _from(OPEN, _STAY),
    Move.RESOLVED: _from(OPEN, State.RESOLVED),
    Move.CANCELLED: _from(OPEN, State.CANCELLED),
    Move.REJECTED: _from(OPEN, State.REJECTED),
    Move.MERGED: _from(OPEN, State.MERGED),
    Move.UNMERGED: _from(frozenset({State.MERGED}), State.REPORTED),
    Move.REOPENED: _from(frozenset({State.RESOLVED, State.REJECTED}), State.REOPENED),
    Move.SHELVED: _from(OPEN, _STAY),
    Move.UNSHELVED: _from(OPEN, _STAY),
    Move.LAPSED: {State.ACKNOWLEDGED: State.REPORTED},
    # What a citizen says of a merged report counts once its parent is resolved.
    Move.RATED: _from(frozenset({State.RESOLVED, State.MERGED}), _STAY),
    **dict.fromkeys(KIN, _from(OPEN | CLOSED, _STAY)),
}

# What the centre alone tells, when its time has come. Such an event may come too late, and then it moves nothing.
OWN = frozenset({Move.LAPSED})

# Moves of one incident with the same time are taken in this order, whatever order they arrived in.
RANK: Mapping[Move, int] = {move: rank for rank, move in enumerate(Move)}

TYPE_PREFIX = "vn.ioc.incident."
TYPE_SUFFIX = ".v1"
MOVE_OF_TYPE: Mapping[str, Move] = {f"{TYPE_PREFIX}{move}{TYPE_SUFFIX}": move for move in Move}

# What an operator may order, and the move it makes.
COMMANDS: Mapping[str, Move] = {
    "acknowledge": Move.ACKNOWLEDGED,
    "assign": Move.ASSIGNED,
    "start": Move.STARTED,
    "pause": Move.PAUSED,
    "resume": Move.RESUMED,
    "resolve": Move.RESOLVED,
    "reopen": Move.REOPENED,
    "escalate": Move.ESCALATED,
    "update": Move.UPDATED,
    "direct": Move.DIRECTED,
    "acknowledge_directive": Move.DIRECTIVE_ACKNOWLEDGED,
    "report_directive": Move.DIRECTIVE_DONE,
    "rate": Move.RATED,
    "shelve": Move.SHELVED,
    "unshelve": Move.UNSHELVED,
    "merge": Move.MERGED,
    "unmerge": Move.UNMERGED,
    "decline": Move.DECLINED,
}


def event_type(move: Move) -> str:
    """Return the CloudEvents type of a move."""
    return f"{TYPE_PREFIX}{move}{TYPE_SUFFIX}"


def commands_in(state: State, shelved: bool = False) -> tuple[str, ...]:
    """Return the commands allowed in a state, in the order an operator meets them."""
    return tuple(name for name, move in COMMANDS.items() if is_allowed(move, state, shelved))


def is_allowed(move: Move, state: State, shelved: bool) -> bool:
    """True when a move is legal in a state. Only what is shelved can be taken from the shelf."""
    return state in TRANSITIONS[move] and (shelved or move is not Move.UNSHELVED)
