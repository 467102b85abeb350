"""The queue in a real browser: order, held order, filters, remote search, and keys that act on visible rows only."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screen.conftest import figures, incident
from tests.screen.screen_page import FIRST, THIRD, open_screen, row, row_ids
from tests.screen.script import Script

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser


def test_an_event_moves_a_row(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    assert row_ids(page)[0] == FIRST
    script.upsert(id=THIRD, severity="critical")
    expect(row(page, THIRD).locator(".sign.critical")).to_be_visible()
    assert row_ids(page)[0] == THIRD


def test_the_order_is_held_under_the_pointer_until_it_is_let_go(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    row(page, FIRST).hover()
    new = incident(99, severity="critical", state="reported")
    script.upsert(**new)
    expect(page.locator(".fresh")).to_contain_text("1 mới")
    assert row_ids(page)[0] == FIRST
    page.locator(".fresh").click()
    page.mouse.move(1500, 20)
    expect(row(page, new["id"])).to_be_visible()
    assert row_ids(page)[0] == new["id"]


def test_two_thousand_rows_stay_a_window(page: Any, screen_url: str, script: Script) -> None:
    for number in range(6, 2001):
        new = incident(number)
        script.rows[new["id"]] = new
    open_screen(page, screen_url)
    expect(page.locator(".found")).to_have_text("2.000")
    for top in (0, 40_000, 10_000_000):
        page.locator(".rows").evaluate(f"box => box.scrollTop = {top}")
        page.wait_for_timeout(200)
        assert 0 < page.locator(".row").count() <= 200
    expect(row(page, "field-reports:PA-002000")).to_be_visible()


def test_another_filter_lets_the_held_order_go(page: Any, screen_url: str, script: Script) -> None:
    for number in range(6, 60):
        new = incident(number)
        script.rows[new["id"]] = new
    script.rows[THIRD] |= {"severity": "critical"}
    open_screen(page, screen_url)
    page.locator(".rows").hover()
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(300)
    page.mouse.move(400, 600)
    page.keyboard.press("j")
    page.locator(".filters select").first.select_option("critical")
    page.wait_for_timeout(1_500)
    assert row_ids(page) == [THIRD]
    assert page.locator(".rows").evaluate("box => box.scrollTop") == 0


def test_the_keys_act_on_nothing_out_of_sight(page: Any, screen_url: str, script: Script) -> None:
    script.rows[FIRST] |= {"state": "reported"}
    script.rows[THIRD] |= {"severity": "critical"}
    open_screen(page, screen_url)
    row(page, FIRST).click()
    page.keyboard.press("Escape")
    page.locator(".filters select").first.select_option("critical")
    expect(page.locator(".row")).to_have_count(1)
    page.locator(".status .clock").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert script.commands == []
    expect(page.locator(".detail")).to_have_count(0)


def test_a_narrowed_queue_asks_the_centre_for_what_the_screen_is_not_told_of(
    page: Any, screen_url: str, script: Script
) -> None:
    script.most_open = 5
    script.figures = figures(open=1_000_000)
    script.search_results = [incident(77, title="Cống tắc trước chợ")]
    open_screen(page, screen_url)
    expect(page.locator("[data-note=hidden]")).to_have_text("5 việc đầu trong 1.000.000")
    assert not script.searches, "nothing is narrowed yet"
    page.fill("#search", "cống")
    expect(row(page, "field-reports:PA-000077")).to_be_visible()
    assert dict(script.searches[-1]) == {"open": "true", "shelved": "false", "limit": "500", "text": "cống"}
    row(page, "field-reports:PA-000077").click()
    expect(page.locator(".row.selected")).to_have_attribute("data-id", "field-reports:PA-000077")
    page.fill("#search", "")
    expect(row(page, FIRST)).to_be_visible()
    expect(row(page, "field-reports:PA-000077")).to_have_count(0)
