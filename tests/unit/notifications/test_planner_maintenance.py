"""Maintenance windows hold notifications back, and at their end what is still open is notified once."""

from typing import Any

from ioc.core.times import HOUR, MINUTE, Instant
from ioc.incident.lifecycle import State
from ioc.notifications.maintenance import MaintenanceScope, MaintenanceWindow
from ioc.notifications.notification import NotificationStatus, StatusReason
from tests.unit.notifications.planner_harness import NOW, PlannerHarness, town, warned


def window(end: Instant, name: str = "w", **more: Any) -> MaintenanceWindow:
    return MaintenanceWindow(
        name, MaintenanceScope(wards=("19753",)), NOW, end, "ioc", "Thay trạm biến áp", NOW, **more
    )


def test_under_maintenance_nobody_is_told_and_at_its_end_what_is_open_is_told_once() -> None:
    harness = PlannerHarness(town())
    end = NOW + HOUR
    for number, ward in ((1, "19753"), (2, "19753"), (3, "19774")):
        harness.know(number, ward=ward, reported_at=NOW)
    harness.planner.windows.put("w", window(end))
    harness.receive(warned(1), warned(2), warned(3))
    held = [one for one in harness.log.values() if one.reason == StatusReason.MAINTENANCE]
    assert [(one.incident, one.window) for one in held] == [("field-reports:1", "w"), ("field-reports:2", "w")]
    assert harness.deliver() == 1
    harness.know(2, ward="19753", state=State.RESOLVED)
    harness.know(4, ward="19753", reported_at=end)  # came after the work
    for now in (end - 1, end, end + 1):
        harness.pass_time(now)
    (members,) = harness.planner.unsent_messages().values()
    assert [(one.incident, one.occasion) for one in members] == [("field-reports:1", "still_open")]
    harness.deliver(end)
    harness.restart()
    harness.pass_time(end + MINUTE)
    assert harness.deliver() == 0


def test_of_a_window_that_ended_long_ago_nobody_is_told_by_a_restart() -> None:
    harness = PlannerHarness(town())
    harness.planner.windows.put("w", window(NOW + HOUR))
    harness.know(1, reported_at=NOW)
    harness.pass_time(NOW + HOUR)
    harness.know(1, reported_at=NOW, ward="19753")  # it comes into the scope when there is no window any more
    harness.restart(NOW + 20 * HOUR)
    harness.pass_time(NOW + 20 * HOUR)
    assert harness.deliver(NOW + 20 * HOUR) == 0
    assert harness.now_is == [(NotificationStatus.SUPPRESSED, StatusReason.TOO_OLD)]


def test_a_window_ended_early_ends_then_and_one_called_off_tells_nothing() -> None:
    harness = PlannerHarness(town())
    harness.know(1, ward="19753", reported_at=NOW)
    harness.planner.windows.put("w", window(NOW + HOUR, ended_at=NOW + MINUTE))
    later = MaintenanceWindow(
        "x", MaintenanceScope(wards=("19753",)), NOW + HOUR, NOW + 2 * HOUR, "ioc", "x", NOW, ended_at=NOW
    )
    harness.planner.windows.put("x", later)
    harness.pass_time(NOW + MINUTE)
    assert harness.deliver() == 1
    harness.pass_time(NOW + 3 * HOUR)
    assert harness.deliver() == 0


def test_what_a_second_window_still_holds_back_is_told_when_that_ends() -> None:
    harness = PlannerHarness(town())
    harness.know(1, ward="19753", reported_at=NOW)
    harness.planner.windows.put("w", window(NOW + HOUR))
    harness.planner.windows.put("v", window(NOW + 2 * HOUR, "v"))
    harness.pass_time(NOW + HOUR)
    assert harness.now_is == [(NotificationStatus.SUPPRESSED, StatusReason.MAINTENANCE)]
    harness.pass_time(NOW + 2 * HOUR)
    assert harness.deliver() == 1
