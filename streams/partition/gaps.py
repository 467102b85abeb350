"""Gaps: offsets up to the end of a partition that no record holds."""

import time
from collections.abc import Awaitable, Callable

# Seconds; a record that can be folded is folded long before.
STANDSTILL = 1.0

HasRecords = Callable[[int, int], Awaitable[bool]]


class GapDetector:
    """Finds out whether any record is still to be folded between a position and an end.

    The markers and the aborted records of a producer's transactions take up offsets, though they are no records. The
    log is asked for them only when the fold has stood still for a while before an end that stood still, too.
    `has_records` answers for the offsets from the first up to, not including, the second.
    """

    def __init__(self, has_records: HasRecords) -> None:
        self._has_records = has_records
        self._range, self._checked_at = (0, 0), 0.0
        self._gap = (0, 0)

    async def is_caught_up(self, position: int, end: int) -> bool:
        """True when no record from the position up to the end is still to be folded."""
        if position >= end or self._gap == (position, end):
            return True
        if (position, end) != self._range:
            self._range, self._checked_at = (position, end), time.monotonic()
        if time.monotonic() - self._checked_at < STANDSTILL:
            return False
        self._checked_at = time.monotonic()
        if await self._has_records(position, end):
            return False
        self._gap = (position, end)
        return True

    def record_end(self, position: int, end: int) -> int:
        """Return where the records that are still to be folded end: at the position, when only a gap follows."""
        return position if self._gap == (position, end) else end
