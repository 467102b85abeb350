"""What the simulated city's sensors measure on a day: by the hour, and by the storm some time after it."""

from collections.abc import Iterator
from random import Random

from console.simulate.planned_records import PlannedRecord, observation_record
from console.simulate.scene import Scene, SensorProfile
from console.simulate.weather import storm
from ioc.catalogue.city import Catalogue
from ioc.catalogue.thresholds import Sensor
from ioc.core.times import HOUR, MINUTE, Instant, Millis

_DAY = 24 * HOUR


class SensorReadings:
    """Draws the observations of one day, which begins at `midnight` (ms), by chance."""

    def __init__(self, scene: Scene, catalogue: Catalogue, midnight: Instant, stormy: bool, chance: Random) -> None:
        self.scene = scene
        self.catalogue = catalogue
        self.midnight = midnight
        self.stormy = stormy
        self.chance = chance

    def observations(self) -> Iterator[PlannedRecord]:
        """Yield what every sensor measures, except while it is out of order."""
        for sensor_id, sensor in self.catalogue.sensors.items():
            profile = self.scene.sensors.get(sensor.indicator.kind)
            if profile is not None:
                yield from self._of(sensor_id, sensor, profile)

    def _of(self, sensor_id: str, sensor: Sensor, profile: SensorProfile) -> Iterator[PlannedRecord]:
        strength = Random(sensor_id).uniform(*profile.spread)  # how much of the storm a place gets, every day the same
        begin, end = self.scene.out_of_order.get(sensor_id, (0.0, 0.0)) if self.stormy else (0.0, 0.0)
        offset = self.chance.randint(0, profile.every * 60) * 1000
        while offset < _DAY:
            if not begin * HOUR <= offset < end * HOUR:
                value = self._value(profile, offset, strength)
                yield observation_record(sensor_id, self.midnight + offset, value, sensor.indicator.measure)
            offset += profile.every * MINUTE

    def _value(self, profile: SensorProfile, offset: Millis, strength: float) -> float:
        """Return the value at a time of the day (ms from midnight)."""
        curve = self.scene.curves[profile.curve] if profile.curve is not None else (1.0,) * 24
        calm = profile.lowest + (profile.calm - profile.lowest) * curve[offset // HOUR] / max(curve)
        stormy_share = strength * storm(offset - profile.lag * MINUTE) if self.stormy else 0.0
        value = calm + stormy_share * (profile.storm - calm) + self.chance.gauss(0, profile.noise)
        return round(min(profile.highest, max(0.0, value)), 2)
