"""How fresh the picture is: workers tell of themselves once a second, and silence makes every answer old."""

from typing import NamedTuple

from api.read_model.read_model import ReadModel
from ioc.core.times import SECOND, Instant, Millis

# After this silence of any partition the picture counts as stale.
SILENT_AFTER: Millis = 10 * SECOND


class Freshness(NamedTuple):
    """`as_of` is the oldest heartbeat's moment in the pipeline's clock, `age` its age on the wall's; None of none."""

    as_of: Instant | None
    age: Millis | None

    @property
    def stale(self) -> bool:
        """True when a partition has been silent too long, or nobody has spoken yet."""
        return self.age is None or self.age > SILENT_AFTER

    @property
    def shown_as_of(self) -> Instant:
        """The moment for answers that must name one: the beginning of time while no worker has spoken."""
        return 0 if self.as_of is None else self.as_of


def freshness(model: ReadModel) -> Freshness:
    """Return how fresh the picture is by the partition that has been silent longest."""
    return _as_of(model, min((beat.at for beat in model.heartbeats.values()), default=None))


def of_sensors(model: ReadModel) -> Freshness:
    """Return how fresh the picture of the sensors is: they are folded apart from the incidents."""
    return _as_of(model, model.sensors.vouched_at())


def _as_of(model: ReadModel, oldest: Instant | None) -> Freshness:
    if oldest is None:
        return Freshness(None, None)
    return Freshness(model.clock.at(oldest), max(0, model.clock.wall() - oldest))
