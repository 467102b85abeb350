"""TODO."""

from collections.abc import Mapping

from msgspec import Struct, field

from ioc.catalogue.service import Baseline
from ioc.catalogue.sla_policy import TimeKind
from ioc.figures.aggregates import Aggregate, Measure, Timing


class BaselineComparison(Struct):
    """Handling times of services with a baseline: how many, what they took, and what they would have taken (ms)."""

    count: int = 0
    took: int = 0
    before: int = 0

    def take(self, part: Aggregate, baseline: Baseline) -> None:
        """Add a window of a service, each time in the time that its baseline was measured in."""
        timing = Timing.WORKING if baseline.measured_in is TimeKind.WORKING else Timing.HANDLING
        sketch = part.timings.get(timing)
        if sketch is not None:
            self.count += sketch.count
            self.took += sketch.total
            self.before += sketch.count * baseline.handling


class Sums(Struct):
    """All that figures are made of: what came about in a stretch of time, and what stood open at its end."""

    baselines: Mapping[str, Baseline] = {}
    flow: Aggregate = field(default_factory=Aggregate)
    standing: dict[Measure, int] = field(default_factory=dict)
    compared: BaselineComparison = field(default_factory=BaselineComparison)

    def take(self, service: str, part: Aggregate) -> None:
        """Add a window of a service."""
        self.flow.merge(part)
        baseline = self.baselines.get(service)
        if baseline is not None:
            self.compared.take(part, baseline)

    def stand(self, measure: Measure, count: int) -> None:
        """Add to what stood open at the end."""
        self.standing[measure] = self.standing.get(measure, 0) + count
