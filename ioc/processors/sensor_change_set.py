"""What a slice of observations changes in the sensors of a partition."""

from collections.abc import Iterator

from msgspec import field

from ioc.core.records import Write
from ioc.core.topics import Topic
from ioc.processors.change_set import ChangeSet
from ioc.processors.serde import encode
from ioc.sensors.state import SensorState


class SensorChangeSet(ChangeSet):
    """The change set of the sensor processor."""

    sensors: dict[str, SensorState] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        return not (self.sensors or self.dead_letters or self.outbox)

    @property
    def state_count(self) -> int:
        """How many sensors change."""
        return len(self.sensors)

    def writes(self, partition: int) -> Iterator[tuple[Topic, Iterator[Write]]]:
        """Yield the states of sensors."""
        yield Topic.SENSORS, (Write(sensor_id.encode(), encode(state)) for sensor_id, state in self.sensors.items())
