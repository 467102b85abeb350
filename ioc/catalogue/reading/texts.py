"""The texts in a catalogue that stand for time. Each function raises ValueError, in words for who wrote the text."""

import re
from datetime import date, time

from ioc.core.times import DAY, LAST_MOMENT, MINUTE, Millis, parse_duration, to_datetime

LONGEST = 3653 * DAY
_FRAME = re.compile(r"([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})")
_LAST_YEAR = to_datetime(LAST_MOMENT).year


def duration(text: str) -> Millis:
    """Return the ms of a duration such as 1h30m, ten years at most."""
    millis = parse_duration(text)
    if millis > LONGEST:
        raise ValueError("longer than ten years")
    return millis


def some_time(text: str) -> Millis:
    """Return the ms of a duration that is not nothing."""
    millis = duration(text)
    if millis == 0:
        raise ValueError("must be more than nothing")
    return millis


def repeat_time(text: str) -> Millis:
    """Return the ms between repeats: a minute at least, so that nobody is flooded."""
    millis = duration(text)
    if millis < MINUTE:
        raise ValueError("must be a minute at least")
    return millis


def day(text: str) -> date:
    """Return a date such as 2026-01-02, of a year in which there can be events."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.isoformat() != text:
        raise ValueError(f"'{text}' is not a day such as 2026-01-02")
    if not 1970 <= found.year < _LAST_YEAR:
        raise ValueError(f"{text} is not a day from 1970 to {_LAST_YEAR - 1}")
    return found


def hours(text: str) -> tuple[time, time]:
    """Return the two ends of hours such as 07:30-11:30."""
    match = _FRAME.fullmatch(text)
    try:
        if match is not None:
            return time.fromisoformat(match[1]), time.fromisoformat(match[2])
    except ValueError:
        pass
    raise ValueError(f"'{text}' is not hours such as 07:30-11:30")
