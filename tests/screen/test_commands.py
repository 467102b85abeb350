"""Commands in a real browser: sent by keyboard, confirmed by a form, and refused in the language of the screen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screen.conftest import NOW
from tests.screen.screen_page import FIRST, open_screen, row
from tests.screen.script import Script, stamp

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser


def test_an_operator_works_by_keyboard(page: Any, screen_url: str, script: Script) -> None:
    script.rows[FIRST] |= {"state": "reported", "severity": "high"}
    open_screen(page, screen_url)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(row(page, FIRST)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("a")
    expect(page.locator(".told")).to_contain_text("đã gửi, chờ xác nhận")
    assert script.commands == [(FIRST, "acknowledge", {})]
    event = script.accepted[-1]["event_id"]
    entry = {
        "time": stamp(NOW),
        "type": "vn.ioc.incident.acknowledged.v1",
        "source": "/ioc/operators",
        "id": event,
        "actor": None,
        "text": None,
    }
    script.details[FIRST] = {"history": [entry | {"accepted": True, "reason": None}]}
    script.upsert(id=FIRST, state="acknowledged")
    expect(page.locator(".told")).to_contain_text("đã được xác nhận")
    page.keyboard.press("Escape")
    expect(page.locator(".detail")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("so 3")
    expect(page.locator(".row")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_to_resolve_is_asked_twice(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    row(page, FIRST).click()
    page.locator("[data-command=resolve]").click()
    assert script.commands == []
    expect(page.locator(".ask")).to_contain_text("Xác nhận đã xử lý xong?")
    page.locator(".ask .wide input").fill("Đã dọn cây")
    page.locator(".ask .primary").click()
    expect(page.locator(".told")).to_contain_text("đã gửi, chờ xác nhận")
    assert script.commands == [(FIRST, "resolve", {"text": "Đã dọn cây"})]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (409, "không làm được ở tình trạng này"),
        (422, "nội dung chưa hợp lệ (unit: not in the catalogue)"),
        (503, "máy chủ chưa sẵn sàng"),
    ],
)
def test_a_refused_command_says_why_in_the_operators_language(
    page: Any, screen_url: str, script: Script, status: int, words: str
) -> None:
    errors = [{"field": "unit", "reason": "not in the catalogue"}] if status == 422 else []
    script.error = (status, {"title": "English", "detail": "English too", "status": status, "errors": errors})
    script.rows[FIRST] |= {"state": "reported"}
    open_screen(page, screen_url)
    row(page, FIRST).click()
    page.locator("[data-command=acknowledge]").click()
    expect(page.locator(".told.refused")).to_contain_text(f"bị từ chối — {words}")
    expect(page.locator(".told.refused")).not_to_contain_text("English")
    page.faults[:] = [fault for fault in page.faults if str(status) not in fault]
