"""The worker's one clock."""

import time

from ioc.core.times import Instant


def now_ms() -> Instant:
    """Return the wall clock in ms since the epoch."""
    return time.time_ns() // 1_000_000
