"""Maintenance windows: which incidents they cover, and when."""

from typing import Any

import pytest
from msgspec.structs import replace

from ioc.core.times import DAY, HOUR
from ioc.incident.lifecycle import State
from ioc.incident.summary import Summary
from ioc.notifications.maintenance import (
    MAX_DURATION,
    MaintenanceScope,
    MaintenanceWindow,
    MaintenanceWindows,
    window_errors,
)
from tests.unit.samples import at

NOW = at("2026-04-14 09:00")
ONE = Summary(
    "field-reports:1",
    State.REPORTED,
    "field-reports",
    "power",
    source="/hue/field-reports",
    unit="pc-hue",
    units=("csgt",),
    ward="19753",
)
WINDOW = MaintenanceWindow("w", MaintenanceScope(wards=("19753",)), NOW, NOW + HOUR, "Ca trực 1", "Thay trạm", NOW)


@pytest.mark.parametrize(
    ("scope", "covered"),
    [
        ({}, False),
        ({"services": ("field-reports",)}, True),
        ({"services": ("one-stop-shop",)}, False),
        ({"categories": ("power", "water")}, True),
        ({"units": ("pc-hue",)}, True),
        ({"units": ("csgt",)}, True),
        ({"sources": ("/hue/field-reports",)}, True),
        ({"wards": ("19753",), "categories": ("power",)}, True),
        ({"wards": ("19753",), "categories": ("water",)}, False),
    ],
)
def test_an_incident_is_covered_when_it_has_a_name_on_every_side_given(scope: dict[str, Any], covered: bool) -> None:
    assert MaintenanceScope(**scope).covers(ONE) is covered


@pytest.mark.parametrize(
    ("more", "active", "over"),
    [
        ({"start": NOW + 1, "end": NOW + 2}, False, False),
        ({"start": NOW}, True, False),
        ({"start": NOW - HOUR, "end": NOW}, False, True),
        ({"start": NOW - HOUR, "ended_at": NOW}, False, True),
        ({"start": NOW - HOUR, "ended_at": NOW + 1}, True, False),
        ({"start": NOW + HOUR, "end": NOW + 2 * HOUR, "ended_at": NOW}, False, False),
    ],
)
def test_a_window_is_active_from_its_start_up_to_its_end(more: dict[str, Any], active: bool, over: bool) -> None:
    window = replace(WINDOW, **more)
    assert (window.is_active(NOW), window.is_over(NOW)) == (active, over)


def test_of_several_windows_the_one_that_ends_last_comes_first() -> None:
    windows = MaintenanceWindows()
    for window in (
        WINDOW,
        replace(WINDOW, id="v", end=NOW + 2 * HOUR),
        replace(WINDOW, id="x", scope=MaintenanceScope()),
    ):
        windows.put(window.id, window)
    assert [window.id for window in windows.active(NOW)] == ["v", "x", "w"]
    windows.put("v", None)
    assert windows.active(NOW + HOUR) == []
    assert [window.id for window in windows.recently_ended(NOW + HOUR)] == ["w", "x"]


def test_everything_wrong_with_a_window_is_told_at_once() -> None:
    assert [fault.field for fault in window_errors(NOW, NOW, MaintenanceScope(), NOW)] == ["scope", "to"]
    assert [fault.field for fault in window_errors(NOW, NOW + MAX_DURATION + 1, WINDOW.scope, NOW)] == ["to"]
    assert [fault.field for fault in window_errors(NOW - DAY, NOW, WINDOW.scope, NOW)] == ["to"]
    assert [fault.field for fault in window_errors(NOW + 366 * DAY, NOW + 367 * DAY, WINDOW.scope, NOW)] == ["from"]
    assert list(window_errors(NOW - HOUR, NOW + HOUR, WINDOW.scope, NOW)) == []
