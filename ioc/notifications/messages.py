"""The messages people receive, in Vietnamese: short, a line for each trigger, and without personal data."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from msgspec import Struct

from ioc.catalogue.city import Catalogue
from ioc.core.exhaustive import total
from ioc.core.scalars import TargetName
from ioc.core.times import Instant, to_datetime
from ioc.incident.summary import Summary
from ioc.notifications.notification import Notification, Occasion

LONGEST_TITLE = 120
# E-mail addresses, and numbers of telephones and identity papers: a citizen's title may hold some, no message does.
_PERSONAL = re.compile(r"\S+@\S+|\+?\d(?:[ .\-]?\d){7,}")
_TARGETS: Mapping[TargetName, str] = total(
    {
        TargetName.ACKNOWLEDGE: "tiếp nhận",
        TargetName.ASSIGN: "phân công",
        TargetName.FIRST_RESPONSE: "phản hồi đầu tiên",
        TargetName.RESOLVE: "xử lý",
    },
    TargetName,
)


class Links(Struct, frozen=True):
    """The addresses of the centre's screen and of the war room for emergencies; empty where there is none."""

    screen: str = ""
    war_room: str = ""

    def incident(self, incident_id: str) -> str:
        """Return the address of an incident on the screen."""
        return f"{self.screen.rstrip('/')}/?incident={quote(incident_id, safe=':')}" if self.screen else ""


class MessageItem(NamedTuple):
    """A trigger that a message reports: the notification of its first unit, all its units, its line and its link."""

    notification: Notification
    units: tuple[str, ...]
    line: str
    link: str


class ChannelMessage(NamedTuple):
    """What is sent through a channel at once. Its `id` is the same however often it is sent."""

    id: str
    channel: str
    urgent: bool
    title: str
    text: str
    items: tuple[MessageItem, ...]


class MessageComposer:
    """Composes messages. `summary_of` returns an incident as it is now; None when it is not known."""

    def __init__(self, catalogue: Catalogue, links: Links, summary_of: Callable[[str], Summary | None]) -> None:
        self._catalogue = catalogue
        self._links = links
        self._summary_of = summary_of
        self._zone = ZoneInfo(catalogue.zone)

    def compose(self, message_id: str, members: Sequence[Notification]) -> ChannelMessage:
        """Return the message of its members, one item for each of their causes."""
        groups = [list(group) for _, group in groupby(members, key=lambda member: member.cause)]
        items = tuple(self._item(group) for group in groups)
        urgent = any(member.urgent for member in members)
        head = items[0].line if len(items) == 1 else f"{len(items)} thông báo"
        title = f"[KHẨN] {head}" if urgent else head
        text = "\n".join(self._lines(items, urgent))
        return ChannelMessage(message_id, members[0].channel, urgent, title, text, items)

    def _item(self, group: Sequence[Notification]) -> MessageItem:
        first = group[0]
        units = tuple(dict.fromkeys(member.unit for member in group))
        return MessageItem(first, units, self._line(first), self._links.incident(first.incident))

    def _lines(self, items: Sequence[MessageItem], urgent: bool) -> list[str]:
        lines: list[str] = []
        for item in items:
            bullet = "- " if len(items) > 1 else ""
            lines += [f"{bullet}{item.line}", f"Gửi: {', '.join(self._unit(unit) for unit in item.units)}"]
            lines += [item.link] if item.link else []
        if urgent and self._links.war_room:
            lines.append(f"Phòng họp khẩn: {self._links.war_room}")
        return lines

    def _line(self, notification: Notification) -> str:
        return f"{self._event(notification)}: {self._incident(notification.incident)}"

    def _event(self, notification: Notification) -> str:
        """Return what happened, and by when something is due."""
        target = _TARGETS[notification.target] if notification.target is not None else ""
        due = f", hạn {local_time(notification.due, self._zone)}" if notification.due is not None else ""
        match notification.occasion:
            case Occasion.WARNED if notification.about:
                return f"Sắp đến hạn thực hiện chỉ đạo{due}"
            case Occasion.WARNED:
                return f"Sắp đến hạn {target}{due}"
            case Occasion.NOT_DONE:
                return f"Chỉ đạo quá hạn, {self._unit(notification.about or '')} chưa xong{due}"
            case Occasion.ESCALATED if notification.about:
                return f"Chỉ đạo quá hạn, {self._unit(notification.about)} chưa xong, báo cấp {notification.level}{due}"
            case Occasion.ESCALATED if target:
                return f"Quá hạn {target}, báo cấp {notification.level}{due}"
            case Occasion.ESCALATED:
                return f"Báo cấp {notification.level}"
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

    def _incident(self, incident_id: str) -> str:
        """Return the title and the ward of an incident with its id; the id alone while the incident is not known."""
        summary = self._summary_of(incident_id)
        if summary is None:
            return incident_id
        ward = self._catalogue.wards.get(summary.ward or "")
        title = redact(summary.title or self._category(summary))
        words = (title, f"({ward.name})" if ward is not None else "", f"[{incident_id}]")
        return " ".join(word for word in words if word)

    def _category(self, summary: Summary) -> str:
        service = self._catalogue.services.get(summary.service)
        category = self._catalogue.category_of(summary.service, summary.category) or service
        return category.name_vi if category is not None else ""

    def _unit(self, code: str) -> str:
        unit = self._catalogue.units.get(code)
        return unit.name if unit is not None else code


def redact(title: str) -> str:
    """Return a title on one line, of at most LONGEST_TITLE characters, without what looks like personal data."""
    line = _PERSONAL.sub("…", " ".join(title.split()))
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"


def local_time(at: Instant, zone: tzinfo) -> str:
    """Return an instant as people in the city read it, such as 09:00 17/04."""
    return to_datetime(at).astimezone(zone).strftime("%H:%M %d/%m")
