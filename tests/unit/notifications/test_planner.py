"""The planner: what waits, what is bundled, what is suppressed, and that nothing is sent twice."""

from typing import Any

import pytest

from ioc.core.scalars import Priority
from ioc.core.times import HOUR, MINUTE, SECOND
from ioc.incident.lifecycle import State
from ioc.notifications.maintenance import MaintenanceScope, MaintenanceWindow
from ioc.notifications.notification import NotificationStatus, StatusReason
from ioc.notifications.outcomes import give_up, schedule_retry
from tests.unit.notifications.planner_harness import NIGHT, NOW, PlannerHarness, directed, town, warned
from tests.unit.samples import at


def test_a_fact_is_told_once_however_often_it_is_heard() -> None:
    harness = PlannerHarness(town())
    harness.know(1)
    harness.receive(warned(), warned())
    assert harness.now_is == [(NotificationStatus.PLANNED, "")]
    harness.receive(warned())
    assert harness.deliver() == 1
    harness.receive(warned())
    harness.restart()
    harness.receive(warned())
    assert harness.deliver() == 0
    assert harness.now_is == [(NotificationStatus.SENT, "")]


def test_units_that_share_a_channel_are_told_of_a_fact_in_one_message() -> None:
    harness = PlannerHarness(town())
    harness.know(1)
    harness.receive(directed())
    assert harness.deliver() == 1
    assert len(harness.sent[0][1]) == 2
    assert [status for status, _ in harness.now_is] == [NotificationStatus.SENT, NotificationStatus.SENT]


def test_a_message_that_may_have_been_sent_before_a_crash_is_sent_again_under_its_own_id() -> None:
    harness = PlannerHarness(town(per_minute=1))
    for number in (1, 2, 3):
        harness.know(number)
        harness.receive(warned(number))
    (first,) = harness.planner.unsent_messages()
    harness.restart(NOW + 1)
    harness.receive(warned(4))
    harness.pass_time(NOW + 1)
    assert list(harness.planner.unsent_messages()) == [first]
    harness.deliver()
    assert [message for message, _ in harness.sent] == [first]


def test_quiet_hours_hold_back_what_is_not_urgent_until_they_end() -> None:
    harness = PlannerHarness(town(quiet=NIGHT))
    late, dawn = at("2026-04-14 23:00"), at("2026-04-15 06:00")
    harness.know(1)
    harness.know(2, priority=Priority.URGENT)
    harness.know(3)
    harness.receive(warned(1, now=late), warned(2, now=late), warned(3, now=late), now=late)
    assert sorted(harness.now_is) == [
        (NotificationStatus.PLANNED, ""),
        *2 * [(NotificationStatus.WAITING, StatusReason.QUIET_HOURS)],
    ]
    assert {one.until for one in harness.log.values() if one.status is NotificationStatus.WAITING} == {dawn}
    assert harness.deliver(late) == 1
    harness.restart()
    harness.pass_time(dawn - 1)
    assert harness.deliver(dawn - 1) == 0
    harness.pass_time(dawn)
    assert harness.deliver(dawn) == 1, "what has waited goes out together"
    assert sorted(status for status, _ in harness.now_is) == [
        NotificationStatus.BUNDLED,
        NotificationStatus.BUNDLED,
        NotificationStatus.SENT,
    ]


@pytest.mark.parametrize(
    ("known", "because"),
    [
        ({"state": State.RESOLVED}, StatusReason.CLOSED),
        ({"state": State.MERGED}, StatusReason.CLOSED),
        ({"shelved_until": NOW + HOUR}, StatusReason.SHELVED),
    ],
)
def test_nobody_is_told_of_what_is_closed_or_shelved(known: dict[str, Any], because: StatusReason) -> None:
    harness = PlannerHarness(town())
    harness.know(1, **known)
    harness.receive(warned())
    assert harness.now_is == [(NotificationStatus.SUPPRESSED, because)]


def test_what_is_closed_while_it_waits_is_not_told_any_more() -> None:
    harness = PlannerHarness(town(per_minute=1))
    harness.know(1)
    harness.know(2)
    harness.receive(warned(1))
    harness.receive(warned(2))
    harness.know(2, state=State.RESOLVED)
    harness.pass_time(NOW + MINUTE)
    assert harness.now_is[1] == (NotificationStatus.SUPPRESSED, StatusReason.CLOSED)
    assert harness.deliver() == 1


def test_a_directive_is_told_although_the_matter_is_shelved_or_under_maintenance() -> None:
    harness = PlannerHarness(town())
    harness.know(1, shelved_until=NOW + HOUR)
    harness.planner.windows.put(
        "w", MaintenanceWindow("w", MaintenanceScope(services=("field-reports",)), NOW, NOW + HOUR, "ioc", "x", NOW)
    )
    harness.receive(directed())
    assert harness.deliver() == 1


def test_facts_too_old_are_noted_and_not_told() -> None:
    harness = PlannerHarness(town())
    harness.know(1)
    harness.know(2)
    harness.receive(warned(1, now=NOW - HOUR - 1), warned(2, now=NOW - HOUR))
    assert harness.now_is == [(NotificationStatus.SUPPRESSED, StatusReason.TOO_OLD), (NotificationStatus.PLANNED, "")]


def test_a_replay_tells_nobody_outside() -> None:
    harness = PlannerHarness(town(), replay=True)
    harness.know(1)
    harness.know(2)
    harness.receive(warned(1), warned(2, unit="ioc"))
    assert harness.deliver() == 0
    assert harness.now_is == [(NotificationStatus.SUPPRESSED, StatusReason.REPLAY), (NotificationStatus.SENT, "")]


def test_a_channel_whose_address_is_not_set_fails_at_once_and_is_seen_to() -> None:
    harness = PlannerHarness(town(), configured=())
    harness.know(1)
    harness.receive(warned())
    assert harness.now_is == [(NotificationStatus.FAILED, StatusReason.NOT_CONFIGURED)]


def test_a_message_that_is_tried_again_keeps_its_id_and_its_count_across_a_restart() -> None:
    harness = PlannerHarness(town())
    harness.know(1)
    harness.receive(warned())
    ((first, members),) = harness.planner.unsent_messages().items()
    harness.write(schedule_retry(members, "http_500", NOW + SECOND, NOW))
    harness.restart()
    harness.pass_time(NOW + 1)
    ((again, members),) = harness.planner.unsent_messages().items()
    assert (again, members[0].attempts) == (first, 1)
    harness.write(give_up(members, "http_500", NOW + 2))
    assert harness.now_is == [(NotificationStatus.FAILED, "http_500")]
    assert harness.deliver() == 0
