"""What was decided, as records of `ioc.facts`: each has an id made from its cause, so that it can be counted once."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from ioc.core.scalars import TargetName
from ioc.core.times import Instant


class FactKind(StrEnum):
    """The kinds of fact. Those named like a move tell that it was accepted. `catalogue` is about no incident.

    `urgent` tells `units` that what concerns them is urgent, `lowered` that it no longer is, `involved` that a rule
    brings them in.
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

    `units` are those told all at once. Of a `directive`, the id of its event, `unit` is the one directed.
    `late_input` marks an announcement made although the worker had not caught up with its input.
    `shelved` marks what is said of a matter that is put aside; of the fact `shelved` itself `due` is until when.
    Free text and persons never appear here.
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
