"""When the quiet hours of a channel end."""

from datetime import datetime, timedelta, tzinfo

from ioc.catalogue.channel import Channel, QuietHours
from ioc.core.times import Instant, to_datetime, to_instant


def quiet_hours_end(channel: Channel, now: Instant, zone: tzinfo) -> Instant | None:
    """Return when the quiet hours that hold `now` end (ms), with those that follow without a gap; None outside them."""
    local = to_datetime(now).astimezone(zone)
    end = local
    for _ in channel.quiet:
        hours = next((hours for hours in channel.quiet if hours.holds(end.time())), None)
        if hours is None or end - local >= timedelta(days=1):
            break
        end = _end(hours, end, zone)
    return None if end == local else to_instant(end)


def _end(hours: QuietHours, at: datetime, zone: tzinfo) -> datetime:
    day = at.date() if at.time() < hours.end else at.date() + timedelta(days=1)
    return datetime.combine(day, hours.end, zone)
