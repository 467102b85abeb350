"""A notification, as the notification log records it: one record each, written again whenever its status changes.

The log never holds an address, a secret or a person.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from ioc.core.exhaustive import total
from ioc.core.scalars import TargetName
from ioc.core.times import Instant


class Occasion(StrEnum):
    """On what occasion a unit is notified."""

    WARNED = "warned"
    ESCALATED = "escalated"
    DIRECTED = "directed"
    NOT_DONE = "not_done"  # the due of a directive has passed, and a unit has not reported it done
    URGENT = "urgent"  # the incident is urgent, from its report on or from now on
    LOWERED = "lowered"  # it is no longer urgent
    RETURNED = "returned"  # the time it was shelved for is over, and it is still open
    STILL_OPEN = "still_open"  # a maintenance window has ended, and it is still open


class NotificationStatus(StrEnum):
    """The status of a notification."""

    WAITING = "waiting"  # held back until an instant, or to be sent again
    PLANNED = "planned"  # bundled into a message that is about to be sent
    SENT = "sent"
    BUNDLED = "bundled"  # sent in one message with notifications of other causes
    SUPPRESSED = "suppressed"  # not sent, for a reason
    FAILED = "failed"  # given up after the last attempt


IS_FINAL: Mapping[NotificationStatus, bool] = total(
    {
        NotificationStatus.WAITING: False,
        NotificationStatus.PLANNED: False,
        NotificationStatus.SENT: True,
        NotificationStatus.BUNDLED: True,
        NotificationStatus.SUPPRESSED: True,
        NotificationStatus.FAILED: True,
    },
    NotificationStatus,
)
"""Whether a notification in a status will never change again."""


class StatusReason(StrEnum):
    """Why a notification waits, is suppressed or has failed; a failure may have the other side's own reason instead."""

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
    """One unit, one channel, one occasion. `at` is when its status changed, `time` when the thing happened (ms).

    `cause` is the id of its trigger, most often of a fact. Notifications with the same `message` are sent as one.
    `until` is the instant it waits for, `window` the maintenance window that suppressed it, `about` the unit that a
    directive went to. Neither shelving nor maintenance holds back what people `ordered`.
    """

    id: str
    cause: str
    occasion: Occasion
    incident: str
    unit: str
    channel: str
    status: NotificationStatus
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
        """True when its status will not change again."""
        return IS_FINAL[self.status]


def digest(*parts: str) -> str:
    """Return a short name for the parts together: the same for the same parts, in any process."""
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def notification_id(cause: str, unit: str, channel: str) -> str:
    """Return the id of the notification of a unit of a cause through a channel: the same whenever it is computed."""
    return f"ntf_{digest(cause, unit, channel)}"


def message_id(members: Iterable[Notification]) -> str:
    """Return the id of the message that has these members."""
    return f"msg_{digest(*sorted(member.id for member in members))}"
