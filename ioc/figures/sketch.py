"""A sketch of durations: counts in logarithmic buckets, so that any quantile is known to within 1 %.

Counts are integers: adding is commutative, can be undone, and gives the same bytes on every replay.
The bucket scheme is that of DDSketch (Masson, Rim and Lee, VLDB 2019).
"""

from math import ceil, log
from typing import TypeVar

from msgspec import Struct, field

ERROR = 0.01
_GAMMA = (1 + ERROR) / (1 - ERROR)
_PER_LOG = 1 / log(_GAMMA)


Key = TypeVar("Key", bound=int | str)


def summed(one: dict[Key, int], other: dict[Key, int]) -> dict[Key, int]:
    """Return the sums by key, without those that are 0, in the order of their keys: however it came about."""
    sums, grown = one.copy(), False
    for key, n in other.items():
        grown = grown or key not in sums
        total = sums.get(key, 0) + n
        if total:
            sums[key] = total
        else:
            sums.pop(key, None)
    return dict(sorted(sums.items())) if grown else sums


class Sketch(Struct, omit_defaults=True):
    """Durations in ms: how many, their sum, how many were zero, and how many fell in each bucket."""

    count: int = 0
    total: int = 0
    zeros: int = 0
    buckets: dict[int, int] = field(default_factory=dict)

    def add(self, value: int, n: int = 1) -> None:
        """Add a duration n times; a negative n takes it back."""
        self.count += n
        self.total += n * max(0, value)
        if value <= 0:
            self.zeros += n
        else:
            self._bump(ceil(log(value) * _PER_LOG), n)

    def _bump(self, bucket: int, n: int) -> None:
        count = self.buckets.get(bucket, 0) + n
        if count:
            self.buckets[bucket] = count
        else:
            self.buckets.pop(bucket, None)

    def merge(self, other: "Sketch", sign: int = 1) -> None:
        """Add all of another sketch, or with sign -1 take it out again."""
        self.count += sign * other.count
        self.total += sign * other.total
        self.zeros += sign * other.zeros
        for bucket, n in other.buckets.items():
            self._bump(bucket, sign * n)

    def plus(self, other: "Sketch") -> "Sketch":
        """Return the sum of both."""
        sums = (self.count + other.count, self.total + other.total, self.zeros + other.zeros)
        return Sketch(*sums, summed(self.buckets, other.buckets))

    def copy(self) -> "Sketch":
        """Return a copy that can be changed without touching this one."""
        return Sketch(self.count, self.total, self.zeros, dict(self.buckets))

    @property
    def empty(self) -> bool:
        """True when everything that was added has been taken back."""
        return not (self.count or self.total or self.buckets)

    @property
    def mean(self) -> float | None:
        """The exact mean in ms; None of nothing."""
        return self.total / self.count if self.count else None

    def quantile(self, q: float) -> float | None:
        """Return the q-quantile (0 to 1) in ms, at most 1 % off the value of that rank; None of nothing."""
        if not self.count:
            return None
        left = q * (self.count - 1) - self.zeros
        if left < 0:
            return 0.0
        for bucket in sorted(self.buckets):
            left -= self.buckets[bucket]
            if left < 0:
                return 2 * _GAMMA**bucket / (_GAMMA + 1)
        return 2 * _GAMMA ** max(self.buckets) / (_GAMMA + 1) if self.buckets else 0.0
