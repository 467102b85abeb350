"""What a merged incident and its parent know of each other."""

from typing import NamedTuple

from msgspec import Struct

from ioc.core.times import Instant
from ioc.incident.lifecycle import State


class Child(Struct, array_like=True, omit_defaults=True, frozen=True, gc=False):
    """What a parent knows of an incident merged into it, as of the child's `sequence`; `away` once it has left."""

    sequence: int
    reported_at: Instant = 0
    merged_at: Instant = 0
    away: bool = False


class ParentOutcome(Struct, array_like=True, omit_defaults=True, frozen=True, gc=False):
    """How a merged incident's parent ended, and when, as of the parent's `sequence` number.

    `outcome` is None while the parent is open. `generation` counts the incidents the message came through.
    """

    parent: str
    sequence: int
    outcome: State | None = None
    ended_at: Instant | None = None
    generation: int = 1


class Fate(NamedTuple):
    """How an incident ended, and when (ms); both None while it is open."""

    outcome: State | None = None
    ended_at: Instant | None = None
