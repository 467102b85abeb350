"""What people are told, in Vietnamese: a line a notification, a text a message; short, and nothing of persons."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, to_datetime
from ioc.incident.summary import Summary
from ioc.notifications.notification import Notification, Occasion

LONGEST_TITLE = 120
# Numbers of telephones and of papers, and addresses of e-mail: a citizen's title may hold some, a message does not.
_PERSONAL = re.compile(r"\S+@\S+|\+?\d(?:[ .\-]?\d){7,}")
_TARGETS: Mapping[TargetName, str] = {
    TargetName.ACKNOWLEDGE: "tiếp nhận",
    TargetName.ASSIGN: "phân công",
    TargetName.FIRST_RESPONSE: "phản hồi đầu tiên",
    TargetName.RESOLVE: "xử lý",
}


class Links(Struct, frozen=True):
    """Where people can go: the screen of the centre, and the war room of an emergency; empty where there is none."""

    screen: str = ""
    war_room: str = ""

    def incident(self, id: str) -> str:
        """Return the address of an incident on the screen."""
        return f"{self.screen.rstrip('/')}/?incident={quote(id, safe=':')}" if self.screen else ""


class Item(NamedTuple):
    """One matter a message tells of, and the units it is told to."""

    first: Notification
    units: tuple[str, ...]
    line: str
    link: str


class Message(NamedTuple):
    """What is sent through a channel at once. `id` stays the same however often it is sent."""

    id: str
    channel: str
    urgent: bool
    title: str
    text: str
    items: tuple[Item, ...]


class Wording:
    """Words a message. `summary_of` tells how an incident stands now, None when that is not known."""

    def __init__(self, catalogue: Catalogue, links: Links, summary_of: Callable[[str], Summary | None]) -> None:
        self._catalogue = catalogue
        self._links = links
        self._summary_of = summary_of
        self._zone = ZoneInfo(catalogue.zone)

    def message(self, id: str, members: Sequence[Notification]) -> Message:
        """Return the message that tells all of its members."""
        groups = [list(group) for _, group in groupby(members, key=lambda one: one.cause)]
        items = tuple(self._item(group) for group in groups)
        urgent = any(one.urgent for one in members)
        head = items[0].line if len(items) == 1 else f"{len(items)} thông báo"
        title = f"[KHẨN] {head}" if urgent else head
        return Message(id, members[0].channel, urgent, title, "\n".join(self._lines(items, urgent)), items)

    def _item(self, group: Sequence[Notification]) -> Item:
        one = group[0]
        units = tuple(dict.fromkeys(each.unit for each in group))
        return Item(one, units, self._line(one), self._links.incident(one.incident))

    def _lines(self, items: Sequence[Item], urgent: bool) -> list[str]:
        lines: list[str] = []
        for item in items:
            mark = "- " if len(items) > 1 else ""
            lines += [f"{mark}{item.line}", f"Gửi: {', '.join(self._unit(unit) for unit in item.units)}"]
            lines += [item.link] if item.link else []
        if urgent and self._links.war_room:
            lines.append(f"Phòng họp khẩn: {self._links.war_room}")
        return lines

    def _line(self, one: Notification) -> str:
        return f"{self._what(one)}: {self._matter(one.incident)}"

    def _what(self, one: Notification) -> str:
        target = _TARGETS[one.target] if one.target is not None else ""
        due = f", hạn {moment(one.due, self._zone)}" if one.due is not None else ""
        match one.occasion:
            case Occasion.WARNED if one.about:
                return f"Sắp đến hạn thực hiện chỉ đạo{due}"
            case Occasion.WARNED:
                return f"Sắp đến hạn {target}{due}"
            case Occasion.NOT_DONE:
                return f"Chỉ đạo quá hạn, {self._unit(one.about or '')} chưa xong{due}"
            case Occasion.ESCALATED if one.about:
                return f"Chỉ đạo quá hạn, {self._unit(one.about)} chưa xong, báo cấp {one.level}{due}"
            case Occasion.ESCALATED if target:
                return f"Quá hạn {target}, báo cấp {one.level}{due}"
            case Occasion.ESCALATED:
                return f"Báo cấp {one.level}"
            case Occasion.DIRECTED:
                return f"Chỉ đạo phải thực hiện{due}"
            case Occasion.URGENT:
                return "Sự việc khẩn"
            case Occasion.LOWERED:
                return "Không còn khẩn"
            case Occasion.RETURNED:
                return "Hết thời gian gác lại, vẫn chưa xong"
            case Occasion.STILL_OPEN:
                return "Bảo trì đã kết thúc, vẫn chưa xong"

    def _matter(self, id: str) -> str:
        """Return what an incident is called and where it is; its id alone while nothing is known of it."""
        one = self._summary_of(id)
        if one is None:
            return id
        ward = self._catalogue.wards.get(one.ward or "")
        title = without_persons(one.title or self._category(one))
        return " ".join(part for part in (title, f"({ward.name})" if ward is not None else "", f"[{id}]") if part)

    def _category(self, one: Summary) -> str:
        named = self._catalogue.category_of(one.service, one.category) or self._catalogue.services.get(one.service)
        return named.name_vi if named is not None else ""

    def _unit(self, code: str) -> str:
        unit = self._catalogue.units.get(code)
        return unit.name if unit is not None else code


def without_persons(title: str) -> str:
    """Return a title on one line, not too long, without what looks like a number or an address of a person."""
    line = _PERSONAL.sub("…", " ".join(title.split()))
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"


def moment(at: Instant, zone: tzinfo) -> str:
    """Return a moment as people in the city read it, such as 09:00 17/04."""
    return to_datetime(at).astimezone(zone).strftime("%H:%M %d/%m")
