"""Parsers of durations, dates and hours in a catalogue. Each raises ValueError with a message for the text's author."""

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
    """Return the ms of a duration longer than nothing."""
    millis = duration(text)
    if millis == 0:
        raise ValueError("must be more than nothing")
    return millis


def repeat_time(text: str) -> Millis:
    """Return the ms between repeats: a minute at least, so that nobody is flooded with messages."""
    millis = duration(text)
    if millis < MINUTE:
        raise ValueError("must be a minute at least")
    return millis


def day(text: str) -> date:
    """Return a date such as 2026-01-02, of a year from which there can be events."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        parsed = date.min
    if parsed.isoformat() != text:  # other formats of ISO 8601, such as 20260102, are not accepted
        raise ValueError(f"'{text}' is not a day such as 2026-01-02")
    if not 1970 <= parsed.year < _LAST_YEAR:
        raise ValueError(f"{text} is not a day from 1970 to {_LAST_YEAR - 1}")
    return parsed


def hours(text: str) -> tuple[time, time]:
    """Return the start and the end of hours such as 07:30-11:30."""
    match = _FRAME.fullmatch(text)
    try:
        if match is not None:
            return time.fromisoformat(match[1]), time.fromisoformat(match[2])
    except ValueError:
        pass
    raise ValueError(f"'{text}' is not hours such as 07:30-11:30")
