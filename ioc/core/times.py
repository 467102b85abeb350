"""Time in the domain: integer milliseconds since the Unix epoch, UTC. Aware datetimes exist only at the edges."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

Instant = int
"""A point in time: ms since 1970-01-01T00:00:00Z."""

Millis = int
"""A duration in ms."""

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# Other years come from fields that were never set (year 1), or mean "never" (year 9999).
YEARS = range(1970, 2100)
LAST_MOMENT: Instant = 4_102_444_800_000  # 2100-01-01T00:00:00Z
TIME_OUT_OF_RANGE = f"must lie from {YEARS[0]} to {YEARS[-1]}"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def is_plausible_moment(moment: datetime) -> bool:
    """True of a moment within the years the product reckons with."""
    return moment.year in YEARS


def is_plausible_instant(at: Instant) -> bool:
    """True of an instant within the years the product reckons with."""
    return 0 <= at < LAST_MOMENT


def to_instant(moment: datetime) -> Instant:
    """Return an aware datetime as an instant, to the nearest ms; ValueError when it has no zone: none is guessed."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return round(moment.timestamp() * 1000)


def to_datetime(instant: Instant) -> datetime:
    """Return an instant as a datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=instant)


def parse_instant(text: str) -> Instant:
    """Return the instant of a text in RFC 3339; ValueError when it is malformed or has no zone."""
    return to_instant(datetime.fromisoformat(text))


def to_rfc3339(instant: Instant) -> str:
    """Return an instant as RFC 3339 in UTC with ms, such as 2024-04-16T09:30:00.000Z."""
    day, ms = divmod(instant, DAY)
    minute, ms = divmod(ms, MINUTE)
    return f"{_date(day)}T{_MINUTES[minute]}:{ms // SECOND:02}.{ms % SECOND:03}Z"


@lru_cache(4096)
def _date(day: int) -> str:
    """Return the date of a day since the epoch. The cache suffices: times that are written lie within few years."""
    return to_datetime(day * DAY).date().isoformat()


# The minutes of a day, as text.
_MINUTES = tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in range(DAY // MINUTE))


def parse_duration(text: str) -> Millis:
    """Return the ms of a duration such as 90s, 30m, 1h30m or 2d; ValueError for any other text."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not text.strip():
        raise ValueError("a duration looks like 30m, 8h, 1h30m or 2d")
    days, hours, minutes, seconds = (int(digits or 0) for digits in match.groups())
    return days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND


# How far a producer's clock may run ahead of the broker's before its events are refused.
FUTURE_TOLERANCE = 10 * MINUTE
