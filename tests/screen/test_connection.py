"""The connection in a real browser: a broken feed, stopped workers and silent sources are shown, old figures kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.screen.conftest import NOW, figures
from tests.screen.screen_page import FIRST, open_screen, tile
from tests.screen.script import Script, stamp

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser


def test_a_broken_line_is_told_in_amber_then_red_and_the_list_is_kept(
    page: Any, screen_url: str, script: Script
) -> None:
    page.clock.install()
    open_screen(page, screen_url)
    script.disconnect()
    page.clock.run_for(9_000)
    expect(page.locator(".band")).to_have_count(0)
    page.clock.run_for(3_000)
    expect(page.locator(".band.quiet")).to_contain_text("Mất kết nối, số liệu lúc 14:30")
    expect(page.locator(".row")).to_have_count(5)
    expect(tile(page, "open")).to_have_text("5")
    page.clock.run_for(50_000)
    expect(page.locator(".band.lost")).to_be_visible()
    expect(page.locator(".row")).to_have_count(5)
    script.reconnect()
    back = page.locator(".band.back")
    for _ in range(60):  # the timers are the test's, the network is real: an answer takes its own time
        page.clock.run_for(500)
        page.wait_for_timeout(50)
        if back.count():
            break
    expect(back).to_contain_text("Đã nối lại")
    page.clock.run_for(6_000)
    expect(page.locator(".band")).to_have_count(0)
    page.faults[:] = [fault for fault in page.faults if "503" not in fault and "ERR_" not in fault]


def test_a_reset_replaces_everything_at_once(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    script.push("reset", {})
    page.wait_for_timeout(400)
    expect(page.locator(".row")).to_have_count(5)
    script.rows = {FIRST: script.rows[FIRST]}
    script.figures = figures(open=1)
    script.push("snapshot", script.snapshot())
    expect(page.locator(".row")).to_have_count(1)
    expect(tile(page, "open")).to_have_text("1")


def test_a_silent_source_is_not_a_zero(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    script.tick(sources={"flood-rain": {"last_seen": stamp(NOW), "cadence_s": 60, "stale": False}})
    expect(page.locator("[data-source=flood-rain] .open")).to_have_text("0")
    script.tick(sources={"flood-rain": {"last_seen": None, "cadence_s": 60, "stale": True}})
    expect(page.locator("[data-source=flood-rain].stale .open")).to_have_text("—")


def test_the_clock_is_the_pipelines_and_a_simulation_says_so(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    expect(page.locator(".simulated")).to_have_count(0)
    expect(page.locator(".clock time")).to_contain_text("14:30:")
    script.tick(now=stamp(NOW + timedelta(hours=2)), speed=60.0)
    expect(page.locator(".clock time")).to_contain_text("16:3")
    expect(page.locator(".simulated")).to_have_text("MÔ PHỎNG ×60")


def test_stopped_workers_make_all_figures_stale_though_the_line_is_up(
    page: Any, screen_url: str, script: Script
) -> None:
    open_screen(page, screen_url)
    expect(page.locator(".connection")).to_have_text("Trực tuyến")
    script.tick(stale=True, speed=0.0, as_of=stamp(NOW - timedelta(seconds=21)))
    expect(page.locator(".band.quiet")).to_have_text("Hệ thống xử lý ĐÃ DỪNG, số liệu lúc 14:29:39")
    expect(page.locator(".as-of")).to_have_text("Số liệu lúc 14:29:39")
    expect(page.locator(".connection.quiet")).to_have_text("Xử lý đã dừng")
    looks = "e => getComputedStyle(e).backgroundImage"
    assert "repeating-linear-gradient" in page.locator("[data-tile=overdue]").evaluate(looks)
    at = page.locator(".clock time").inner_text()
    page.wait_for_timeout(2_300)
    assert page.locator(".clock time").inner_text() == at
    page.get_by_role("button", name="EN").click()
    expect(page.locator(".band.quiet")).to_have_text("Processing has STOPPED, figures as of 14:29:39")
    script.tick()
    expect(page.locator(".band")).to_have_count(0)
    expect(page.locator(".connection")).to_have_text("Live")
    assert page.locator("[data-tile=overdue]").evaluate(looks) == "none"


def test_when_all_sources_are_silent_no_tile_shows_a_zero(page: Any, screen_url: str, script: Script) -> None:
    script.figures = figures(open=3)
    open_screen(page, screen_url)
    expect(tile(page, "overdue")).to_have_text("0")
    script.tick(sources={"flood-rain": {"last_seen": None, "cadence_s": 60, "stale": True}})
    for name in ("overdue", "critical", "due_soon", "unacknowledged"):
        expect(tile(page, name)).to_have_text("—")
    expect(tile(page, "open")).to_have_text("3")
