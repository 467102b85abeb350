"""How fresh the picture is: workers send heartbeats once a second, and silence makes every answer stale."""

from typing import NamedTuple

from api.http.json import Json
from api.read_model.read_model import ReadModel
from ioc.core.times import SECOND, Instant, Millis, to_rfc3339

# Once any partition has been silent for longer, the picture counts as stale.
SILENT_AFTER: Millis = 10 * SECOND


class Freshness(NamedTuple):
    """`as_of` is the oldest heartbeat's instant by the pipeline's clock, `age` its age by the wall clock (ms).

    Both are None before the first heartbeat.
    """

    as_of: Instant | None
    age: Millis | None

    @property
    def stale(self) -> bool:
        """True when a partition has been silent too long, or none has sent a heartbeat yet."""
        return self.age is None or self.age > SILENT_AFTER

    @property
    def shown_as_of(self) -> Instant:
        """The instant for answers that must name one: the beginning of time before the first heartbeat."""
        return 0 if self.as_of is None else self.as_of

    @property
    def fields(self) -> Json:
        """The fields `as_of` and `stale` of an answer."""
        return {"as_of": to_rfc3339(self.shown_as_of), "stale": self.stale}


def freshness(model: ReadModel) -> Freshness:
    """Return how fresh the picture is, by the partition that has been silent longest."""
    return _freshness(model, min((heartbeat.at for heartbeat in model.heartbeats.values()), default=None))


def sensor_freshness(model: ReadModel) -> Freshness:
    """Return how fresh the picture of the sensors is: they are folded apart from the incidents."""
    return _freshness(model, model.sensors.oldest_heartbeat())


def _freshness(model: ReadModel, oldest: Instant | None) -> Freshness:
    if oldest is None:
        return Freshness(None, None)
    return Freshness(model.clock.at(oldest), max(0, model.clock.wall() - oldest))
