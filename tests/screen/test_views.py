"""The pages beside the queue in a real browser: tabs, sensors, maintenance windows, and the look-up of dossiers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.screen.conftest import NOW
from tests.screen.figures import period_sums
from tests.screen.screen_page import FIRST, OVERFLOWING, open_screen, row, row_ids
from tests.screen.script import Script, stamp

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser


def sensor(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"river-stations:{name}",
        "kind": "river-level",
        "name": f"Sông Hương tại {name}",
        "name_vi": "Mực nước sông",
        "name_en": "River level",
        "measure": "m",
        "service": "flood-rain",
        "ward": "19774",
        "lat": 16.45,
        "lon": 107.56,
        "direction": "above",
        "thresholds": [{"level": 1, "at": 1.0, "clear_at": 0.8}, {"level": 2, "at": 2.0, "clear_at": 1.8}],
        "silent_after_s": 1800.0,
        "value": 0.4,
        "last_value": 0.4,
        "last_at": stamp(NOW),
        "level": 0,
        "title_vi": None,
        "title_en": None,
        "priority": None,
        "since": None,
        "incident": None,
        "silent": False,
        "silent_since": None,
        "silent_incident": None,
    } | changes


FLOODED = {
    "value": 2.35,
    "level": 2,
    "title_vi": "Lũ đạt báo động II",
    "title_en": "Flood alarm II",
    "priority": "high",
    "since": stamp(NOW - timedelta(minutes=5)),
    "incident": FIRST,
}


def test_the_views_are_reached_by_number_and_the_queue_is_found_as_it_was_left(
    page: Any, screen_url: str, script: Script
) -> None:
    script.period = {"total": period_sums(), "groups": {}}
    open_screen(page, screen_url)
    page.locator(".filters select").nth(2).select_option("medium")
    row(page, FIRST).click()
    page.locator("body").press("Escape")
    page.evaluate("document.activeElement.blur()")
    before = row_ids(page)
    for number, tab in enumerate(("operations", "figures", "sensors"), 1):
        page.keyboard.press(str(number))
        expect(page.locator(f"[data-tab={tab}]")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".sensors-page")).to_be_visible()
    assert page.locator(".operations").evaluate("e => e.inert")
    page.keyboard.press("a")
    page.keyboard.press("j")
    page.keyboard.press("4")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("#code")).to_have_value("2")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator(".page")).to_have_count(0)
    assert row_ids(page) == before
    expect(row(page, FIRST)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".filters select").nth(2)).to_have_value("medium")
    assert script.commands == []


def test_a_wall_has_no_tabs(page: Any, screen_url: str) -> None:
    open_screen(page, screen_url, "?mode=wall")
    expect(page.locator(".tabs")).not_to_be_visible()
    expect(page.locator(".notes")).not_to_be_visible()


def test_sensors_show_value_level_and_incident_and_an_unheard_one_is_not_at_zero(
    page: Any, screen_url: str, script: Script
) -> None:
    silent = {"value": None, "silent": True, "silent_since": stamp(NOW - timedelta(hours=1))}
    script.indicators = [sensor("Phú Ốc"), sensor("Dã Viên", **silent), sensor("Kim Long", **FLOODED)]
    open_screen(page, screen_url)
    expect(page.locator("[data-strip]")).to_contain_text("Sông Hương tại Kim Long")
    page.locator("[data-strip]").click()
    names = page.locator(".sensor .title")
    expect(names).to_have_text(["Sông Hương tại Kim Long", "Sông Hương tại Dã Viên", "Sông Hương tại Phú Ốc"])
    high = page.locator("[data-sensor='river-stations:Kim Long']")
    for words in ("2,35 m", "Lũ đạt báo động II · từ 14:25", "Phường Kim Long"):
        expect(high).to_contain_text(words)
    expect(high.locator(".sign.high")).to_be_visible()
    unheard = page.locator("[data-sensor='river-stations:Dã Viên']")
    expect(unheard.locator(".value")).to_have_text("—")
    expect(unheard).to_contain_text("mất tín hiệu từ 13:30")
    expect(unheard.locator(".gauge.unknown")).to_be_visible()
    dashes = unheard.locator(".gauge circle").evaluate("e => getComputedStyle(e).strokeDasharray")
    assert dashes != "none"
    script.push("indicators", {"upserts": [sensor("Phú Ốc", value=1.2, last_value=1.2)], "removed": []})
    expect(page.locator("[data-sensor='river-stations:Phú Ốc'] .value")).to_have_text("1,2 m")
    high.locator("[data-incident]").click()
    expect(page.locator(".page")).to_have_count(0)
    expect(page.locator(".detail code")).to_have_text(FIRST)


def test_a_maintenance_window_is_opened_and_ended(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    page.keyboard.press("3")
    page.locator("[data-command=open-window]").click()
    form = page.locator(".maintenance form")
    expect(form.locator("[name=from]")).to_have_value("24/11/2026 14:30")
    expect(form.locator("[name=to]")).to_have_value("24/11/2026 18:30")
    form.locator("[name=wards]").select_option("19753")
    form.locator("[name=to]").fill("24/11/2026 23:00")
    form.locator("[name=why]").fill("Thay trạm biến áp")
    form.locator("[name=actor]").fill("Ca trực 1")
    form.locator(".primary").click()
    window = page.locator("[data-window]")
    expect(window).to_contain_text("đang diễn ra")
    expect(window).to_contain_text("Phường Phú Xuân")
    request = script.requests[0]
    assert request.path == "/maintenance"
    assert request.body == {
        "scope": {"wards": ["19753"]},
        "from": "2026-11-24T14:30:00+07:00",
        "to": "2026-11-24T23:00:00+07:00",
        "actor": "Ca trực 1",
        "why": "Thay trạm biến áp",
    }
    assert (request.key or "").startswith("screen-")
    page.locator("[data-end]").click()
    window.locator("[name=why]").fill("Xong sớm")
    window.locator("[name=actor]").fill("Ca trực 1")
    window.locator(".primary").click()
    expect(window).to_contain_text("đã hết")
    assert script.requests[1].path == f"/maintenance/{script.windows[0]['id']}/end"
    assert script.requests[1].body == {"actor": "Ca trực 1", "why": "Xong sớm"}
    assert script.requests[1].key != request.key


def test_a_dossier_is_looked_up_by_its_code(page: Any, screen_url: str, script: Script) -> None:
    script.dossiers["hs-251027-0001"] = [
        {
            "code": "HS-251027-0001",
            "service": {"code": "one-stop-shop", "name_vi": "Một cửa", "name_en": "One-stop shop"},
            "procedure": {"code": "1.004", "name_vi": "Cấp phép xây dựng", "name_en": "Building permit"},
            "unit": {"code": "so-xay-dung", "name": "Sở Xây dựng"},
            "state": "in_progress",
            "state_vi": "Đang xử lý",
            "state_en": "Being handled",
            "received": stamp(NOW - timedelta(days=3)),
            "due": stamp(NOW - timedelta(hours=1)),
            "late": True,
            "paused_since": None,
            "closed": None,
            "evidence": [
                {
                    "url": "https://files.example/1.jpg",
                    "sha256": "ab" * 32,
                    "media_type": "image/jpeg",
                    "time": stamp(NOW),
                }
            ],
        }
    ]
    open_screen(page, screen_url)
    page.keyboard.press("4")
    page.keyboard.type("hs-251027-0001")
    page.keyboard.press("Enter")
    dossier = page.locator("[data-dossier]")
    for words in ("Đang xử lý", "Cấp phép xây dựng", "Sở Xây dựng", "13:30 — trễ hẹn", "SHA-256 " + "ab" * 32):
        expect(dossier).to_contain_text(words)
    expect(dossier.locator("a")).to_have_attribute("href", "https://files.example/1.jpg")
    page.locator("#code").fill("HS-0")
    page.keyboard.press("Enter")
    expect(page.locator(".lookup-page .nothing")).to_have_text("Không có hồ sơ HS-0.")
    page.faults[:] = [fault for fault in page.faults if "404" not in fault]


SPILLING = """() => [...document.querySelectorAll(
  '.status > :not(h1), .tabs button, .headline .label, .headline .figure, .headline .note, .plain th, .plain td, ' +
  '.sensor > *, .bar > *, .scrolled, .scrolled td, .scrolled button')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && !["inline", "contents"].includes(getComputedStyle(e).display)
    || e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.className + ": " + e.textContent)"""


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
def test_nothing_is_cut_off_in_any_view(
    page: Any, screen_url: str, script: Script, size: tuple[int, int], language: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    many = period_sums(received=12345, resolved=11234, on_time=10234, overdue=1234)
    script.period = {"total": many, "groups": {"so-xay-dung": many}}
    script.indicators = [sensor("Kim Long", **FLOODED), sensor("Dã Viên", value=None)]
    script.rows[FIRST] |= {"priority": "urgent", "severity": "critical", "title": "Người mắc kẹt " * 20}
    open_screen(page, screen_url, f"?lang={language}")
    source = {"last_seen": stamp(NOW), "cadence_s": 60, "stale": True}
    behind = {"partition": 0, "position": 1, "lag": 1234}
    script.tick(lag=1234, speed=60.0, partitions=[behind] * 4, sources={f"s{n}": source for n in range(14)})
    expect(page.locator(".simulated")).to_be_visible()
    page.evaluate("document.fonts.ready")
    for number in (1, 2, 3):
        page.keyboard.press(str(number))
        expect(page.locator(f"[data-tab]:nth-child({number})")).to_have_attribute("aria-selected", "true")
        if number == 2:
            expect(page.locator("[data-figure=received]")).to_be_visible()
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate(SPILLING) == []
