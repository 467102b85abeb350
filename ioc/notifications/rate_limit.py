"""How many messages a channel bears: a sliding minute, shared by all partitions of a process, the oldest first."""

from collections import deque
from fractions import Fraction
from math import floor

from ioc.core.times import MINUTE, Instant, Millis

Since = tuple[bool, Instant]
"""Sorts what waits: the urgent (False) before the rest, then the older before the younger."""


class RateLimit:
    """Lets `per_minute` messages through in any minute; None for any number.

    A process that owns a part of the partitions takes the same part of the messages: `share` them. Where that is less
    than one a minute, it is one in a longer time.
    """

    def __init__(self, per_minute: int | None) -> None:
        self._per_minute = per_minute
        self._most = per_minute or 0
        self._period: Millis = MINUTE
        self._sent: deque[Instant] = deque()
        self._queue: dict[int, Since] = {}

    def share(self, owned: int, partitions: int) -> None:
        """Take so large a part of the messages as of the partitions."""
        if self._per_minute is None or not owned:
            return
        part = Fraction(self._per_minute * owned, partitions)
        self._most = max(1, floor(part))
        self._period = MINUTE if part >= 1 else floor(MINUTE / part)

    def free(self, now: Instant) -> int | None:
        """Return how many messages may be sent now; None for any number."""
        if self._per_minute is None:
            return None
        while self._sent and self._sent[0] <= now - self._period:
            self._sent.popleft()
        return max(0, self._most - len(self._sent))

    def take(self, at: Instant) -> None:
        """Note that a message is sent. Those of before a restart are noted too, in any order."""
        self._sent.append(at)
        if len(self._sent) > 1 and self._sent[-2] > at:
            self._sent = deque(sorted(self._sent))

    def wait(self, partition: int, since: Since | None, among_others: bool = False) -> None:
        """Note since when the first of a partition waits; None when none does. `among_others` may wait for longer."""
        if since is None:
            self._queue.pop(partition, None)
        elif among_others:
            self._queue[partition] = min(since, self._queue.get(partition, since))
        else:
            self._queue[partition] = since

    def is_turn(self, partition: int, since: Since) -> bool:
        """True when no other partition has waited for longer."""
        return all(since <= other for number, other in self._queue.items() if number != partition)
