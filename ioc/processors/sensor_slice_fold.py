"""The fold of one slice of observations into the states of sensors."""

from typing import TYPE_CHECKING

from ioc.catalogue.city import Catalogue
from ioc.catalogue.thresholds import Sensor
from ioc.core.dead_letter import DeadLetter
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.times import FUTURE_TOLERANCE, Instant
from ioc.core.watermark import Watermark
from ioc.processors.sensor_change_set import SensorChangeSet
from ioc.processors.slice_fold import STRAY, SliceFold
from ioc.sensors.observations import Observation, Observed, read_observation
from ioc.sensors.state import SensorState, SensorUpdate, fall_silent, observe

if TYPE_CHECKING:
    from ioc.processors.sensors import SensorProcessor


_UNKNOWN_SENSOR = Rejection(Reason.NOT_IN_CATALOGUE, (FieldError("subject", "not a sensor of the catalogue"),))

_IN_THE_FUTURE = Rejection(Reason.IN_THE_FUTURE, (FieldError("time", "ahead of the centre's clock"),))

_WRONG_MEASURE = Rejection(Reason.INVALID, (FieldError("data.measure", "not the unit of measure of the catalogue"),))


def admission_rejection(observation: Observation, now: Instant, catalogue: Catalogue) -> Rejection | None:
    """Return why an observation is refused whatever the state of its sensor is, or None."""
    sensor = catalogue.sensors.get(observation.sensor)
    if sensor is None:
        return _UNKNOWN_SENSOR
    if not isinstance(observation.payload, Observed):
        return None
    if observation.payload.measure not in (None, sensor.indicator.measure):
        return _WRONG_MEASURE
    return _IN_THE_FUTURE if observation.time > now + FUTURE_TOLERANCE else None


class SensorSliceFold(SliceFold):
    """Reads through to the processor's states, and writes into `changes` alone."""

    def __init__(self, processor: "SensorProcessor") -> None:
        super().__init__(processor.position, processor.dead_letter_limit)
        self.processor = processor
        self.changes = SensorChangeSet(processor.position)

    def take(self, record: Record) -> bool:
        """Fold one record: read it, advance the clock to it, and let its sensor observe it."""
        read = self._admit(read_observation(record.key, record.value, record.headers), record)
        self._advance_clock(read, record)
        if isinstance(read, Rejection):
            self.changes.dead_letters.append(DeadLetter(record, read))
        elif isinstance(read, Observation):
            self._observe(read)
        return isinstance(read, Rejection)

    def _admit(self, read: Observation | Watermark | Rejection, record: Record) -> Observation | Watermark | Rejection:
        """Return the observation, or why it is refused: one that is must not move the clock either."""
        if not isinstance(read, Observation):
            return read
        if read.sensor in self.processor.catalogue.sensors and read.sensor not in self.processor.catalogued:
            return STRAY
        now = max(self.now, record.appended) if self.processor.clock is ClockKind.WALL else read.time
        return admission_rejection(read, now, self.processor.catalogue) or read

    def _advance_clock(self, read: Observation | Watermark | Rejection, record: Record) -> None:
        if self.processor.clock is ClockKind.WALL:
            self.now = max(self.now, record.appended)
        elif isinstance(read, Watermark):
            self._fire_up_to(read.time, read.time)
        elif isinstance(read, Observation) and isinstance(read.payload, Observed):
            # Old data lives through its own days: silences before this observation are told before it.
            self._fire_up_to(read.time - 1, read.time)
        self._register_new_sensors()

    def _fire_up_to(self, deadline: Instant, time: Instant) -> None:
        """Fire what is due up to `deadline`, and advance the clock to `time`."""
        if self.now:
            self.fire(deadline, None)
        self.now = max(self.now, time)

    def _register_new_sensors(self) -> None:
        """Begin the states of sensors that are new in the catalogue, once there is a clock."""
        while self.now and self.processor.timers.soonest() == 0:
            self.fire(0, None)

    def _observe(self, observation: Observation) -> None:
        sensor = self.processor.catalogued[observation.sensor]
        outcome = observe(self._state(sensor.id), observation, sensor, self.now)
        self.duplicates += outcome.duplicate
        self._store(sensor, outcome)

    def fire(self, deadline: Instant, limit: int | None) -> None:
        """Fire the timers that are due up to `deadline`, at most `limit`: new sensors begin, others fall silent."""
        fired = 0
        while limit is None or fired < limit:
            timer = self.processor.timers.take(deadline)
            if timer is None:
                return
            sensor = self.processor.catalogued[timer.key]
            self._store(sensor, fall_silent(self._state(sensor.id), sensor, deadline))
            fired += 1

    def _state(self, sensor_id: str) -> SensorState:
        """Return the state of a sensor; a new sensor is known from now on."""
        state = self.changes.sensors.get(sensor_id) or self.processor.sensors.get(sensor_id)
        return state or SensorState(sensor_id, self.now, version=1)

    def _store(self, sensor: Sensor, outcome: SensorUpdate) -> None:
        self.changes.outbox.extend(outcome.emitted)
        if outcome.state is not self.processor.sensors.get(sensor.id):
            self.changes.sensors[sensor.id] = outcome.state
        self.processor.timers.set(sensor.id, outcome.state.silent_at(sensor))
