"""The ledger of who was told what: one record a notification, written anew whenever its status changes.

An address, a secret or a person is never in it.
"""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from ioc.core.scalars import TargetName
from ioc.core.times import Instant


class Occasion(StrEnum):
    """Why somebody is told."""

    WARNED = "warned"
    ESCALATED = "escalated"
    DIRECTED = "directed"
    NOT_DONE = "not_done"  # a directive's due has passed, and a unit has not reported it done
    URGENT = "urgent"  # the matter is urgent, from its report on or from now on
    LOWERED = "lowered"  # it is urgent no longer
    RETURNED = "returned"  # it was shelved, the time is over, and it is still open
    STILL_OPEN = "still_open"  # a maintenance window has ended, and it is still open


class Status(StrEnum):
    """How far a notification is."""

    WAITING = "waiting"  # held back until a moment, or to be tried again
    PLANNED = "planned"  # its message is made up, and about to be sent
    SENT = "sent"
    BUNDLED = "bundled"  # sent, in one message with others
    SUPPRESSED = "suppressed"  # nobody is told, and why
    FAILED = "failed"  # given up


FINAL = frozenset({Status.SENT, Status.BUNDLED, Status.SUPPRESSED, Status.FAILED})


class Because(StrEnum):
    """Why a notification waits, is suppressed or has failed; of a failure, also what the other side said."""

    QUIET_HOURS = "quiet_hours"
    RATE = "rate"
    REPLAY = "replay"
    TOO_OLD = "too_old"
    CLOSED = "closed"
    SHELVED = "shelved"
    MAINTENANCE = "maintenance"
    NOT_CONFIGURED = "not_configured"
    UNREACHABLE = "unreachable"
    NOT_TAKEN = "not_taken"


class Notification(Struct, frozen=True, omit_defaults=True):
    """One unit, one channel, one occasion. `at` is when it came to its status, `time` when what it tells of holds.

    `cause` is the id of the fact, or of what else brought it about. Notifications with the same `message` are sent as
    one. `until` is the moment a waiting one waits for; `window` the maintenance window that holds one back; `about` the
    unit directed, of what comes of a directive. What is `ordered` by people no shelving and no maintenance holds back.
    """

    id: str
    cause: str
    occasion: Occasion
    incident: str
    unit: str
    channel: str
    status: Status
    at: Instant
    planned_at: Instant
    time: Instant
    urgent: bool = False
    reason: str = ""
    message: str | None = None
    attempts: int = 0
    until: Instant | None = None
    level: int = 0
    target: TargetName | None = None
    due: Instant | None = None
    window: str | None = None
    about: str | None = None
    ordered: bool = False

    @property
    def is_final(self) -> bool:
        """True when nothing more will come of it."""
        return self.status in FINAL


def digest(*parts: str) -> str:
    """Return a short name for what the parts name together: the same for the same parts, in any process."""
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def notification_id(cause: str, unit: str, channel: str) -> str:
    """Return the id under which a unit hears of a cause through a channel, whoever works it out and however often."""
    return f"ntf_{digest(cause, unit, channel)}"


def message_id(members: Iterable[Notification]) -> str:
    """Return the id of the message that tells all of them."""
    return f"msg_{digest(*sorted(one.id for one in members))}"
