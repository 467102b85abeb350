"""The screen in a real browser, against any server given as `screen_url` that speaks the API's contract."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.screen.conftest import NOW, figures, incident
from tests.screen.scripted_api import Script, stamp

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser
FIRST = "field-reports:PA-000001"
THIRD = "field-reports:PA-000003"


def tile(page: Any, name: str) -> Any:
    return page.locator(f"[data-tile={name}] .figure")


def row(page: Any, incident_id: str) -> Any:
    return page.locator(f".row[data-id='{incident_id}']")


def ids(page: Any) -> list[str]:
    """The ids in the order seen: rows are placed by their offset."""
    seen = page.locator(".row").evaluate_all("rows => rows.map(r => [r.getBoundingClientRect().top, r.dataset.id])")
    return [name for _, name in sorted(seen)]


def opened(page: Any, address: str, query: str = "") -> Any:
    page.goto(address + query)
    expect(page.locator(".row").first).to_be_visible()
    return page


def test_tiles_show_the_numbers_of_the_snapshot_and_a_dash_for_what_is_not_known(page: Any, screen_url: str) -> None:
    opened(page, screen_url)
    numbers = {
        "open": "5",
        "overdue": "2",
        "critical": "4",
        "due_soon": "3",
        "unacknowledged": "1",
        "received": "31",
        "on_time": "94,1%",
    }
    for name, shown in numbers.items():
        expect(tile(page, name)).to_have_text(shown)
    expect(tile(page, "satisfaction")).to_have_text("—")
    expect(tile(page, "handling")).to_have_text("—")


def test_every_ward_is_on_the_map_and_nothing_scrolls_but_the_queue(page: Any, screen_url: str) -> None:
    opened(page, screen_url)
    expect(page.locator(".on-map.ward span", has_text="Phú Xuân")).to_be_visible()
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )


def test_an_event_moves_a_row(page: Any, screen_url: str, script: Script) -> None:
    opened(page, screen_url)
    assert ids(page)[0] == FIRST
    script.upsert(id=THIRD, severity="critical")
    expect(row(page, THIRD).locator(".sign.critical")).to_be_visible()
    assert ids(page)[0] == THIRD


def test_the_order_is_held_under_the_pointer_until_it_is_let_go(page: Any, screen_url: str, script: Script) -> None:
    opened(page, screen_url)
    row(page, FIRST).hover()
    new = incident(99, severity="critical", state="reported")
    script.upsert(**new)
    expect(page.locator(".fresh")).to_contain_text("1 mới")
    assert ids(page)[0] == FIRST
    page.locator(".fresh").click()
    page.mouse.move(1500, 20)
    expect(row(page, new["id"])).to_be_visible()
    assert ids(page)[0] == new["id"]


def test_a_broken_line_is_told_in_amber_then_red_and_the_list_is_kept(
    page: Any, screen_url: str, script: Script
) -> None:
    page.clock.install()
    opened(page, screen_url)
    script.cut()
    page.clock.run_for(9_000)
    expect(page.locator(".band")).to_have_count(0)
    page.clock.run_for(3_000)
    expect(page.locator(".band.quiet")).to_contain_text("Mất kết nối, số liệu lúc 14:30")
    expect(page.locator(".row")).to_have_count(5)
    expect(tile(page, "open")).to_have_text("5")
    page.clock.run_for(50_000)
    expect(page.locator(".band.lost")).to_be_visible()
    expect(page.locator(".row")).to_have_count(5)
    script.mend()
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
    opened(page, screen_url)
    script.push("reset", {})
    page.wait_for_timeout(400)
    expect(page.locator(".row")).to_have_count(5)
    script.rows = {FIRST: script.rows[FIRST]}
    script.figures = figures(open=1)
    script.push("snapshot", script.snapshot())
    expect(page.locator(".row")).to_have_count(1)
    expect(tile(page, "open")).to_have_text("1")


def test_the_language_is_switched_without_loading_anew_and_names_stay(page: Any, screen_url: str) -> None:
    opened(page, screen_url)
    expect(page.locator("[data-tile=overdue] .label")).to_have_text("Quá hạn")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("[data-tile=overdue] .label")).to_have_text("Overdue")
    expect(row(page, FIRST)).to_contain_text("Phường Phú Xuân")
    opened(page, screen_url, "?lang=en")
    expect(page.locator("[data-tile=overdue] .label")).to_have_text("Overdue")


def test_an_operator_works_by_keyboard(page: Any, screen_url: str, script: Script) -> None:
    script.rows[FIRST] |= {"state": "reported", "severity": "high"}
    opened(page, screen_url)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(row(page, FIRST)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("a")
    expect(page.locator(".told")).to_contain_text("đã gửi, chờ xác nhận")
    assert script.posted == [(FIRST, "acknowledge", {})]
    event = script.answered[-1]["event_id"]
    told = {
        "time": stamp(NOW),
        "type": "vn.ioc.incident.acknowledged.v1",
        "source": "/ioc/operators",
        "id": event,
        "actor": None,
        "text": None,
    }
    script.details[FIRST] = {"history": [told | {"accepted": True, "reason": None}]}
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
    opened(page, screen_url)
    row(page, FIRST).click()
    page.locator("[data-command=resolve]").click()
    assert script.posted == []
    expect(page.locator(".ask")).to_contain_text("Xác nhận đã xử lý xong?")
    page.locator(".ask .wide input").fill("Đã dọn cây")
    page.locator(".ask .primary").click()
    expect(page.locator(".told")).to_contain_text("đã gửi, chờ xác nhận")
    assert script.posted == [(FIRST, "resolve", {"text": "Đã dọn cây"})]


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
    opened(page, screen_url)
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


def test_a_silent_source_is_not_a_zero(page: Any, screen_url: str, script: Script) -> None:
    opened(page, screen_url)
    script.tick(sources={"flood-rain": {"last_seen": stamp(NOW), "cadence_s": 60, "stale": False}})
    expect(page.locator("[data-source=flood-rain] .open")).to_have_text("0")
    script.tick(sources={"flood-rain": {"last_seen": None, "cadence_s": 60, "stale": True}})
    expect(page.locator("[data-source=flood-rain].stale .open")).to_have_text("—")


def test_the_clock_is_the_pipelines_and_a_simulation_says_so(page: Any, screen_url: str, script: Script) -> None:
    opened(page, screen_url)
    expect(page.locator(".simulated")).to_have_count(0)
    expect(page.locator(".clock time")).to_contain_text("14:30:")
    script.tick(now=stamp(NOW + timedelta(hours=2)), speed=60.0)
    expect(page.locator(".clock time")).to_contain_text("16:3")
    expect(page.locator(".simulated")).to_have_text("MÔ PHỎNG ×60")


def test_two_thousand_rows_stay_a_window(page: Any, screen_url: str, script: Script) -> None:
    for number in range(6, 2001):
        made = incident(number)
        script.rows[made["id"]] = made
    opened(page, screen_url)
    expect(page.locator(".found")).to_have_text("2.000")
    for top in (0, 40_000, 10_000_000):
        page.locator(".rows").evaluate(f"box => box.scrollTop = {top}")
        page.wait_for_timeout(200)
        assert 0 < page.locator(".row").count() <= 200
    expect(row(page, "field-reports:PA-002000")).to_be_visible()


@pytest.mark.parametrize("size", [(1366, 768), (3840, 2160)])
def test_it_fits_other_screens(page: Any, screen_url: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page, screen_url, "?mode=wall")
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )
    outside = (
        "[...document.querySelectorAll('.tile, .status > *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    )
    assert page.evaluate(outside) == 0


def test_another_filter_lets_the_held_order_go(page: Any, screen_url: str, script: Script) -> None:
    for number in range(6, 60):
        made = incident(number)
        script.rows[made["id"]] = made
    script.rows[THIRD] |= {"severity": "critical"}
    opened(page, screen_url)
    page.locator(".rows").hover()
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(300)
    page.mouse.move(400, 600)
    page.keyboard.press("j")
    page.locator(".filters select").first.select_option("critical")
    page.wait_for_timeout(1_500)
    assert ids(page) == [THIRD]
    assert page.locator(".rows").evaluate("box => box.scrollTop") == 0


def test_the_keys_act_on_nothing_out_of_sight(page: Any, screen_url: str, script: Script) -> None:
    script.rows[FIRST] |= {"state": "reported"}
    script.rows[THIRD] |= {"severity": "critical"}
    opened(page, screen_url)
    row(page, FIRST).click()
    page.keyboard.press("Escape")
    page.locator(".filters select").first.select_option("critical")
    expect(page.locator(".row")).to_have_count(1)
    page.locator(".status .clock").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert script.posted == []
    expect(page.locator(".detail")).to_have_count(0)


def test_a_detail_that_could_not_be_read_is_asked_for_again(page: Any, screen_url: str, script: Script) -> None:
    script.details_down = True
    opened(page, screen_url)
    row(page, FIRST).click()
    expect(page.locator(".detail h3")).to_have_text("Sự việc số 1")
    page.wait_for_timeout(300)
    script.details_down = False
    expect(page.locator("[data-command=resolve]")).to_be_visible(timeout=8_000)
    page.faults[:] = [fault for fault in page.faults if "503" not in fault]


def test_stopped_workers_make_all_figures_stale_though_the_line_is_up(
    page: Any, screen_url: str, script: Script
) -> None:
    opened(page, screen_url)
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
    script.refusal = (status, {"title": "English", "detail": "English too", "status": status, "errors": errors})
    script.rows[FIRST] |= {"state": "reported"}
    opened(page, screen_url)
    row(page, FIRST).click()
    page.locator("[data-command=acknowledge]").click()
    expect(page.locator(".told.refused")).to_contain_text(f"bị từ chối — {words}")
    expect(page.locator(".told.refused")).not_to_contain_text("English")
    page.faults[:] = [fault for fault in page.faults if str(status) not in fault]


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
    told = {
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
    script.details[FIRST] = {"state": state, "version": 2, "deadlines": [told | deadline]}
    opened(page, screen_url)
    row(page, FIRST).click()
    expect(page.locator(".sum")).to_contain_text("giờ hành chính")
    expect(page.locator(".steps .at")).to_have_text("không cần nữa")


def test_when_all_sources_are_silent_no_tile_shows_a_zero(page: Any, screen_url: str, script: Script) -> None:
    script.figures = figures(open=3)
    opened(page, screen_url)
    expect(tile(page, "overdue")).to_have_text("0")
    script.tick(sources={"flood-rain": {"last_seen": None, "cadence_s": 60, "stale": True}})
    for name in ("overdue", "critical", "due_soon", "unacknowledged"):
        expect(tile(page, name)).to_have_text("—")
    expect(tile(page, "open")).to_have_text("3")


OVERRUN = """() => [...document.querySelectorAll(
  '.row .left, .row .left *, .tile, .tile .label, .tile .note, ' +
  '.panel > header, .panel > header h2, .detail header div')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
  .map(e => e.textContent)"""


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
    opened(page, screen_url, f"?lang={language}")
    silent = {"last_seen": stamp(NOW), "cadence_s": 60, "stale": True}
    script.tick(sources={f"source-{number}": silent for number in range(14)})
    expect(page.locator("[data-tile=received] .note")).to_contain_text("14")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(OVERRUN) == []
    row(page, long["id"]).click()
    expect(page.locator(".detail code")).to_have_text(long["id"])
    assert page.evaluate(OVERRUN) == []


def test_any_number_of_services_stays_in_two_columns(page: Any, screen_url: str, script: Script) -> None:
    opened(page, screen_url)
    loud = {"last_seen": stamp(NOW), "cadence_s": 60, "stale": False}
    for number in (14, 15):
        script.tick(sources={f"source-{one}": loud for one in range(number)})
        expect(page.locator("[data-source]")).to_have_count(number)
        lefts = page.locator("[data-source]").evaluate_all("all => all.map(e => e.getBoundingClientRect().left)")
        assert len(set(lefts)) == 2
        last = page.locator("[data-source]").last
        assert last.evaluate("e => e.getBoundingClientRect().bottom <= innerHeight")


def test_a_narrowed_queue_asks_the_centre_for_what_the_screen_is_not_told_of(
    page: Any, screen_url: str, script: Script
) -> None:
    script.most_open = 5
    script.figures = figures(open=1_000_000)
    script.behind = [incident(77, title="Cống tắc trước chợ")]
    opened(page, screen_url)
    expect(page.locator("[data-note=hidden]")).to_have_text("5 việc đầu trong 1.000.000")
    assert not script.sought, "nothing is narrowed yet"
    page.fill("#search", "cống")
    expect(row(page, "field-reports:PA-000077")).to_be_visible()
    assert dict(script.sought[-1]) == {"open": "true", "shelved": "false", "limit": "500", "text": "cống"}
    row(page, "field-reports:PA-000077").click()
    expect(page.locator(".row.selected")).to_have_attribute("data-id", "field-reports:PA-000077")
    page.fill("#search", "")
    expect(row(page, FIRST)).to_be_visible()
    expect(row(page, "field-reports:PA-000077")).to_have_count(0)
