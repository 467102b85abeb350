"""Duplicates in a real browser: counted on the row, merged, unmerged, declined, and grouped in a storm."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screen.conftest import incident
from tests.screen.screen_page import FIRST, SECOND, THIRD, at, open_detail, open_screen, row
from tests.screen.script import Script

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser
CHILD = "field-reports:PA-000900"


def test_a_row_says_how_many_reports_it_is_and_what_there_is_besides(
    page: Any, screen_url: str, script: Script
) -> None:
    script.rows[FIRST] |= {
        "children": 499,
        "units": ["so-xay-dung", "so-y-te"],
        "directives_given": 3,
        "directives_open": 2,
        "directive_due": at(-5),
    }
    script.rows[SECOND] |= {"proposed": FIRST, "maintenance": "mw-1"}
    open_screen(page, screen_url)
    expect(row(page, FIRST).locator(".reports")).to_have_text("×500")
    expect(row(page, FIRST).locator(".others")).to_have_text("+1")
    expect(row(page, FIRST).locator(".unit")).to_have_attribute("title", "Sở Y tế")
    expect(row(page, FIRST).locator(".directed.late")).to_have_text("Chỉ đạo 1/3 xong")
    expect(row(page, SECOND)).to_contain_text("trùng?")
    expect(row(page, SECOND)).to_contain_text("bảo trì")
    script.rows[SECOND] |= {"maintenance": None}
    script.push("incident", {"upserts": [script.rows[SECOND]], "removed": []})
    expect(row(page, SECOND)).not_to_contain_text("bảo trì")


def test_a_storm_is_offered_as_groups_and_enter_opens_one(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    expect(page.locator(".news")).to_have_count(0)
    for number in range(100, 112):
        new = incident(number, state="reported", reported_at=at(-3), ward="19774", category="power")
        script.rows[new["id"]] = new
    script.rows[FIRST] |= {"severity": "high", "overdue": True, "children": 499}
    script.push("snapshot", script.snapshot())
    expect(page.locator(".notes.flood .news")).to_contain_text("12 mới trong 10 phút")
    expect(page.locator(".regroup.offered")).to_be_visible()
    page.keyboard.press("g")
    groups = page.locator("[data-group]")
    expect(groups).to_have_count(2)
    expect(page.locator(".found")).to_have_text("17")
    expect(page.locator("[data-group='=storm|19753']")).to_contain_text("×504")
    expect(page.locator("[data-group='=storm|19753'] .sign.high")).to_be_visible()
    power = page.locator("[data-group='=storm|19774']")
    for words in ("Mưa bão", "Phường Kim Long", "12 chờ tiếp nhận", "cũ nhất 14:27"):
        expect(power).to_contain_text(words)
    expect(power.locator(".left b")).to_have_text("12")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(power).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".row[data-id]")).to_have_count(12)
    expect(page.locator("[data-chip=group]")).to_contain_text("Mưa bão · Phường Kim Long")
    page.keyboard.press("j")
    page.keyboard.press("a")
    assert script.commands[-1][1] == "acknowledge"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(groups).to_have_count(2)
    page.keyboard.press("g")
    expect(page.locator(".row[data-id]")).to_have_count(17)


def test_a_proposal_is_accepted_or_declined(page: Any, screen_url: str, script: Script) -> None:
    script.rows[FIRST] |= {"proposed": THIRD}
    script.details[FIRST] = {"commands": ["pause", "merge", "decline"]}
    detail = open_detail(page, screen_url)
    expect(detail.locator(".proposal")).to_contain_text("Có thể trùng với Sự việc số 3")
    detail.locator("[data-command=merge-proposed]").click()
    expect(detail.locator(".told")).to_contain_text("Gộp vào… đã gửi")
    assert script.commands == [(FIRST, "merge", {"into": THIRD})]
    page.keyboard.press("Escape")
    script.rows[SECOND] |= {"proposed": THIRD}
    script.details[SECOND] = script.details[FIRST]
    script.upsert(id=SECOND)
    row(page, SECOND).click()
    detail.locator("[data-command=decline]").click()
    expect(detail.locator(".told")).to_contain_text("Không trùng")
    assert script.commands[-1] == (SECOND, "decline", {})


def test_the_merged_reports_are_counted_and_one_is_parted(page: Any, screen_url: str, script: Script) -> None:
    child = {"id": CHILD, "reported_at": at(-20), "merged_at": at(-19)}
    script.rows[FIRST] |= {"children": 499}
    script.details[FIRST] = {"merged": [child]}
    script.rows[CHILD] = incident(900, id=CHILD, state="merged", parent=FIRST, closed_at=at(-19))
    script.details[CHILD] = {"commands": ["unmerge"]}
    detail = open_detail(page, screen_url)
    expect(detail.locator("[aria-label='Phản ánh đã gộp']")).to_contain_text("499")
    expect(detail.locator("[aria-label='Phản ánh đã gộp'] .more")).to_have_text("và 498 phản ánh nữa")
    detail.locator(f"[data-unmerge='{CHILD}']").click()
    expect(detail.locator(".told.sent")).to_contain_text("Tách ra")
    assert script.commands == [(CHILD, "unmerge", {})]
    script.details[FIRST] = {"merged": []}
    script.upsert(id=FIRST, children=0)
    expect(detail.locator(".told.confirmed")).to_contain_text("Tách ra đã được xác nhận")


def test_a_merged_report_leads_to_its_parent(page: Any, screen_url: str, script: Script) -> None:
    script.rows[CHILD] = incident(900, id=CHILD, state="merged", parent=FIRST, closed_at=at(-19))
    script.details[CHILD] = {"commands": ["unmerge"]}
    script.details[FIRST] = {"merged": [{"id": CHILD, "reported_at": at(-20), "merged_at": at(-19)}]}
    detail = open_detail(page, screen_url)
    detail.locator(f"[data-incident='{CHILD}']").click()
    expect(detail.locator("header code")).to_have_text(CHILD)
    expect(detail.locator("[data-command=unmerge]")).to_be_visible()
    detail.locator(f"[data-incident='{FIRST}']").click()
    expect(detail.locator("header code")).to_have_text(FIRST)
