"""One partition of the city's sensors: their states, when each is to be called silent, and the fold of observations.

No Kafka here. As with incidents, a fold leaves states and position alone and returns the changes; only the timers move.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from ioc.catalogue.city import Catalogue
from ioc.catalogue.thresholds import Sensor
from ioc.core.dead_letter import DeadLetter
from ioc.core.partitioner import partition_of
from ioc.core.records import ClockKind, Outgoing, Position, Record, Write
from ioc.core.rejections import FieldError, Reason, Rejection
from ioc.core.times import FUTURE_TOLERANCE, Instant
from ioc.core.topics import Topic
from ioc.core.watermark import Watermark
from ioc.processors.processor import STRAY, Folded, SliceFold, put
from ioc.processors.serde import decode_sensor, encode
from ioc.processors.timers import Timers
from ioc.sensors.observations import Observation, Observed, read_observation
from ioc.sensors.state import Heard, SensorState, fall_silent, observe


class SensorChangeSet(Struct):
    """All that one slice of observations or one tick changes."""

    position: Position
    sensors: dict[str, SensorState] = field(default_factory=dict)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True when there is nothing to write."""
        return not (self.sensors or self.dead_letters or self.outbox)

    def writes(self, partition: int) -> Iterator[tuple[Topic, Iterator[Write]]]:
        """Yield the states of sensors."""
        yield Topic.SENSORS, (Write(id.encode(), encode(state)) for id, state in self.sensors.items())


_UNKNOWN = Rejection(Reason.NOT_IN_CATALOGUE, (FieldError("subject", "not a sensor of the catalogue"),))
_FUTURE = Rejection(Reason.IN_THE_FUTURE, (FieldError("time", "ahead of the centre's clock"),))
_MEASURE = Rejection(Reason.INVALID, (FieldError("data.measure", "not the unit of measure of the catalogue"),))


class SensorProcessor(Folded):
    """The state of one partition of so many. A sensor of the catalogue is silent since the shard first knew of it."""

    input = Topic.INDICATORS
    tables = (Topic.SENSORS,)

    def begin(self) -> None:
        """Begin knowing nothing of the sensors of the catalogue."""
        self.sensors: dict[str, SensorState] = {}
        self.own: dict[str, Sensor] = {}
        self.go_by(self.catalogue)

    def go_by(self, catalogue: Catalogue) -> None:
        """Fold by this catalogue from now on."""
        self.catalogue = catalogue
        known = sorted(catalogue.sensors.items())
        self.own = {id: one for id, one in known if partition_of(id.encode(), self.partitions) == self.partition}
        self.index()

    @property
    def held(self) -> int:
        """How many sensors are held in memory."""
        return len(self.sensors)

    def put_back(self, topic: Topic, key: bytes, value: bytes | None) -> None:
        """Take back the state of a sensor."""
        put(self.sensors, key.decode(), None if value is None else decode_sensor(value))

    def index(self) -> None:
        """Set the timers anew: of a sensor not known yet for the first moment there is."""
        self.timers = Timers()
        for id, sensor in self.own.items():
            known = self.sensors.get(id)
            self.timers.set(id, 0 if known is None else known.silent_at(sensor))

    def fold(self, records: Sequence[Record]) -> SensorChangeSet:
        """Return what a slice of records changes. Records already folded are the caller's to leave out."""
        fold = SensorSliceFold(self)
        fold.changes.position = fold.take_all(records)
        return fold.changes

    def tick(self, now: Instant, most: int, late_input: bool = False) -> SensorChangeSet:
        """Return which sensors have fallen silent by `now`, at most `most`.

        When the input has not been caught up with, none has: what it said may still wait to be folded.
        """
        fold = SensorSliceFold(self)
        fold.now = now
        if not late_input:
            fold.fire(now, most)
        return fold.changes

    def apply(self, changes: SensorChangeSet) -> None:
        """Take over changes that are safely written."""
        self.sensors.update(changes.sensors)
        self.position = changes.position


def refused_at_the_door(seen: Observation, now: Instant, catalogue: Catalogue) -> Rejection | None:
    """Return why an observation is refused whatever is known of its sensor, or None."""
    sensor = catalogue.sensors.get(seen.sensor)
    if sensor is None:
        return _UNKNOWN
    if not isinstance(seen.said, Observed):
        return None
    if seen.said.measure not in (None, sensor.indicator.measure):
        return _MEASURE
    return _FUTURE if seen.time > now + FUTURE_TOLERANCE else None


class SensorSliceFold(SliceFold):
    """The fold of one slice: reads through to the shard, writes into its own changes."""

    def __init__(self, shard: SensorProcessor) -> None:
        super().__init__(shard.position, shard.policy)
        self.shard = shard
        self.changes = SensorChangeSet(shard.position)

    def take(self, record: Record) -> bool:
        """Fold one record: read it, let the clock run to it, and see what it makes of its sensor."""
        read = self._admitted(read_observation(record.key, record.value, record.headers), record)
        self._advance(read, record)
        if isinstance(read, Rejection):
            self.changes.dead_letters.append(DeadLetter(record, read))
        elif isinstance(read, Observation):
            self._observe(read)
        return isinstance(read, Rejection)

    def _admitted(
        self, read: Observation | Watermark | Rejection, record: Record
    ) -> Observation | Watermark | Rejection:
        """Return the observation, or why it goes no further: one that does not must not move the clock either."""
        if not isinstance(read, Observation):
            return read
        if read.sensor in self.shard.catalogue.sensors and read.sensor not in self.shard.own:
            return STRAY
        now = max(self.now, record.appended) if self.shard.clock is ClockKind.WALL else read.time
        return refused_at_the_door(read, now, self.shard.catalogue) or read

    def _advance(self, read: Observation | Watermark | Rejection, record: Record) -> None:
        if self.shard.clock is ClockKind.WALL:
            self.now = max(self.now, record.appended)
        elif isinstance(read, Watermark):
            self._run_to(read.time, read.time)
        elif isinstance(read, Observation) and isinstance(read.said, Observed):
            # Old data lives through its own days: every silence before this observation comes to pass before it.
            self._run_to(read.time - 1, read.time)
        self._meet()

    def _run_to(self, until: Instant, time: Instant) -> None:
        if self.now:
            self.fire(until, None)
        self.now = max(self.now, time)

    def _meet(self) -> None:
        """Get to know the sensors that are new in the catalogue, once there is a clock."""
        while self.now and self.shard.timers.soonest() == 0:
            self.fire(0, None)

    def _observe(self, seen: Observation) -> None:
        heard = observe(self._state(seen.sensor), seen, self.shard.own[seen.sensor], self.now)
        self.duplicates += heard.duplicate
        self._keep(seen.sensor, heard)

    def fire(self, until: Instant, most: int | None) -> None:
        """Let the moments reached by `until` come to pass: sensors are met, and fall silent."""
        fired = 0
        while most is None or fired < most:
            timer = self.shard.timers.take(until)
            if timer is None:
                return
            sensor = self.shard.own[timer.incident]
            self._keep(sensor.id, fall_silent(self._state(sensor.id), sensor, until))
            fired += 1

    def _state(self, id: str) -> SensorState:
        """Return what is known of a sensor: of a new one that it is known from now on."""
        return self.changes.sensors.get(id) or self.shard.sensors.get(id) or SensorState(id, self.now, version=1)

    def _keep(self, id: str, heard: Heard) -> None:
        self.changes.outbox.extend(heard.emitted)
        if heard.state is not self.shard.sensors.get(id):
            self.changes.sensors[id] = heard.state
        self.shard.timers.set(id, heard.state.silent_at(self.shard.own[id]))
