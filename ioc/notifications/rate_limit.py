"""The rate limit of a channel: a sliding minute that all partitions of a process share, the longest waiting first."""

from collections import deque
from fractions import Fraction
from math import floor

from ioc.core.times import MINUTE, Instant, Millis

QueuePosition = tuple[bool, Instant]
"""Sorts what waits for a channel: what is urgent (False) first, then by the instant since which it waits (ms)."""


class RateLimit:
    """Allows `per_minute` messages in any minute; None for any number.

    A process that owns a share of the partitions may send the same share of the messages: see `share`. A share of less
    than one a minute becomes one in a longer period.
    """

    def __init__(self, per_minute: int | None) -> None:
        self._per_minute = per_minute
        self._limit = per_minute or 0
        self._period: Millis = MINUTE
        self._sent: deque[Instant] = deque()
        self._queue: dict[int, QueuePosition] = {}

    def share(self, owned: int, partitions: int) -> None:
        """Limit this process to as large a share of the messages as it owns of the partitions."""
        if self._per_minute is None or not owned:
            return
        rate = Fraction(self._per_minute * owned, partitions)
        self._limit = max(1, floor(rate))
        self._period = MINUTE if rate >= 1 else floor(MINUTE / rate)

    def available(self, now: Instant) -> int | None:
        """Return how many messages may be sent now; None for any number."""
        if self._per_minute is None:
            return None
        while self._sent and self._sent[0] <= now - self._period:
            self._sent.popleft()
        return max(0, self._limit - len(self._sent))

    def record_sent(self, at: Instant) -> None:
        """Count a message sent at an instant (ms), in any order: those from before a restart are counted too."""
        self._sent.append(at)
        if len(self._sent) > 1 and self._sent[-2] > at:
            self._sent = deque(sorted(self._sent))

    def set_waiting(self, partition: int, position: QueuePosition | None, among_others: bool = False) -> None:
        """Note what waits first in a partition, None when nothing does; `among_others`, something may wait longer."""
        if position is None:
            self._queue.pop(partition, None)
        elif among_others:
            self._queue[partition] = min(position, self._queue.get(partition, position))
        else:
            self._queue[partition] = position

    def is_next(self, partition: int, position: QueuePosition) -> bool:
        """True when no other partition has waited longer."""
        return all(position <= queued for number, queued in self._queue.items() if number != partition)
