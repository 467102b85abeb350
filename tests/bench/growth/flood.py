"""A flood, second by second: how far workers fall behind, when one is killed in it, too, and how soon they catch up.

Every key has the partition that Kafka's clients give it, so partitions are as uneven as they will be. Deterministic.
"""

from collections.abc import Sequence

from msgspec import Struct

from ioc.core.partitioner import partition_of


class Flood(Struct, frozen=True):
    """A load that rises to `peak` events a second within `rise` seconds, stays for `height`, falls as fast."""

    peak: float
    calm: float
    rise: int = 600
    height: int = 600

    @property
    def length(self) -> int:
        """How many seconds it lasts."""
        return 2 * self.rise + self.height

    def rate(self, second: int) -> float:
        """Return the events a second at a second of it; calm afterwards."""
        edge = min(second, self.length - second) / self.rise
        return self.calm + max(0.0, min(1.0, edge)) * (self.peak - self.calm)


class FloodedCentre(Struct, frozen=True):
    """Workers that share partitions, each folding `speed` events a second.

    One is killed at `killed` (s): its partitions stand still for `silent` seconds, then others have them.
    """

    partitions: int
    workers: int
    speed: float
    killed: int | None = None
    silent: int = 0


class Behind(Struct, frozen=True):
    """How late the latest event was folded (s), and how long after the flood or the kill nothing waited any more."""

    worst: float
    over: int


def play(flood: Flood, centre: FloodedCentre, incidents: int = 20_000) -> Behind:
    """Return how far the centre falls behind."""
    shares = _shares(centre.partitions, incidents)
    waiting, worst = [0.0] * centre.partitions, 0.0
    second, quiet = 0, 0
    while second < flood.length or quiet == second - 1:
        if second in (0, centre.killed, (centre.killed or 0) + centre.silent):
            owned = _owned(centre, second)
        rate = flood.rate(second)
        waiting = [one + rate * share for one, share in zip(waiting, shares, strict=True)]
        worst = max(worst, *(_late(one, share, rate) for one, share in zip(waiting, shares, strict=True)))
        _fold(waiting, owned, centre.speed)
        second += 1
        if second > flood.length * _GIVE_UP:
            return Behind(float("inf"), second)
        if max(waiting) > _ALMOST:
            quiet = second - 1
    return Behind(worst, max(0, quiet - (centre.killed or flood.rise + flood.height)))


_ALMOST, _GIVE_UP = 1e-6, 20


def _shares(partitions: int, incidents: int) -> Sequence[float]:
    """Return the share of all events that each partition has, as incidents fall on them."""
    counts = [0] * partitions
    for number in range(incidents):
        counts[partition_of(b"field-reports:PA-%06d" % number, partitions)] += 1
    return [count / incidents for count in counts]


def _owner(partition: int, centre: FloodedCentre, second: int) -> int | None:
    """Return the worker that folds a partition at a second; None while it is nobody's."""
    first = partition % centre.workers
    if first or centre.killed is None or second < centre.killed:
        return first
    if second < centre.killed + centre.silent:
        return None
    return 1 + partition // centre.workers % (centre.workers - 1)


def _late(waiting: float, share: float, rate: float) -> float:
    """Return how long ago the oldest that waits came, at the rate that they come at."""
    return waiting / (share * rate) - 1 if share and rate else 0.0


def _owned(centre: FloodedCentre, second: int) -> Sequence[Sequence[int]]:
    """Return the partitions of each worker at a second."""
    owned: list[list[int]] = [[] for _ in range(centre.workers)]
    for number in range(centre.partitions):
        owner = _owner(number, centre, second)
        if owner is not None:
            owned[owner].append(number)
    return owned


def _fold(waiting: list[float], owned: Sequence[Sequence[int]], speed: float) -> None:
    """Let every worker fold for a second: each partition as much as the others, and what one leaves the others have."""
    for numbers in owned:
        own = sorted((waiting[number], number) for number in numbers)
        left = speed
        for place, (size, number) in enumerate(own):
            done = min(size, left / (len(own) - place))
            waiting[number] -= done
            left -= done
