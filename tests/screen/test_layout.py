"""The layout in a real browser: tiles, map and texts fit in every size and language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.screen.conftest import NOW, incident
from tests.screen.screen_page import FIRST, OVERFLOWING, THIRD, open_screen, row, tile
from tests.screen.script import Script, stamp

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser


def test_tiles_show_the_numbers_of_the_snapshot_and_a_dash_for_what_is_not_known(page: Any, screen_url: str) -> None:
    open_screen(page, screen_url)
    numbers = {
        "open": "5",
        "overdue": "2",
        "critical": "4",
        "due_soon": "3",
        "unacknowledged": "1",
        "received": "31",
        "on_time": "94,1%",
    }
    for name, text in numbers.items():
        expect(tile(page, name)).to_have_text(text)
    expect(tile(page, "satisfaction")).to_have_text("—")
    expect(tile(page, "handling")).to_have_text("—")


def test_every_ward_is_on_the_map_and_nothing_scrolls_but_the_queue(page: Any, screen_url: str) -> None:
    open_screen(page, screen_url)
    expect(page.locator(".on-map.ward span", has_text="Phú Xuân")).to_be_visible()
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )


def test_the_language_is_switched_without_loading_anew_and_names_stay(page: Any, screen_url: str) -> None:
    open_screen(page, screen_url)
    expect(page.locator("[data-tile=overdue] .label")).to_have_text("Quá hạn")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("[data-tile=overdue] .label")).to_have_text("Overdue")
    expect(row(page, FIRST)).to_contain_text("Phường Phú Xuân")
    open_screen(page, screen_url, "?lang=en")
    expect(page.locator("[data-tile=overdue] .label")).to_have_text("Overdue")


@pytest.mark.parametrize("size", [(1366, 768), (3840, 2160)])
def test_it_fits_other_screens(page: Any, screen_url: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_screen(page, screen_url, "?mode=wall")
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )
    outside = (
        "[...document.querySelectorAll('.tile, .status > *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert page.evaluate(outside) == 0


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (3840, 2160)])
def test_no_words_overrun_their_place(
    page: Any, screen_url: str, script: Script, size: tuple[int, int], language: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    script.rows[FIRST] |= {"due": stamp(NOW - timedelta(days=27, minutes=25)), "overdue": True, "version": 2}
    script.rows[THIRD] |= {"due": stamp(NOW + timedelta(days=27, minutes=25)), "version": 2}
    long = incident(7, id="field-reports:" + "A1" * 60, due=stamp(NOW - timedelta(hours=28)), severity="critical")
    script.rows[long["id"]] = long
    open_screen(page, screen_url, f"?lang={language}")
    silent = {"last_seen": stamp(NOW), "cadence_s": 60, "stale": True}
    script.tick(sources={f"source-{number}": silent for number in range(14)})
    expect(page.locator("[data-tile=received] .note")).to_contain_text("14")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(OVERFLOWING) == []
    row(page, long["id"]).click()
    expect(page.locator(".detail code")).to_have_text(long["id"])
    assert page.evaluate(OVERFLOWING) == []


def test_any_number_of_services_stays_in_two_columns(page: Any, screen_url: str, script: Script) -> None:
    open_screen(page, screen_url)
    loud = {"last_seen": stamp(NOW), "cadence_s": 60, "stale": False}
    for number in (14, 15):
        script.tick(sources={f"source-{n}": loud for n in range(number)})
        expect(page.locator("[data-source]")).to_have_count(number)
        lefts = page.locator("[data-source]").evaluate_all("all => all.map(e => e.getBoundingClientRect().left)")
        assert len(set(lefts)) == 2
        last = page.locator("[data-source]").last
        assert last.evaluate("e => e.getBoundingClientRect().bottom <= innerHeight")
