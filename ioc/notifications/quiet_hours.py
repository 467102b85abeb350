"""When the quiet hours of a channel end."""

from datetime import datetime, timedelta, tzinfo

from ioc.catalogue.channel import Channel, QuietHours
from ioc.core.times import Instant, to_datetime, to_instant


def quiet_until(channel: Channel, now: Instant, zone: tzinfo) -> Instant | None:
    """Return the end of the quiet hours a moment lies in, of those that follow each other the last; None in none."""
    local = to_datetime(now).astimezone(zone)
    until = local
    for _ in channel.quiet:
        hours = next((hours for hours in channel.quiet if hours.holds(until.time())), None)
        if hours is None or until - local >= timedelta(days=1):
            break
        until = _end(hours, until, zone)
    return None if until == local else to_instant(until)


def _end(hours: QuietHours, at: datetime, zone: tzinfo) -> datetime:
    day = at.date() if at.time() < hours.end else at.date() + timedelta(days=1)
    return datetime.combine(day, hours.end, zone)
