"""Rate limits: what a channel allows, what waits for it, and that partitions and processes share it fairly."""

import pytest

from ioc.core.scalars import Priority
from ioc.core.times import MINUTE, SECOND
from ioc.incident.lifecycle import State
from ioc.notifications.notification import NotificationStatus, StatusReason
from ioc.notifications.planner import BUNDLE_LIMIT
from ioc.notifications.rate_limit import RateLimit
from tests.unit.notifications.planner_harness import NOW, PlannerHarness, town, warned


def test_what_a_channel_does_not_bear_waits_and_goes_out_together() -> None:
    harness = PlannerHarness(town(per_minute=2))
    for number in range(50):
        harness.know(number)
        harness.receive(warned(number))
    assert harness.deliver() == 2
    assert harness.now_is.count((NotificationStatus.WAITING, StatusReason.RATE)) == 48
    written = {name: len(statuses) for name, statuses in harness.statuses.items()}
    harness.pass_time(NOW + 30 * SECOND)
    assert harness.deliver(NOW + 30 * SECOND) == 0
    assert written == {name: len(statuses) for name, statuses in harness.statuses.items() if name in written}, (
        "waiting is said once"
    )
    harness.pass_time(NOW + MINUTE)
    assert harness.deliver(NOW + MINUTE) == 2
    assert [len(members) for _, members in harness.sent] == [1, 1, BUNDLE_LIMIT, BUNDLE_LIMIT]
    harness.pass_time(NOW + 2 * MINUTE)
    assert harness.deliver(NOW + 2 * MINUTE) == 1
    assert sum(len(members) for _, members in harness.sent) == 50


def test_the_most_pressing_goes_first_when_a_channel_does_not_bear_all() -> None:
    harness = PlannerHarness(town(per_minute=1))
    harness.know(9)
    harness.receive(warned(9))
    harness.know(1)
    harness.know(2, priority=Priority.URGENT)
    harness.receive(warned(1), warned(2))
    harness.deliver()
    harness.pass_time(NOW + MINUTE)
    (members,) = harness.planner.unsent_messages().values()
    assert [one.incident for one in members] == ["field-reports:2", "field-reports:1"]


def test_a_restart_does_not_forget_how_much_a_channel_has_borne() -> None:
    limit = RateLimit(2)
    for sent in (NOW + 2, NOW + 1):
        limit.record_sent(sent)
    assert [limit.available(NOW + 3), limit.available(NOW + 1 + MINUTE), limit.available(NOW + 2 + MINUTE)] == [0, 1, 2]


@pytest.mark.parametrize(("owned", "most", "minutes"), [(12, 6, 1), (6, 3, 1), (1, 1, 2)])
def test_processes_share_what_a_channel_bears(owned: int, most: int, minutes: int) -> None:
    limit = RateLimit(6)
    limit.share(owned, 12)
    for _ in range(most):
        assert limit.available(NOW)
        limit.record_sent(NOW)
    assert limit.available(NOW + minutes * MINUTE - 1) == 0
    assert limit.available(NOW + minutes * MINUTE) == most


def test_partitions_take_turns_on_a_channel_the_oldest_first() -> None:
    limit = RateLimit(1)
    limit.set_waiting(0, (True, 5))
    assert not limit.is_next(1, (True, 6))
    assert limit.is_next(1, (False, 6)), "what is urgent goes before"
    limit.set_waiting(0, None)
    assert limit.is_next(1, (True, 6))


def test_partitions_that_share_a_channel_all_get_their_turn() -> None:
    """Whatever is closed, comes or waits meanwhile: none blocks the others, and the oldest is never passed over."""
    one = PlannerHarness(town(per_minute=1))
    other = PlannerHarness(town(per_minute=1))
    other.planner.partition, other.planner.rate_limits = 1, one.rate_limits
    told_in_all, now = 0, NOW
    for number in range(12):
        for harness in (one, other):
            harness.know(number)
            harness.receive(warned(number, now=now), now=now)
            if number % 3 == 1:
                harness.know(number - 1, state=State.RESOLVED)  # it was the first of those that wait
            told_in_all += harness.deliver(now)
        now += 20 * SECOND
        for harness in (one, other):
            harness.pass_time(now)
            told_in_all += harness.deliver(now)
    for _ in range(8):
        now += MINUTE
        for harness in (one, other):
            harness.pass_time(now)
            told_in_all += harness.deliver(now)
    assert one.planner.pending == other.planner.pending == {}
    assert told_in_all <= 1 + (now - NOW) // MINUTE
