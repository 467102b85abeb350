"""The storm of an afternoon: how strong it is, from 0 to 1, at any moment of its day."""

from ioc.core.times import HOUR, MINUTE, Millis

BREAKS: Millis = 14 * HOUR
HEIGHT: Millis = 15 * HOUR + 30 * MINUTE
PASSES: Millis = 19 * HOUR


def storm(since_midnight: Millis) -> float:
    """Return its strength at a time of the day (ms from midnight): it breaks fast, and passes slowly."""
    if BREAKS < since_midnight <= HEIGHT:
        return (since_midnight - BREAKS) / (HEIGHT - BREAKS)
    if HEIGHT < since_midnight < PASSES:
        return (PASSES - since_midnight) / (PASSES - HEIGHT)
    return 0.0
