"""A sketch of durations: counts in logarithmic buckets, which give any quantile to within 1 %.

Counts are integers: adding is commutative, can be undone, and gives the same bytes on every replay.
The bucket scheme is that of DDSketch (Masson, Rim and Lee, VLDB 2019).
"""

from math import ceil, log

from msgspec import Struct, field

from ioc.figures.counts import in_order, tally, tally_all

ERROR = 0.01
_GAMMA = (1 + ERROR) / (1 - ERROR)
_PER_LOG = 1 / log(_GAMMA)


class Sketch(Struct, omit_defaults=True, gc=False):
    """Durations in ms: how many, their sum, how many were zero, and how many fell in each bucket."""

    count: int = 0
    total: int = 0
    zeros: int = 0
    buckets: dict[int, int] = field(default_factory=dict)

    def add(self, value: int, n: int = 1) -> None:
        """Add a duration n times; a negative n subtracts it."""
        self.count += n
        if value <= 0:
            self.zeros += n
        else:
            self.total += n * value
            tally(self.buckets, ceil(log(value) * _PER_LOG), n)

    def merge(self, other: "Sketch", sign: int = 1) -> None:
        """Add all of another sketch, or subtract it with sign -1."""
        self.count += sign * other.count
        self.total += sign * other.total
        self.zeros += sign * other.zeros
        tally_all(self.buckets, other.buckets, sign)

    def in_order(self) -> "Sketch":
        """Return the same with sorted buckets, so that its bytes do not depend on the order of the additions."""
        buckets = in_order(self.buckets)
        return self if buckets is self.buckets else Sketch(self.count, self.total, self.zeros, buckets)

    def copy(self) -> "Sketch":
        """Return a copy that can be changed without touching this one."""
        return Sketch(self.count, self.total, self.zeros, dict(self.buckets))

    @property
    def empty(self) -> bool:
        """True when everything that was added has been subtracted again."""
        return not (self.count or self.total or self.buckets)

    @property
    def mean(self) -> float | None:
        """The exact mean in ms; None of nothing."""
        return self.total / self.count if self.count else None

    def quantile(self, q: float) -> float | None:
        """Return the q-quantile (0 to 1) in ms, at most 1 % off the value of that rank; None of nothing."""
        if not self.count:
            return None
        rank = q * (self.count - 1) - self.zeros
        if rank < 0:
            return 0.0
        for bucket in sorted(self.buckets):
            rank -= self.buckets[bucket]
            if rank < 0:
                return 2 * _GAMMA**bucket / (_GAMMA + 1)
        return 2 * _GAMMA ** max(self.buckets) / (_GAMMA + 1) if self.buckets else 0.0
