"""The detail of an incident: directives, shelving, priority, the war room, evidence, notifications, the reporter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.screen.conftest import NOW
from tests.screen.screen_page import FIRST, THIRD, at, open_detail, open_screen, row
from tests.screen.script import Script, stamp

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect
pytestmark = pytest.mark.browser


def test_a_message_leads_to_the_incident_it_is_about(page: Any, screen_url: str) -> None:
    open_screen(page, screen_url, f"?incident={FIRST}")
    detail = page.locator(".detail")
    expect(detail).to_be_visible()
    expect(detail).to_contain_text(FIRST)


def test_what_is_shelved_is_out_of_the_list_and_a_chip_counts_and_opens_it(
    page: Any, screen_url: str, script: Script
) -> None:
    open_screen(page, screen_url)
    expect(page.locator("[data-chip=shelved]")).to_have_count(0)
    script.upsert(id=THIRD, shelved_until=at(120), shelved_by="Ca 1")
    expect(row(page, THIRD)).to_have_count(0)
    expect(page.locator("[data-chip=shelved]")).to_have_text("Gác lại 1")
    page.locator("[data-chip=shelved]").click()
    expect(page.locator(".row")).to_have_count(1)
    expect(row(page, THIRD)).to_contain_text("đến 16:30")
    page.locator("[data-chip=shelved]").click()
    expect(page.locator(".row")).to_have_count(4)


def unit_answer(unit: str, **changes: Any) -> dict[str, Any]:
    unanswered = {"acknowledged_at": None, "done_at": None, "on_time": None, "overdue": False, "level": 0}
    return unanswered | {"unit": unit, "text": None, "evidence": []} | changes


def test_each_unit_of_a_directive_is_shown_and_answered_for(page: Any, screen_url: str, script: Script) -> None:
    directive = {
        "id": "d-1",
        "by": "so-y-te",
        "actor": "Chủ tịch",
        "text": "Sơ tán dân",
        "time": at(-30),
        "due": at(-1),
        "units": [
            unit_answer("so-xay-dung", overdue=True, level=1),
            unit_answer("so-y-te", done_at=at(-10), on_time=True),
        ],
    }
    commands = ["direct", "acknowledge_directive", "report_directive"]
    script.details[FIRST] = {"directives": [directive], "commands": commands}
    detail = open_detail(page, screen_url)
    article = detail.locator("[data-directive=d-1]")
    for words in ("Chỉ đạo 1/2 xong", "Sơ tán dân", "Chủ tịch", "hạn 14:29"):
        expect(article).to_contain_text(words)
    late = article.locator("[data-unit=so-xay-dung]")
    expect(late).to_contain_text("▲")
    expect(late).to_contain_text("quá hạn")
    expect(late).to_contain_text("Cấp 1")
    expect(article.locator("[data-unit=so-y-te]")).to_contain_text("đã xong")
    expect(article.locator("[data-unit=so-y-te] button")).to_have_count(0)
    late.locator("[data-command=acknowledge_directive]").click()
    expect(detail.locator(".told.sent")).to_be_visible()
    assert script.commands == [(FIRST, "acknowledge_directive", {"directive": "d-1", "unit": "so-xay-dung"})]
    script.details[FIRST] = {"commands": commands, "directives": [directive], "history": [history_entry(script)]}
    script.upsert(id=FIRST)
    expect(detail.locator(".told.confirmed")).to_be_visible()
    late.locator("[data-command=report_directive]").click()
    late.locator("[name=text]").fill("Đã sơ tán 40 hộ")
    late.locator("[name=actor]").fill("Trực ban")
    late.locator(".ask .primary").click()
    expect(detail.locator(".told.sent")).to_be_visible()
    body = {"text": "Đã sơ tán 40 hộ", "actor": "Trực ban", "directive": "d-1", "unit": "so-xay-dung"}
    assert script.commands[-1] == (FIRST, "report_directive", body)


def history_entry(script: Script) -> dict[str, Any]:
    """Return the entry of the history that the last command became."""
    entry = {"time": stamp(NOW), "type": "vn.ioc.incident.directive_acknowledged.v1", "source": "/operations-centre/x"}
    words = {"actor": None, "text": None, "accepted": True, "reason": None}
    return entry | words | {"id": script.accepted[-1]["event_id"]}


def test_units_are_directed_together_and_by_a_moment(page: Any, screen_url: str, script: Script) -> None:
    detail = open_detail(page, screen_url)
    detail.locator("[data-command=direct]").click()
    detail.locator("[name=units]").select_option(["so-xay-dung", "so-y-te"])
    detail.locator("[name=hours]").select_option("2")
    detail.locator(".ask .primary").click()
    expect(detail.locator(".told")).to_be_visible()
    incident_id, command, body = script.commands[0]
    assert (incident_id, command) == (FIRST, "direct")
    assert body == {"units": ["so-xay-dung", "so-y-te"], "due": at(120)}


def test_shelving_says_until_when_who_and_why(page: Any, screen_url: str, script: Script) -> None:
    detail = open_detail(page, screen_url)
    detail.locator("[data-command=shelve]").click()
    detail.locator(".ask .primary").click()
    assert script.commands == [], "who and why are needed"
    detail.locator("[name=hours]").select_option("4")
    detail.locator("[name=text]").fill("Chờ nước rút")
    detail.locator("[name=actor]").fill("Ca trực 1")
    detail.locator(".ask .primary").click()
    expect(detail.locator(".told")).to_be_visible()
    assert script.commands == [(FIRST, "shelve", {"text": "Chờ nước rút", "actor": "Ca trực 1", "until": at(240)})]
    script.details[FIRST] = {"commands": ["unshelve"], "history": [history_entry(script)]}
    script.upsert(id=FIRST, shelved_until=at(240), shelved_by="Ca trực 1")
    expect(detail.locator(".facts")).to_contain_text("đến 18:30 · Ca trực 1")
    detail.locator("[data-command=unshelve]").click()
    expect(detail.locator(".told")).to_contain_text("Bỏ gác")
    assert script.commands[-1] == (FIRST, "unshelve", {})


def test_what_is_urgent_is_lowered_only_with_a_reason(page: Any, screen_url: str, script: Script) -> None:
    script.rows[FIRST] |= {"priority": "urgent", "severity": "critical"}
    detail = open_detail(page, screen_url)
    detail.locator("[data-command=update]").click()
    detail.locator("[name=priority]").select_option("normal")
    detail.locator(".ask .primary").click()
    assert script.commands == []
    detail.locator("[name=text]").fill("Đã an toàn")
    detail.locator("[name=actor]").fill("Ca trực 1")
    detail.locator(".ask .primary").click()
    expect(detail.locator(".told")).to_be_visible()
    assert script.commands == [(FIRST, "update", {"text": "Đã an toàn", "actor": "Ca trực 1", "priority": "normal"})]


def test_an_urgent_incident_is_told_on_every_view_with_the_way_to_the_war_room(
    page: Any, screen_url: str, script: Script
) -> None:
    script.war_room = "https://meet.example/phong-hop"
    open_screen(page, screen_url)
    expect(page.locator(".emergency")).to_have_count(0)
    script.upsert(id=THIRD, priority="urgent", severity="critical", title="Người mắc kẹt")
    sign = page.locator(".emergency")
    expect(sign).to_contain_text("KHẨN: 1 sự việc đang mở")
    expect(sign).to_contain_text("Người mắc kẹt · Phường Phú Xuân")
    expect(sign.locator("a")).to_have_count(0)
    sign.locator("[data-command=war-room]").click()
    expect(sign.locator("a")).to_have_attribute("href", "https://meet.example/phong-hop")
    page.keyboard.press("4")
    expect(sign).to_be_visible()
    sign.locator(".first").click()
    expect(page.locator(".detail header code")).to_have_text(THIRD)
    script.upsert(id=THIRD, state="resolved", closed_at=at(0))
    expect(sign).to_have_count(0)


def test_evidence_is_linked_and_shown_with_its_checksum(page: Any, screen_url: str, script: Script) -> None:
    photo = {"url": "https://files.example/a.jpg", "sha256": "0f" * 32, "media_type": "image/jpeg", "public": True}
    photo |= {"caption": "Cây đổ", "time": at(-60), "type": "vn.ioc.incident.reported.v1", "actor": None}
    odd = photo | {"url": "javascript:alert(1)", "caption": "Lạ"}
    script.details[FIRST] = {"evidence": [photo, odd]}
    detail = open_detail(page, screen_url)
    attachment = detail.locator(".attached").first
    for words in ("Cây đổ", "image/jpeg", "SHA-256 " + "0f" * 32):
        expect(attachment).to_contain_text(words)
    expect(attachment.locator("a")).to_have_attribute("rel", "noopener noreferrer")
    expect(detail.locator(".attached").nth(1).locator("a")).to_have_count(0)


def test_the_detail_tells_who_was_told_and_who_was_not_and_why(page: Any, screen_url: str, script: Script) -> None:
    sent = {"id": "ntf_1", "incident": FIRST, "occasion": "escalated", "unit": "so-xay-dung", "channel": "message"}
    sent |= {"urgent": False, "status": "sent", "reason": None, "at": at(-3), "level": 2, "until": None}
    withheld = sent | {"id": "ntf_2", "occasion": "warned", "status": "suppressed", "reason": "maintenance", "level": 0}
    script.notifications[FIRST] = [sent, withheld]
    detail = open_detail(page, screen_url)
    expect(detail.locator("[data-notice=ntf_1]")).to_contain_text("Sở Xây dựng · tin nhắn")
    expect(detail.locator("[data-notice=ntf_1]")).to_contain_text("báo cấp 2")
    expect(detail.locator("[data-notice=ntf_2]")).to_contain_text("không gửi: đang bảo trì")


STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"


def test_the_reporter_is_shown_on_request_alone_and_forgotten_with_the_detail(
    page: Any, screen_url: str, script: Script
) -> None:
    script.reporters[FIRST] = {"incident": FIRST, "name": "Nguyễn Văn A", "phone": "0900 000 001", "email": None}
    detail = open_detail(page, screen_url)
    button = detail.locator("[data-command=reporter]")
    expect(button).to_have_text("Người phản ánh (lượt xem được ghi lại)")
    button.click()
    dialog = page.locator(".signin")
    assert script.reporter_lookups == [], "without a token nobody is asked"
    dialog.locator("input").fill("abc.def.ghi")
    dialog.locator(".primary").click()
    assert script.reporter_lookups == []
    button.click()
    expect(detail.locator(".reporter")).to_contain_text("Nguyễn Văn A")
    expect(detail.locator(".reporter")).to_contain_text("0900 000 001")
    assert script.reporter_lookups == [(FIRST, "Bearer abc.def.ghi")]
    assert "abc.def" not in page.evaluate(STORED)
    detail.locator("[data-command=resolve]").click()
    detail.locator(".ask .primary").click()
    expect(detail.locator(".told")).to_be_visible()
    assert script.requests[-1].token == "Bearer abc.def.ghi"
    page.keyboard.press("Escape")
    row(page, FIRST).click()
    expect(button).to_be_visible()
    expect(detail).not_to_contain_text("Nguyễn Văn A")
    assert len(script.reporter_lookups) == 1
    page.locator(".account").click()
    button.click()
    expect(dialog).to_be_visible()


@pytest.mark.parametrize(("status", "words"), [(401, "hãy đăng nhập lại"), (403, "thiếu vai trò cần có")])
def test_without_the_role_a_command_and_a_look_say_what_is_missing(
    page: Any, screen_url: str, script: Script, status: int, words: str
) -> None:
    script.error = (status, {"title": "English", "status": status})
    detail = open_detail(page, screen_url)
    page.locator(".account").click()
    page.keyboard.type("old.token")
    page.keyboard.press("Enter")
    detail.locator("[data-command=resolve]").click()
    detail.locator(".ask .primary").click()
    expect(detail.locator(".commands .told.refused")).to_contain_text(words)
    detail.locator("[data-command=reporter]").click()
    expect(detail.locator(".reporter .refused")).to_contain_text(words)
    expect(page.locator(".signin")).to_have_count(1 if status == 401 else 0)
    page.faults[:] = [fault for fault in page.faults if str(status) not in fault]
