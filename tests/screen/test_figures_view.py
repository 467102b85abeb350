"""The figures page in a real browser: a period, the error of its quantiles, the table, and the linked files."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screen.figures import period_sums
from tests.screen.screen_page import open_screen
from tests.screen.script import Script

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser


def test_the_figures_of_a_period_are_told_with_the_error_of_their_quantiles(
    page: Any, screen_url: str, script: Script
) -> None:
    script.period = {"total": period_sums(received=120, resolved=100, on_time=90, overdue=7), "groups": {}}
    script.figures["live"] |= {"due_within": {"1h": 3, "24h": 11}}
    open_screen(page, screen_url)
    page.keyboard.press("2")
    texts = {
        "received": "120",
        "resolved": "100",
        "open": "27",
        "overdue": "7",
        "due_1h": "3",
        "on_time": "84,1%",
        "satisfaction": "—",
        "reopen": "2%",
        "reduction": "62,5%",
    }
    for name, value in texts.items():
        expect(page.locator(f"[data-figure={name}] .figure")).to_have_text(value)
    expect(page.locator("[data-figure=due_1h] .note")).to_have_text("24 giờ: 11")
    expect(page.locator("[data-timing=handling]")).to_contain_text("2g00")
    expect(page.locator("[data-timing=assign] td").nth(1)).to_have_text("—")
    expect(page.locator("[data-table=durations] + p")).to_contain_text("lệch nhiều nhất 1%")
    expect(page.locator("[data-table=escalations]")).to_contain_text("5")
    for register, words in {
        "tickets": "40 phiếu · chờ p50 6 phút, p90 18 phút",
        "documents": "ký số 80%",
        "surveys": "hài lòng 90%",
        "online": "trực tuyến 70%",
    }.items():
        expect(page.locator(f"[data-register={register}] dd")).to_contain_text(words)
    assert script.periods[-1] == {"view": "today", "by": "unit"}
    page.get_by_role("button", name="EN").click()
    expect(page.locator("[data-table=durations] + p")).to_contain_text("at most 1% off")


def test_a_chosen_period_is_asked_for_and_its_report_csv_and_json_are_linked(
    page: Any, screen_url: str, script: Script
) -> None:
    script.period = {"total": period_sums(), "groups": {}}
    script.period |= {"from": "2026-09-30T17:00:00.000Z", "to": "2026-10-31T17:00:00.000Z"}
    open_screen(page, screen_url)
    page.keyboard.press("2")
    page.locator("[data-period=shift]").click()
    expect(page.locator("[data-figure=received]")).to_be_visible()
    assert script.periods[-1]["view"] == "shift"
    page.locator("[data-period=chosen]").click()
    expect(page.locator(".figures-page .nothing")).to_contain_text("ngày/tháng/năm")
    page.locator("[name=from]").fill("01/10/2026")
    page.locator("[name=from]").press("Tab")
    page.keyboard.type("31/10/2026")
    page.keyboard.press("Enter")
    expect(page.locator("[data-figure=received]")).to_be_visible()
    expect(page.locator("[data-figure=due_1h]")).to_have_count(0)
    chosen = {"from": "2026-10-01T00:00:00+07:00", "to": "2026-11-01T00:00:00+07:00", "by": "unit"}
    assert script.periods[-1] == chosen
    links = page.locator(".links a").evaluate_all("all => all.map(a => decodeURIComponent(a.getAttribute('href')))")
    period = "from=2026-10-01T00:00:00+07:00&to=2026-11-01T00:00:00+07:00"
    assert links == [
        f"figures/report?{period}&lang=vi",
        f"figures/period?{period}&by=unit&format=csv",
        f"figures/period?{period}&by=unit",
        "georeport/bulk.csv?from=2026-09-30T17:00:00.000Z&to=2026-10-31T17:00:00.000Z",
    ]


def test_figures_by_unit_service_and_ward_come_with_the_worst_first_and_in_any_order(
    page: Any, screen_url: str, script: Script
) -> None:
    groups = {
        "so-y-te": period_sums(received=50, overdue=1),
        "so-xay-dung": period_sums(received=10, overdue=9),
        "": period_sums(received=1, overdue=0),
    }
    script.period = {"total": period_sums(), "groups": groups}
    open_screen(page, screen_url)
    page.keyboard.press("2")
    names = page.locator("[data-table=groups] tbody th")
    expect(names).to_have_text(["Sở Xây dựng", "Sở Y tế", "Chưa giao đơn vị"])
    page.locator("[data-sort=received]").click()
    expect(names).to_have_text(["Sở Y tế", "Sở Xây dựng", "Chưa giao đơn vị"])
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Nhận")
    page.locator("[data-sort=received]").click()
    expect(names.first).to_have_text("Chưa giao đơn vị")
    page.locator("[data-side=ward]").click()
    expect(page.locator("[data-side=ward]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-table=groups]")).to_be_visible()
    assert script.periods[-1]["by"] == "ward"
