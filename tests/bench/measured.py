"""What a benchmark returns: figures, each with what was on while it was taken and the bar it has to meet."""

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

# The share of what the machine allows that is to be reached where it does not allow the bar.
_NEAR = 0.9


class Measured(Struct, frozen=True, omit_defaults=True):
    """One figure: `what` was measured (a row of the table), and which `figure` of it (a column).

    `on` names the guarantees and rules that were on, once a row. A row that could not be measured has a value of None
    and the reason in `on`. `allowed` is the same figure of programs that share nothing, taken in the same run: what the
    machine itself allows. It is given for a bar alone that is asked for "where the cores allow".
    """

    what: str
    figure: str
    value: float | None
    unit: str = ""
    on: str = ""
    at_least: float | None = None
    at_most: float | None = None
    allowed: float | None = None

    @property
    def has_bar(self) -> bool:
        """True when there is a bar it has to meet."""
        return self.at_least is not None or self.at_most is not None

    @property
    def meets_bar(self) -> bool:
        """True when it was measured and is on the right side of its bar."""
        if self.value is None:
            return False
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    @property
    def bar_applies(self) -> bool:
        """False when the machine itself does not reach the bar, so that nobody could."""
        return self.allowed is None or self.at_least is None or self.allowed >= self.at_least

    @property
    def reaches_allowed(self) -> bool:
        """True when it comes near what the machine allows: nobody is excused for less."""
        return self.value is not None and self.allowed is not None and self.value >= _NEAR * self.allowed


Benchmark = Callable[[str, Path], list[Measured]]


def skipped(what: str, figure: str, why: str) -> Measured:
    """Return the row of what could not be measured here."""
    return Measured(what, figure, None, on=f"skipped: {why}")


def scale() -> float:
    """Return the share of their full size at which benchmarks run, from BENCH_SCALE: less than 1 is a rehearsal."""
    return float(os.environ.get("BENCH_SCALE", "1"))


def scaled(count: int) -> int:
    """Return how many of something there are in this run."""
    return max(1, round(count * scale()))
