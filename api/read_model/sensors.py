"""The sensors as the API shows them: what each measures now, which level is in force, and which are silent.

An unknown value is null: the last value of a silent sensor is not what it measures now, and no value is not 0.
"""

from api.http.json import Json, optional_rfc3339
from ioc.catalogue.city import Catalogue
from ioc.catalogue.thresholds import Sensor, Threshold
from ioc.core.exhaustive import total
from ioc.core.scalars import Priority
from ioc.core.times import SECOND, Instant, to_rfc3339
from ioc.processors.serde import Heartbeat
from ioc.sensors.state import SensorState

_GRAVITY = total({Priority.LOW: 1, Priority.NORMAL: 2, Priority.HIGH: 3, Priority.URGENT: 4}, Priority)


class Sensors:
    """The sensors of the catalogue, with the state their processor last wrote of each."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.dirty: set[str] = set()
        self._states: dict[str, SensorState] = {}
        self._heartbeats: dict[int, Instant] = {}

    def put(self, state: SensorState) -> bool:
        """Take over a state unless the one before is as new; return whether anything changed."""
        before = self._states.get(state.id)
        if before is not None and before.version >= state.version:
            return False
        self._states[state.id] = state
        self.dirty.add(state.id)
        return True

    def remove(self, sensor_id: str) -> None:
        """Forget the state of a sensor."""
        if self._states.pop(sensor_id, None) is not None:
            self.dirty.add(sensor_id)

    def put_heartbeat(self, heartbeat: Heartbeat) -> None:
        """Take over a heartbeat of the sensors' processor."""
        latest = self._heartbeats.get(heartbeat.partition, 0)
        self._heartbeats[heartbeat.partition] = max(heartbeat.at, latest)

    def oldest_heartbeat(self) -> Instant | None:
        """Return the last heartbeat (ms by the wall clock) of the partition silent longest; None before the first."""
        return min(self._heartbeats.values(), default=None)

    def rows(self) -> list[Json]:
        """Return all sensors: the gravest first, then the silent ones, then by kind and name."""
        pairs = [(sensor, self._states.get(sensor.id)) for sensor in self.catalogue.sensors.values()]
        return [sensor_row(sensor, state) for sensor, state in sorted(pairs, key=lambda pair: _sort_key(*pair))]

    def take_changes(self) -> list[Json]:
        """Return the sensors that have changed since this was last called."""
        dirty, self.dirty = sorted(self.dirty), set()
        sensors = [self.catalogue.sensors[sensor_id] for sensor_id in dirty if sensor_id in self.catalogue.sensors]
        return [sensor_row(sensor, self._states.get(sensor.id)) for sensor in sensors]


def count_sensors(rows: list[Json]) -> Json:
    """Count the sensors: `at_level` those with a level in force, `unknown` those of which no present value is known."""
    return {
        "total": len(rows),
        "at_level": sum(row["level"] > 0 for row in rows),
        "silent": sum(row["silent"] for row in rows),
        "unknown": sum(row["value"] is None for row in rows),
    }


def _sort_key(sensor: Sensor, state: SensorState | None) -> tuple[int, bool, str, str]:
    threshold = _in_force(sensor, state)
    silent = state is not None and state.outage is not None
    return (-_GRAVITY[threshold.priority] if threshold else 0, not silent, sensor.indicator.kind, sensor.name)


def _in_force(sensor: Sensor, state: SensorState | None) -> Threshold | None:
    return sensor.threshold(state.level) if state is not None and state.level else None


def sensor_row(sensor: Sensor, state: SensorState | None) -> Json:
    """Return a sensor as lists and the feed show it."""
    kind = sensor.indicator
    return {
        "id": sensor.id,
        "kind": kind.kind,
        "name": sensor.name,
        "name_vi": kind.name_vi,
        "name_en": kind.name_en,
        "measure": kind.measure,
        "service": kind.service,
        "ward": sensor.ward,
        "lat": sensor.lat,
        "lon": sensor.lon,
        "direction": kind.direction,
        "thresholds": [_limits(threshold) for threshold in sensor.thresholds],
        "silent_after_s": sensor.silent_after / SECOND,
        **_measured(state),
        **_level(sensor, state),
        **_silence(state),
    }


def _limits(threshold: Threshold) -> Json:
    return {"level": threshold.level, "at": threshold.at, "clear_at": threshold.clear_at}


def _measured(state: SensorState | None) -> Json:
    if state is None or state.time is None:
        return {"value": None, "last_value": None, "last_at": None}
    value = state.value if state.outage is None else None
    return {"value": value, "last_value": state.value, "last_at": to_rfc3339(state.time)}


def _level(sensor: Sensor, state: SensorState | None) -> Json:
    threshold = _in_force(sensor, state)
    if state is None or threshold is None:
        return {"level": 0, "title_vi": None, "title_en": None, "priority": None, "since": None, "incident": None}
    return {
        "level": threshold.level,
        "title_vi": threshold.title_vi,
        "title_en": threshold.title_en,
        "priority": threshold.priority,
        "since": optional_rfc3339(state.level_start),
        "incident": None if state.exceedance is None or state.exceedance.is_closed else state.exceedance.incident,
    }


def _silence(state: SensorState | None) -> Json:
    if state is None or state.outage is None:
        return {"silent": False, "silent_since": None, "silent_incident": None}
    incident = None if state.outage.is_closed else state.outage.incident
    return {"silent": True, "silent_since": to_rfc3339(state.outage.start), "silent_incident": incident}
