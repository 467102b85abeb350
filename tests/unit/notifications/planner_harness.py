"""A planner with the notification log it writes, and a city that receives what it sends."""

from datetime import time
from typing import Any

from msgspec.structs import replace

from ioc.catalogue.channel import Channel, ChannelKind, QuietHours
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName
from ioc.core.times import Instant
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import State
from ioc.incident.summary import Summary
from ioc.notifications.notification import Notification, NotificationStatus
from ioc.notifications.outcomes import mark_sent
from ioc.notifications.planner import NotificationPlanner, NotificationPolicy
from ioc.notifications.rate_limit import RateLimit
from ioc.processors.serde import decode_notification, encode
from tests.unit.samples import CITY, at

NOW = at("2026-04-14 09:00")
NIGHT = (QuietHours(time(22), time(6)),)
NOON, HALF_PAST = time(12), time(12, 30)


def town(**channel: Any) -> Catalogue:
    """Return a city whose channels are `message`, limited as given, and the screen."""
    message = Channel("message", ChannelKind.WEBHOOK, "http://x", "KEY", **channel)
    return replace(
        CITY,
        channels={"message": message, "screen": Channel("screen", ChannelKind.SCREEN)},
        routes={"hepco": ("message",), "csgt": ("message",), "ioc": ("screen",)},
    )


class PlannerHarness:
    """A planner with the log it writes, and channels that accept every message."""

    def __init__(self, catalogue: Catalogue, **policy: Any) -> None:
        self.catalogue = catalogue
        self.policy = NotificationPolicy(**{"configured": ("message",), **policy})
        self.log: dict[str, Notification] = {}
        self.statuses: dict[str, list[NotificationStatus]] = {}
        self.sent: list[tuple[str, tuple[str, ...]]] = []
        self.planner = self._new()

    def _new(self) -> NotificationPlanner:
        self.rate_limits = {name: RateLimit(channel.per_minute) for name, channel in self.catalogue.channels.items()}
        return NotificationPlanner(0, self.catalogue, self.policy, self.rate_limits)

    def know(self, number: int, **more: Any) -> None:
        made = {"state": State.REPORTED, "service": "field-reports", "unit": "hepco", **more}
        self.planner.summaries[f"field-reports:{number}"] = Summary(f"field-reports:{number}", **made)

    def write(self, records: list[Notification]) -> None:
        assert len({record.id for record in records}) == len(records), "one record a notification in a transaction"
        for record in records:
            self.log[record.id] = decode_notification(encode(record))
            self.statuses.setdefault(record.id, []).append(record.status)
        self.planner.apply(records)

    def receive(self, *facts: Fact, now: Instant = NOW) -> None:
        self.write(self.planner.plan(facts, now))

    def pass_time(self, now: Instant) -> None:
        self.write(self.planner.tick(now))

    def deliver(self, now: Instant = NOW) -> int:
        """Send all bundled messages; return how many there were."""
        messages = self.planner.unsent_messages()
        for message, members in messages.items():
            self.sent.append((message, tuple(member.id for member in members)))
            self.write(mark_sent(members, now))
        return len(messages)

    def restart(self, now: Instant = NOW) -> None:
        """Lose everything but the log."""
        summaries, windows = self.planner.summaries, self.planner.windows
        self.planner = self._new()
        self.planner.summaries, self.planner.windows = summaries, windows
        self.planner.restore(self.log.values(), now)

    @property
    def now_is(self) -> list[tuple[NotificationStatus, str]]:
        return [(one.status, one.reason) for one in self.log.values()]


def warned(number: int = 1, step: int = 0, now: Instant = NOW, **more: Any) -> Fact:
    made = {"service": "field-reports", "unit": "hepco", "target": TargetName.RESOLVE, **more}
    return Fact(f"{number}/{step}", FactKind.WARNED, f"field-reports:{number}", now, now, **made)


def directed(number: int = 1, now: Instant = NOW) -> Fact:
    return Fact(f"{number}/d", FactKind.DIRECTED, f"field-reports:{number}", now, now, units=("hepco", "csgt"))
