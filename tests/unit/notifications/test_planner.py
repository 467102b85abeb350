"""The notification desk: what waits, what goes together, what nobody is told, and that nothing is told twice."""

from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.channel import Channel, ChannelKind, QuietHours
from ioc.catalogue.city import Catalogue
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import HOUR, MINUTE, SECOND, Instant
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import State
from ioc.incident.summary import Summary
from ioc.notifications.maintenance import MaintenanceScope, MaintenanceWindow
from ioc.notifications.notification import Notification, NotificationStatus, StatusReason
from ioc.notifications.outcomes import give_up, mark_sent, schedule_retry
from ioc.notifications.planner import BUNDLE_LIMIT, NotificationPlanner, NotificationPolicy
from ioc.notifications.rate_limit import RateLimit
from ioc.processors.serde import decode_notification, encode
from tests.unit.samples import CITY, at

NOW = at("2026-04-14 09:00")
NIGHT = (QuietHours(time(22), time(6)),)
NOON, HALF_PAST = time(12), time(12, 30)


def town(**channel: Any) -> Catalogue:
    """A city whose ways to tell people are `message`, limited as given, and the screen."""
    message = Channel("message", ChannelKind.WEBHOOK, "http://x", "KEY", **channel)
    return replace(
        CITY,
        channels={"message": message, "screen": Channel("screen", ChannelKind.SCREEN)},
        routes={"hepco": ("message",), "csgt": ("message",), "ioc": ("screen",)},
    )


class Post:
    """A desk with the ledger it writes, and people who take what it sends."""

    def __init__(self, catalogue: Catalogue, **policy: Any) -> None:
        self.catalogue = catalogue
        self.policy = NotificationPolicy(**{"configured": ("message",), **policy})
        self.ledger: dict[str, Notification] = {}
        self.statuses: dict[str, list[NotificationStatus]] = {}
        self.sent: list[tuple[str, tuple[str, ...]]] = []
        self.desk = self._new()

    def _new(self) -> NotificationPlanner:
        self.paces = {id: RateLimit(channel.per_minute) for id, channel in self.catalogue.channels.items()}
        return NotificationPlanner(0, self.catalogue, self.policy, self.paces)

    def know(self, number: int, **more: Any) -> None:
        made = {"state": State.REPORTED, "service": "field-reports", "unit": "hepco", **more}
        self.desk.summaries[f"field-reports:{number}"] = Summary(f"field-reports:{number}", **made)

    def write(self, records: list[Notification]) -> None:
        assert len({one.id for one in records}) == len(records), "one record a notification in a transaction"
        for one in records:
            self.ledger[one.id] = decode_notification(encode(one))
            self.statuses.setdefault(one.id, []).append(one.status)
        self.desk.apply(records)

    def hear(self, *facts: Fact, now: Instant = NOW) -> None:
        self.write(self.desk.plan(facts, now))

    def pass_time(self, now: Instant) -> None:
        self.write(self.desk.tick(now))

    def deliver(self, now: Instant = NOW) -> int:
        """Send all that is made up; return how many messages that were."""
        messages = self.desk.unsent_messages()
        for id, members in messages.items():
            self.sent.append((id, tuple(one.id for one in members)))
            self.write(mark_sent(members, now))
        return len(messages)

    def restart(self, now: Instant = NOW) -> None:
        """Lose all but the ledger."""
        summaries, windows = self.desk.summaries, self.desk.windows
        self.desk = self._new()
        self.desk.summaries, self.desk.windows = summaries, windows
        self.desk.restore(self.ledger.values(), now)

    @property
    def now_is(self) -> list[tuple[NotificationStatus, str]]:
        return [(one.status, one.reason) for one in self.ledger.values()]


def warned(number: int = 1, step: int = 0, now: Instant = NOW, **more: Any) -> Fact:
    made = {"service": "field-reports", "unit": "hepco", "target": TargetName.RESOLVE, **more}
    return Fact(f"{number}/{step}", FactKind.WARNED, f"field-reports:{number}", now, now, **made)


def directed(number: int = 1, now: Instant = NOW) -> Fact:
    return Fact(f"{number}/d", FactKind.DIRECTED, f"field-reports:{number}", now, now, units=("hepco", "csgt"))


def test_a_fact_is_told_once_however_often_it_is_heard() -> None:
    post = Post(town())
    post.know(1)
    post.hear(warned(), warned())
    assert post.now_is == [(NotificationStatus.PLANNED, "")]
    post.hear(warned())
    assert post.deliver() == 1
    post.hear(warned())
    post.restart()
    post.hear(warned())
    assert post.deliver() == 0
    assert post.now_is == [(NotificationStatus.SENT, "")]


def test_units_that_share_a_channel_are_told_of_a_fact_in_one_message() -> None:
    post = Post(town())
    post.know(1)
    post.hear(directed())
    assert post.deliver() == 1
    assert len(post.sent[0][1]) == 2
    assert [status for status, _ in post.now_is] == [NotificationStatus.SENT, NotificationStatus.SENT]


def test_a_message_that_may_have_been_sent_before_a_crash_is_sent_again_under_its_own_id() -> None:
    post = Post(town(per_minute=1))
    for number in (1, 2, 3):
        post.know(number)
        post.hear(warned(number))
    (first,) = post.desk.unsent_messages()
    post.restart(NOW + 1)
    post.hear(warned(4))
    post.pass_time(NOW + 1)
    assert list(post.desk.unsent_messages()) == [first]
    post.deliver()
    assert [id for id, _ in post.sent] == [first]


def test_quiet_hours_hold_back_what_is_not_urgent_until_they_end() -> None:
    post = Post(town(quiet=NIGHT))
    late, dawn = at("2026-04-14 23:00"), at("2026-04-15 06:00")
    post.know(1)
    post.know(2, priority=Priority.URGENT)
    post.know(3)
    post.hear(warned(1, now=late), warned(2, now=late), warned(3, now=late), now=late)
    assert sorted(post.now_is) == [
        (NotificationStatus.PLANNED, ""),
        *2 * [(NotificationStatus.WAITING, StatusReason.QUIET_HOURS)],
    ]
    assert {one.until for one in post.ledger.values() if one.status is NotificationStatus.WAITING} == {dawn}
    assert post.deliver(late) == 1
    post.restart()
    post.pass_time(dawn - 1)
    assert post.deliver(dawn - 1) == 0
    post.pass_time(dawn)
    assert post.deliver(dawn) == 1, "what has waited goes out together"
    assert sorted(status for status, _ in post.now_is) == [
        NotificationStatus.BUNDLED,
        NotificationStatus.BUNDLED,
        NotificationStatus.SENT,
    ]


def test_what_a_channel_does_not_bear_waits_and_goes_out_together() -> None:
    post = Post(town(per_minute=2))
    for number in range(50):
        post.know(number)
        post.hear(warned(number))
    assert post.deliver() == 2
    assert post.now_is.count((NotificationStatus.WAITING, StatusReason.RATE)) == 48
    written = {id: len(statuses) for id, statuses in post.statuses.items()}
    post.pass_time(NOW + 30 * SECOND)
    assert post.deliver(NOW + 30 * SECOND) == 0
    assert written == {id: len(statuses) for id, statuses in post.statuses.items() if id in written}, (
        "waiting is said once"
    )
    post.pass_time(NOW + MINUTE)
    assert post.deliver(NOW + MINUTE) == 2
    assert [len(members) for _, members in post.sent] == [1, 1, BUNDLE_LIMIT, BUNDLE_LIMIT]
    post.pass_time(NOW + 2 * MINUTE)
    assert post.deliver(NOW + 2 * MINUTE) == 1
    assert sum(len(members) for _, members in post.sent) == 50


def test_the_most_pressing_goes_first_when_a_channel_does_not_bear_all() -> None:
    post = Post(town(per_minute=1))
    post.know(9)
    post.hear(warned(9))
    post.know(1)
    post.know(2, priority=Priority.URGENT)
    post.hear(warned(1), warned(2))
    post.deliver()
    post.pass_time(NOW + MINUTE)
    (members,) = post.desk.unsent_messages().values()
    assert [one.incident for one in members] == ["field-reports:2", "field-reports:1"]


def test_a_restart_does_not_forget_how_much_a_channel_has_borne() -> None:
    pace = RateLimit(2)
    for sent in (NOW + 2, NOW + 1):
        pace.record_sent(sent)
    assert [pace.available(NOW + 3), pace.available(NOW + 1 + MINUTE), pace.available(NOW + 2 + MINUTE)] == [0, 1, 2]


@pytest.mark.parametrize(("owned", "most", "minutes"), [(12, 6, 1), (6, 3, 1), (1, 1, 2)])
def test_processes_share_what_a_channel_bears(owned: int, most: int, minutes: int) -> None:
    pace = RateLimit(6)
    pace.share(owned, 12)
    for _ in range(most):
        assert pace.available(NOW)
        pace.record_sent(NOW)
    assert pace.available(NOW + minutes * MINUTE - 1) == 0
    assert pace.available(NOW + minutes * MINUTE) == most


def test_partitions_take_turns_on_a_channel_the_oldest_first() -> None:
    pace = RateLimit(1)
    pace.set_waiting(0, (True, 5))
    assert not pace.is_next(1, (True, 6))
    assert pace.is_next(1, (False, 6)), "what is urgent goes before"
    pace.set_waiting(0, None)
    assert pace.is_next(1, (True, 6))


@pytest.mark.parametrize(
    ("known", "because"),
    [
        ({"state": State.RESOLVED}, StatusReason.CLOSED),
        ({"state": State.MERGED}, StatusReason.CLOSED),
        ({"shelved_until": NOW + HOUR}, StatusReason.SHELVED),
    ],
)
def test_nobody_is_told_of_what_is_closed_or_shelved(known: dict[str, Any], because: StatusReason) -> None:
    post = Post(town())
    post.know(1, **known)
    post.hear(warned())
    assert post.now_is == [(NotificationStatus.SUPPRESSED, because)]


def test_what_is_closed_while_it_waits_is_not_told_any_more() -> None:
    post = Post(town(per_minute=1))
    post.know(1)
    post.know(2)
    post.hear(warned(1))
    post.hear(warned(2))
    post.know(2, state=State.RESOLVED)
    post.pass_time(NOW + MINUTE)
    assert post.now_is[1] == (NotificationStatus.SUPPRESSED, StatusReason.CLOSED)
    assert post.deliver() == 1


def test_a_directive_is_told_although_the_matter_is_shelved_or_under_maintenance() -> None:
    post = Post(town())
    post.know(1, shelved_until=NOW + HOUR)
    post.desk.windows.put(
        "w", MaintenanceWindow("w", MaintenanceScope(services=("field-reports",)), NOW, NOW + HOUR, "ioc", "x", NOW)
    )
    post.hear(directed())
    assert post.deliver() == 1


def test_facts_too_old_are_noted_and_not_told() -> None:
    post = Post(town())
    post.know(1)
    post.know(2)
    post.hear(warned(1, now=NOW - HOUR - 1), warned(2, now=NOW - HOUR))
    assert post.now_is == [(NotificationStatus.SUPPRESSED, StatusReason.TOO_OLD), (NotificationStatus.PLANNED, "")]


def test_a_replay_tells_nobody_outside() -> None:
    post = Post(town(), replay=True)
    post.know(1)
    post.know(2)
    post.hear(warned(1), warned(2, unit="ioc"))
    assert post.deliver() == 0
    assert post.now_is == [(NotificationStatus.SUPPRESSED, StatusReason.REPLAY), (NotificationStatus.SENT, "")]


def test_a_channel_whose_address_is_not_set_fails_at_once_and_is_seen_to() -> None:
    post = Post(town(), configured=())
    post.know(1)
    post.hear(warned())
    assert post.now_is == [(NotificationStatus.FAILED, StatusReason.NOT_CONFIGURED)]


def test_a_message_that_is_tried_again_keeps_its_id_and_its_count_across_a_restart() -> None:
    post = Post(town())
    post.know(1)
    post.hear(warned())
    ((id, members),) = post.desk.unsent_messages().items()
    post.write(schedule_retry(members, "http_500", NOW + SECOND, NOW))
    post.restart()
    post.pass_time(NOW + 1)
    ((again, members),) = post.desk.unsent_messages().items()
    assert (again, members[0].attempts) == (id, 1)
    post.write(give_up(members, "http_500", NOW + 2))
    assert post.now_is == [(NotificationStatus.FAILED, "http_500")]
    assert post.deliver() == 0


def window(until: Instant, id: str = "w", **more: Any) -> MaintenanceWindow:
    return MaintenanceWindow(
        id, MaintenanceScope(wards=("19753",)), NOW, until, "ioc", "Thay trạm biến áp", NOW, **more
    )


def test_under_maintenance_nobody_is_told_and_at_its_end_what_is_open_is_told_once() -> None:
    post = Post(town())
    end = NOW + HOUR
    for number, ward in ((1, "19753"), (2, "19753"), (3, "19774")):
        post.know(number, ward=ward, reported_at=NOW)
    post.desk.windows.put("w", window(end))
    post.hear(warned(1), warned(2), warned(3))
    held = [one for one in post.ledger.values() if one.reason == StatusReason.MAINTENANCE]
    assert [(one.incident, one.window) for one in held] == [("field-reports:1", "w"), ("field-reports:2", "w")]
    assert post.deliver() == 1
    post.know(2, ward="19753", state=State.RESOLVED)
    post.know(4, ward="19753", reported_at=end)  # came after the work
    for now in (end - 1, end, end + 1):
        post.pass_time(now)
    (members,) = post.desk.unsent_messages().values()
    assert [(one.incident, one.occasion) for one in members] == [("field-reports:1", "still_open")]
    post.deliver(end)
    post.restart()
    post.pass_time(end + MINUTE)
    assert post.deliver() == 0


def test_of_a_window_that_ended_long_ago_nobody_is_told_by_a_restart() -> None:
    post = Post(town())
    post.desk.windows.put("w", window(NOW + HOUR))
    post.know(1, reported_at=NOW)
    post.pass_time(NOW + HOUR)
    post.know(1, reported_at=NOW, ward="19753")  # it comes into the scope when there is no window any more
    post.restart(NOW + 20 * HOUR)
    post.pass_time(NOW + 20 * HOUR)
    assert post.deliver(NOW + 20 * HOUR) == 0
    assert post.now_is == [(NotificationStatus.SUPPRESSED, StatusReason.TOO_OLD)]


def test_a_window_ended_early_ends_then_and_one_called_off_tells_nothing() -> None:
    post = Post(town())
    post.know(1, ward="19753", reported_at=NOW)
    post.desk.windows.put("w", window(NOW + HOUR, ended_at=NOW + MINUTE))
    later = MaintenanceWindow(
        "x", MaintenanceScope(wards=("19753",)), NOW + HOUR, NOW + 2 * HOUR, "ioc", "x", NOW, ended_at=NOW
    )
    post.desk.windows.put("x", later)
    post.pass_time(NOW + MINUTE)
    assert post.deliver() == 1
    post.pass_time(NOW + 3 * HOUR)
    assert post.deliver() == 0


def test_what_a_second_window_still_holds_back_is_told_when_that_ends() -> None:
    post = Post(town())
    post.know(1, ward="19753", reported_at=NOW)
    post.desk.windows.put("w", window(NOW + HOUR))
    post.desk.windows.put("v", window(NOW + 2 * HOUR, "v"))
    post.pass_time(NOW + HOUR)
    assert post.now_is == [(NotificationStatus.SUPPRESSED, StatusReason.MAINTENANCE)]
    post.pass_time(NOW + 2 * HOUR)
    assert post.deliver() == 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hear"), st.lists(st.integers(0, 15), min_size=1, max_size=8)),
        st.tuples(st.just("pass"), st.integers(1, 90)),
        st.tuples(
            st.sampled_from(["deliver", "restart", "crash before", "crash between", "fail", "close"]),
            st.integers(0, 15),
        ),
    ),
    min_size=5,
    max_size=60,
)


@given(STEPS, st.sampled_from([1, 3, None]), st.booleans())
def test_nothing_is_told_under_two_ids_nor_twice_but_after_a_crash(
    steps: list[Any], per_minute: Any, quiet: bool
) -> None:
    """Facts in any order and any number of times, restarts and crashes anywhere, failures, quiet hours and limits."""
    hours = {"quiet": (QuietHours(NOON, HALF_PAST),)} if quiet else {}
    post = Post(town(per_minute=per_minute, **hours), too_old=10 * HOUR)
    for number in range(16):
        post.know(number, priority=Priority.URGENT if number % 5 == 0 else Priority.NORMAL)
    now, crashed, heard = at("2026-04-14 11:50"), set[str](), set[str]()
    for what, value in steps:
        match what:
            case "hear":
                facts = [directed(n, now) if n % 3 == 0 else warned(n, now=now) for n in value]
                heard |= {fact.id for fact in facts}
                post.hear(*facts, now=now)
            case "pass":
                now += value * SECOND
                post.pass_time(now)
            case "deliver":
                post.deliver(now)
            case "fail":
                for members in list(post.desk.unsent_messages().values())[:1]:
                    post.write(schedule_retry(members, "timeout", now + SECOND, now))
            case "close":
                post.know(value, state=State.RESOLVED)
            case "restart":
                post.restart(now)
            case "crash before":  # planned, and the transaction was never committed
                post.desk.plan([warned(value, now=now)], now)
                post.restart(now)
            case "crash between":  # sent, and the outcome never written
                for id, members in list(post.desk.unsent_messages().items())[:1]:
                    crashed.add(id)
                    post.sent.append((id, tuple(one.id for one in members)))
                post.restart(now)
    for _ in range(40):
        now += MINUTE
        post.pass_time(now)
        post.deliver(now)
    assert post.desk.pending == {}, "everything comes to an end"
    assert {one.cause for one in post.ledger.values()} == heard
    by_notification: dict[str, set[str]] = {}
    for message, members in post.sent:
        for member in members:
            by_notification.setdefault(member, set()).add(message)
    assert all(len(messages) == 1 for messages in by_notification.values()), "told under one id only"
    assert len(dict(post.sent)) == len(set(post.sent)), "always the same members"
    again = {message for message, _ in post.sent if [m for m, _ in post.sent].count(message) > 1}
    assert again <= crashed, "sent again only where it could not be known"
    for id, statuses in post.statuses.items():
        assert sum(one.is_final for one in [post.ledger[id]]) == 1
        assert all(status not in {"sent", "bundled", "suppressed", "failed"} for status in statuses[:-1]), statuses


def test_partitions_that_share_a_channel_all_get_their_turn() -> None:
    """Whatever is closed, comes or waits meanwhile: none blocks the others, and the oldest is never passed over."""
    one = Post(town(per_minute=1))
    other = Post(town(per_minute=1))
    other.desk.partition, other.desk.rate_limits = 1, one.paces
    told_in_all, now = 0, NOW
    for number in range(12):
        for post in (one, other):
            post.know(number)
            post.hear(warned(number, now=now), now=now)
            if number % 3 == 1:
                post.know(number - 1, state=State.RESOLVED)  # it was the first of those that wait
            told_in_all += post.deliver(now)
        now += 20 * SECOND
        for post in (one, other):
            post.pass_time(now)
            told_in_all += post.deliver(now)
    for _ in range(8):
        now += MINUTE
        for post in (one, other):
            post.pass_time(now)
            told_in_all += post.deliver(now)
    assert one.desk.pending == other.desk.pending == {}
    assert told_in_all <= 1 + (now - NOW) // MINUTE
