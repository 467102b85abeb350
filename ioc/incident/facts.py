"""Facts: what was decided, as records of `ioc.facts`. A fact's id is made of its cause, so that it counts once."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from ioc.core.scalars import TargetName
from ioc.core.times import Instant


class FactKind(StrEnum):
    """The kinds of fact. One named like an event type says that such an event was accepted.

    `urgent` notifies `units` that an incident of theirs is urgent, `lowered` that it no longer is, `involved` that a
    rule brings them in. `catalogue` is about no incident.
    """

    REPORTED = "reported"
    DUE_SET = "due_set"
    WARNED = "warned"
    BREACHED = "breached"
    ESCALATED = "escalated"
    DIRECTED = "directed"
    DIRECTIVE_ACKNOWLEDGED = "directive_acknowledged"
    DIRECTIVE_DONE = "directive_done"
    URGENT = "urgent"
    INVOLVED = "involved"
    LOWERED = "lowered"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    PROPOSED = "proposed"
    MERGED = "merged"
    UNMERGED = "unmerged"
    FOLLOWED = "followed"
    REOPENED = "reopened"
    RATED = "rated"
    SHELVED = "shelved"
    RETURNED = "returned"
    LAPSED = "lapsed"
    CATALOGUE = "catalogue"
    CORRECTED = "corrected"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


class Fact(Struct, frozen=True, omit_defaults=True, gc=False):
    """One thing decided about one incident. `time` is when it holds, `at` when it was decided (both ms, UTC).

    `units` are those notified together. With a `directive`, which is the id of its event, `unit` is the unit directed.
    `late_input` marks an announcement made although the worker had not caught up with its input. `shelved` marks a fact
    about an incident that is put aside; in the fact `shelved` itself, `due` is until when.
    A fact holds no free text and names no person.
    """

    id: str
    kind: FactKind
    incident: str
    time: Instant
    at: Instant
    service: str = ""
    unit: str | None = None
    ward: str | None = None
    cause: str | None = None
    rule: str | None = None
    target: TargetName | None = None
    level: int = 0
    recipient: str | None = field(default=None, name="whom")
    channel: str | None = None
    due: Instant | None = None
    dues: dict[TargetName, Instant | None] | None = None
    units: tuple[str, ...] = ()
    directive: str | None = None
    on_time: bool | None = None
    changes: dict[str, Any] | None = None
    late_input: bool = False
    shelved: bool = False
