"""What the simulated city's sensors measure on a day: calm, with the hour, and with the storm some time after it."""

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
        """Yield what every sensor says, but while it is out of order."""
        for id, sensor in self.catalogue.sensors.items():
            gauge = self.scene.gauges.get(sensor.indicator.kind)
            if gauge is not None:
                yield from self._of(id, sensor, gauge)

    def _of(self, id: str, sensor: Sensor, gauge: SensorProfile) -> Iterator[PlannedRecord]:
        strength = Random(id).uniform(*gauge.spread)  # how much of the storm a place gets, every day the same
        begin, end = self.scene.out_of_order.get(id, (0.0, 0.0)) if self.stormy else (0.0, 0.0)
        since = self.chance.randint(0, gauge.every * 60) * 1000
        while since < _DAY:
            if not begin * HOUR <= since < end * HOUR:
                value = self._value(gauge, since, strength)
                yield observation_record(id, self.midnight + since, value, sensor.indicator.measure)
            since += gauge.every * MINUTE

    def _value(self, gauge: SensorProfile, since: Millis, strength: float) -> float:
        curve = self.scene.curves[gauge.curve] if gauge.curve is not None else (1.0,) * 24
        calm = gauge.least + (gauge.calm - gauge.least) * curve[since // HOUR] / max(curve)
        blown = strength * storm(since - gauge.lag * MINUTE) if self.stormy else 0.0
        value = calm + blown * (gauge.storm - calm) + self.chance.gauss(0, gauge.noise)
        return round(min(gauge.most, max(0.0, value)), 2)
