"""What people read: in Vietnamese, short, with a way to the screen, and without anything of persons."""

from typing import Any

import pytest
from msgspec.structs import replace

from ioc.core.scalars import TargetName
from ioc.incident.lifecycle import State
from ioc.incident.summary import Summary
from ioc.notifications.messages import LONGEST_TITLE, ChannelMessage, Links, MessageComposer, redact
from ioc.notifications.notification import Notification, NotificationStatus, Occasion, notification_id
from ioc.notifications.outcomes import bundle
from tests.unit.samples import CITY, at

NOW = at("2026-04-14 09:00")
ONE = Summary("field-reports:1", State.REPORTED, "field-reports", title="Cây đổ chắn đường", ward="19753", unit="hepco")
LINKS = Links("https://screen.example/", "https://meet.example/khan")


def notification(cause: str = "c", unit: str = "hepco", **more: Any) -> Notification:
    made = {"occasion": Occasion.WARNED, "target": TargetName.RESOLVE, "due": at("2026-04-14 16:00"), **more}
    key = notification_id(cause, unit, "message")
    return Notification(
        key, cause, made.pop("occasion"), ONE.id, unit, "message", NotificationStatus.WAITING, NOW, NOW, NOW, **made
    )


def message(*members: Notification, one: Summary | None = ONE, links: Links = LINKS) -> ChannelMessage:
    return MessageComposer(CITY, links, lambda _: one).compose("msg_1", list(bundle(members, NOW)))


def test_a_warning_says_what_is_due_by_when_where_to_whom_and_where_to_look() -> None:
    sent = message(notification())
    assert sent.title == "Sắp đến hạn xử lý, hạn 16:00 14/04: Cây đổ chắn đường (Phường Phú Xuân) [field-reports:1]"
    assert sent.text.splitlines() == [
        sent.title,
        "Gửi: Công ty Môi trường và Công trình đô thị Huế",
        "https://screen.example/?incident=field-reports:1",
    ]
    assert not sent.urgent


def test_what_is_urgent_says_so_first_and_names_the_war_room() -> None:
    sent = message(notification(occasion=Occasion.URGENT, urgent=True, target=None, due=None))
    assert sent.title.startswith("[KHẨN] Sự việc khẩn: Cây đổ")
    assert sent.text.splitlines()[-1] == "Phòng họp khẩn: https://meet.example/khan"
    assert "Phòng họp" not in message(notification(urgent=True), links=Links()).text


def test_units_told_together_are_named_together_and_matters_one_by_one() -> None:
    sent = message(
        notification(), notification(unit="csgt"), notification("d", occasion=Occasion.DIRECTED, target=None)
    )
    assert sent.title == "2 thông báo"
    assert [item.units for item in sent.items] == [("hepco", "csgt"), ("hepco",)]
    assert sent.text.count("\n- ") == 1
    assert "Phòng Cảnh sát giao thông" in sent.text


def test_who_gave_a_directive_and_those_above_hear_which_unit_is_not_done() -> None:
    sent = message(notification(occasion=Occasion.NOT_DONE, target=None, about="csgt"))
    assert sent.title.startswith("Chỉ đạo quá hạn, Phòng Cảnh sát giao thông chưa xong, hạn 16:00 14/04: Cây đổ")
    higher = message(notification(occasion=Occasion.ESCALATED, target=None, about="csgt", level=2)).title
    assert "Phòng Cảnh sát giao thông chưa xong, báo cấp 2" in higher
    assert message(notification(target=None, about="hepco")).title.startswith("Sắp đến hạn thực hiện chỉ đạo, hạn")


@pytest.mark.parametrize("occasion", Occasion)
@pytest.mark.parametrize("target", [None, *TargetName])
def test_every_occasion_has_its_words(occasion: Occasion, target: TargetName | None) -> None:
    words = message(notification(occasion=occasion, target=target, level=2)).title
    assert words.endswith("[field-reports:1]")
    assert "None" not in words


def test_a_matter_without_a_title_is_called_by_its_category_and_an_unknown_one_by_its_id() -> None:
    category = CITY.services["field-reports"].categories[0]
    assert category.name_vi in message(notification(), one=replace(ONE, title=None, category=category.code)).title
    assert message(notification(), one=None).title.endswith(": field-reports:1")


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Gọi cho tôi: 0912 345 678", "Gọi cho tôi: …"),
        ("CCCD 046.090.001.234 mất", "CCCD … mất"),
        ("+84 912-345-678", "…"),
        ("gửi về nguyen.van.a@example.vn gấp", "gửi về … gấp"),
        ("Ngập 50 cm ở 12 Lê Lợi\ntừ 27/10", "Ngập 50 cm ở 12 Lê Lợi từ 27/10"),
        ("x" * 500, "x" * (LONGEST_TITLE - 1) + "…"),
    ],
)
def test_what_looks_like_a_persons_is_left_out_of_a_title(title: str, left: str) -> None:
    assert redact(title) == left
