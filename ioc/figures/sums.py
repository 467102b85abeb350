"""What the figures of a period are computed from: the sum of its windows, and what stood open at its end."""

from collections.abc import Mapping

from msgspec import Struct, field

from ioc.catalogue.service import Baseline
from ioc.catalogue.sla_policy import TimeKind
from ioc.figures.aggregates import Aggregate, Measure, Timing


class BaselineComparison(Struct):
    """Handling times of services with a baseline: how many, their sum, and what it would be by the baselines (ms)."""

    count: int = 0
    actual: int = 0
    baseline: int = 0

    def add_window(self, window: Aggregate, baseline: Baseline) -> None:
        """Add a service's window, in wall or working time, whichever its baseline was measured in."""
        timing = Timing.WORKING if baseline.measured_in is TimeKind.WORKING else Timing.HANDLING
        sketch = window.timings.get(timing)
        if sketch is not None:
            self.count += sketch.count
            self.actual += sketch.total
            self.baseline += sketch.count * baseline.handling


class Sums(Struct):
    """What came about in a period (`flow`), how many stood open at its end, and the comparison with the baselines."""

    baselines: Mapping[str, Baseline] = {}
    flow: Aggregate = field(default_factory=Aggregate)
    standing: dict[Measure, int] = field(default_factory=dict)
    comparison: BaselineComparison = field(default_factory=BaselineComparison)

    def add_window(self, service: str, window: Aggregate) -> None:
        """Add one of a service's windows in the period."""
        self.flow.merge(window)
        baseline = self.baselines.get(service)
        if baseline is not None:
            self.comparison.add_window(window, baseline)

    def add_standing(self, measure: Measure, count: int) -> None:
        """Add to how many stood open at the end of the period."""
        self.standing[measure] = self.standing.get(measure, 0) + count
