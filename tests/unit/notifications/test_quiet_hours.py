"""When quiet hours end, in the city's own time."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from ioc.catalogue.channel import Channel, ChannelKind, QuietHours
from ioc.core.times import parse_instant
from ioc.notifications.quiet_hours import quiet_hours_end
from tests.unit.samples import at

HUE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = QuietHours(time(22), time(6))
NOON = QuietHours(time(11, 30), time(13))


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        ((), "2026-04-14 23:00", None),
        ((NIGHT,), "2026-04-14 21:59", None),
        ((NIGHT,), "2026-04-14 22:00", "2026-04-15 06:00"),
        ((NIGHT,), "2026-04-15 05:59", "2026-04-15 06:00"),
        ((NIGHT,), "2026-04-15 06:00", None),
        ((NIGHT, NOON), "2026-04-15 12:00", "2026-04-15 13:00"),
        ((NIGHT, QuietHours(time(6), time(7))), "2026-04-14 23:00", "2026-04-15 07:00"),
        ((NIGHT, QuietHours(time(20), time(22))), "2026-04-14 21:00", "2026-04-15 06:00"),
        ((QuietHours(time(0), time(12)), QuietHours(time(12), time(0))), "2026-04-14 21:00", "2026-04-15 12:00"),
    ],
)
def test_the_end_of_quiet_hours(quiet: tuple[QuietHours, ...], now: str, until: str | None) -> None:
    channel = Channel("message", ChannelKind.APPRISE, quiet=quiet)
    assert quiet_hours_end(channel, at(now), HUE) == (None if until is None else at(until))


def test_quiet_hours_end_by_the_clock_also_on_the_night_it_is_changed() -> None:
    channel, berlin = Channel("message", ChannelKind.APPRISE, quiet=(NIGHT,)), ZoneInfo("Europe/Berlin")
    assert quiet_hours_end(channel, parse_instant("2026-03-28T22:00:00Z"), berlin) == parse_instant(
        "2026-03-29T04:00:00Z"
    )
