"""The deadlines of an incident in a real browser: the rule, the sum of the due time, and the planned steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.screen.conftest import NOW
from tests.screen.screen_page import FIRST, open_screen, row
from tests.screen.script import Script, stamp

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser


def test_the_detail_shows_which_rule_and_which_arithmetic(page: Any, screen_url: str, script: Script) -> None:
    def at(minutes: int) -> str:
        return stamp(NOW + timedelta(minutes=minutes))

    script.details[FIRST] = {
        "deadlines": [
            {
                "target": "resolve",
                "rule": "trees-normal",
                "calendar": "24x7",
                "total_s": 7200,
                "start": at(-60),
                "used_s": 2400,
                "remaining_s": 4800,
                "pauses": [{"from": at(-40), "to": at(-20)}],
                "skipped": [{"date": "2026-11-24", "name": "Ngày Văn hóa"}],
                "due": at(80),
                "warn_at": at(56),
                "met_at": None,
                "status": "running",
                "steps": [
                    {"kind": "warned", "level": 0, "at": at(56), "whom": "", "channel": "", "fired_at": at(-1)},
                    {"kind": "breached", "level": 0, "at": at(80), "whom": "", "channel": "", "fired_at": None},
                    {
                        "kind": "escalated",
                        "level": 2,
                        "at": at(80),
                        "whom": "so-xay-dung",
                        "channel": "phone",
                        "fired_at": None,
                    },
                ],
            }
        ],
        "history": [
            {
                "time": at(-60),
                "type": "reported",
                "source": "/hue/x",
                "id": "1",
                "actor": None,
                "text": None,
                "accepted": True,
                "reason": None,
            },
            {
                "time": at(-50),
                "type": "resumed",
                "source": "/hue/x",
                "id": "2",
                "actor": None,
                "text": None,
                "accepted": False,
                "reason": "illegal_move",
            },
        ],
    }
    open_screen(page, screen_url)
    row(page, FIRST).click()
    deadline = page.locator("[data-deadline=resolve]")
    arithmetic = [
        "trees-normal",
        "13:30",
        "2g00",
        "13:50 – 14:10",
        "24/11 Ngày Văn hóa",
        "15:50",
        "đã dùng 40 phút, còn 1g20",
        "đã báo 14:29",
        "dự kiến 15:50",
    ]
    for words in arithmetic:
        expect(deadline).to_contain_text(words)
    expect(page.locator(".history .refused")).to_contain_text("bị từ chối: không hợp với tình trạng lúc đó")


def test_a_detail_that_could_not_be_read_is_asked_for_again(page: Any, screen_url: str, script: Script) -> None:
    script.details_are_down = True
    open_screen(page, screen_url)
    row(page, FIRST).click()
    expect(page.locator(".detail h3")).to_have_text("Sự việc số 1")
    page.wait_for_timeout(300)
    script.details_are_down = False
    expect(page.locator("[data-command=resolve]")).to_be_visible(timeout=8_000)
    page.faults[:] = [fault for fault in page.faults if "503" not in fault]


@pytest.mark.parametrize(
    ("state", "deadline"),
    [
        ("in_progress", {"status": "met", "met_at": stamp(NOW)}),
        ("in_progress", {"status": "stopped"}),
        ("resolved", {}),
    ],
)
def test_steps_that_will_not_come_are_not_planned(
    page: Any, screen_url: str, script: Script, state: str, deadline: dict[str, Any]
) -> None:
    step = {"kind": "breached", "level": 0, "at": stamp(NOW), "whom": "", "channel": "", "fired_at": None}
    running = {
        "target": "resolve",
        "rule": "trees-normal",
        "calendar": "hanh-chinh",
        "total_s": 7200,
        "start": stamp(NOW),
        "used_s": 0,
        "remaining_s": 7200,
        "pauses": [],
        "skipped": [],
        "due": stamp(NOW),
        "warn_at": None,
        "met_at": None,
        "status": "running",
        "steps": [step],
    }
    script.details[FIRST] = {"state": state, "version": 2, "deadlines": [running | deadline]}
    open_screen(page, screen_url)
    row(page, FIRST).click()
    expect(page.locator(".sum")).to_contain_text("giờ hành chính")
    expect(page.locator(".steps .at")).to_have_text("không cần nữa")
