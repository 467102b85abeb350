"""The processor of sensors: the states of one partition's sensors, and when each of them is to be called silent."""

from collections.abc import Sequence

from ioc.catalogue.city import Catalogue
from ioc.catalogue.thresholds import Sensor
from ioc.core.records import Record
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.processors.processor import PartitionProcessor
from ioc.processors.sensor_change_set import SensorChangeSet
from ioc.processors.sensor_slice_fold import SensorSliceFold
from ioc.processors.serde import decode_sensor
from ioc.processors.timers import Timers
from ioc.sensors.state import SensorState


class SensorProcessor(PartitionProcessor[SensorChangeSet]):
    """The sensors of one partition. Until it is heard, a sensor is silent since the processor first knew of it.

    `sensors` are the states, `catalogued` the partition's own sensors of the catalogue; both by the sensors' ids.
    """

    input = Topic.INDICATORS
    tables = (Topic.SENSORS,)

    def reset(self) -> None:
        """Begin knowing nothing of the sensors of the catalogue."""
        self.sensors: dict[str, SensorState] = {}
        self.catalogued: dict[str, Sensor] = {}
        self.use_catalogue(self.catalogue)

    def use_catalogue(self, catalogue: Catalogue) -> None:
        """Fold by this catalogue from now on."""
        super().use_catalogue(catalogue)
        self.catalogued = {
            sensor_id: sensor for sensor_id, sensor in sorted(catalogue.sensors.items()) if self.owns(sensor_id)
        }
        self.build_indexes()

    @property
    def state_count(self) -> int:
        """How many sensors are held in memory."""
        return len(self.sensors)

    def restore(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Take back the state of a sensor."""
        if value is None:
            self.sensors.pop(key.decode(), None)
        else:
            self.sensors[key.decode()] = decode_sensor(value)

    def build_indexes(self) -> None:
        """Set the timers. A sensor without a state is due at 0, the first moment there is."""
        self.timers = Timers()
        for sensor_id, sensor in self.catalogued.items():
            state = self.sensors.get(sensor_id)
            self.timers.set(sensor_id, 0 if state is None else state.silent_at(sensor))

    def fold(self, records: Sequence[Record]) -> SensorChangeSet:
        """Return what a slice of observations changes."""
        fold = SensorSliceFold(self)
        fold.changes.position = fold.take_all(records)
        return fold.changes

    def tick(self, now: Instant, limit: int, late_input: bool = False) -> SensorChangeSet:
        """Return which sensors have fallen silent by `now`, at most `limit` of them.

        With late input none has: what a sensor said may still wait to be folded.
        """
        fold = SensorSliceFold(self)
        fold.now = now
        if not late_input:
            fold.fire(now, limit)
        return fold.changes

    def apply(self, changes: SensorChangeSet) -> None:
        """Take over changes that are safely written."""
        self.sensors.update(changes.sensors)
        self.position = changes.position
