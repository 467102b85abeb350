"""The sensors as the API tells them: what each measures now, which level is in force, and which are silent.

What is not known is told as null: neither the last value of a silent sensor is what it measures now, nor is nothing 0.
"""

from typing import Any

from ioc.catalogue.city import Catalogue
from ioc.catalogue.thresholds import Sensor, Threshold
from ioc.core.times import SECOND, Instant, to_rfc3339
from ioc.processors.serde import Heartbeat
from ioc.sensors.state import SensorState

Json = dict[str, Any]


class Sensors:
    """The sensors of the catalogue, as their fold last told of them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.dirty: set[str] = set()
        self._states: dict[str, SensorState] = {}
        self._beats: dict[int, Instant] = {}

    def put(self, state: SensorState) -> bool:
        """Take over a state unless what is known is as new; tell whether anything changed."""
        known = self._states.get(state.id)
        if known is not None and known.version >= state.version:
            return False
        self._states[state.id] = state
        self.dirty.add(state.id)
        return True

    def remove(self, id: str) -> None:
        """Forget what was known of a sensor."""
        if self._states.pop(id, None) is not None:
            self.dirty.add(id)

    def hear(self, beat: Heartbeat) -> None:
        """Take in a heartbeat of the fold of sensors."""
        self._beats[beat.partition] = max(beat.at, self._beats.get(beat.partition, 0))

    def vouched_at(self) -> Instant | None:
        """Return when (ms by the wall) the partition that has been silent longest told of itself; None for never."""
        return min(self._beats.values(), default=None)

    def rows(self) -> list[Json]:
        """Return all sensors: the gravest first, then the silent ones, then by kind and name."""
        known = ((sensor, self._states.get(id)) for id, sensor in self.catalogue.sensors.items())
        ordered = sorted(known, key=lambda one: _order(*one))
        return [sensor_row(sensor, state) for sensor, state in ordered]

    def changed(self) -> list[Json]:
        """Return the sensors that have changed since this was last asked."""
        ids, self.dirty = sorted(self.dirty), set()
        sensors = self.catalogue.sensors
        return [sensor_row(sensors[id], self._states.get(id)) for id in ids if id in sensors]


def counts(rows: list[Json]) -> Json:
    """Count the sensors: `at_level` those with a level in force, `unknown` those of which no present value is known."""
    return {
        "total": len(rows),
        "at_level": sum(one["level"] > 0 for one in rows),
        "silent": sum(one["silent"] for one in rows),
        "unknown": sum(one["value"] is None for one in rows),
    }


def _order(sensor: Sensor, state: SensorState | None) -> tuple[int, bool, str, str]:
    threshold = _in_force(sensor, state)
    silent = state is not None and state.silent is not None
    return (-_GRAVITY[threshold.priority] if threshold else 0, not silent, sensor.indicator.kind, sensor.name)


_GRAVITY = {"low": 1, "normal": 2, "high": 3, "urgent": 4}


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
        "thresholds": [_limits(one) for one in sensor.thresholds],
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
    value = state.value if state.silent is None else None
    return {"value": value, "last_value": state.value, "last_at": to_rfc3339(state.time)}


def _level(sensor: Sensor, state: SensorState | None) -> Json:
    threshold = _in_force(sensor, state)
    told: Json = {"level": 0, "title_vi": None, "title_en": None, "priority": None, "since": None, "incident": None}
    if state is None or threshold is None:
        return told
    told |= {"level": threshold.level, "title_vi": threshold.title_vi, "title_en": threshold.title_en}
    told |= {"priority": threshold.priority, "since": None if state.since is None else to_rfc3339(state.since)}
    if state.run is not None and not state.run.settled:
        told["incident"] = state.run.incident
    return told


def _silence(state: SensorState | None) -> Json:
    if state is None or state.silent is None:
        return {"silent": False, "silent_since": None, "silent_incident": None}
    incident = None if state.silent.settled else state.silent.incident
    return {"silent": True, "silent_since": to_rfc3339(state.silent.since), "silent_incident": incident}
