"""The state of a sensor, and how observations, silence and people change it. Pure.

Time is the sensor's own: a level is in force once every observation of its hold time has been at its limit or beyond.
What nobody observed does not count as held. Only silence goes by the clock of the processor.
"""

from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from ioc.catalogue.thresholds import Direction, Sensor, Threshold
from ioc.core.records import Outgoing
from ioc.core.times import Instant
from ioc.sensors import alerts
from ioc.sensors.observations import IncidentClosed, Observation, Observed


class LevelState(Struct, array_like=True, frozen=True, omit_defaults=True):
    """Whether a level is in force; `contrary_since` is since when (ms) the observations have said the opposite."""

    level: int
    in_force: bool = False
    contrary_since: Instant | None = None


class Exceedance(Struct, frozen=True, omit_defaults=True):
    """A time with a level in force, from the first level until there is none: its incident, and the worst of it.

    `events_sent` is the number of events sent to the incident. `is_closed` once people have closed the incident,
    though the value has not come back yet.
    """

    incident: str
    peak: int
    worst: float
    events_sent: int = field(default=1, name="told")
    is_closed: bool = field(default=False, name="settled")


class Outage(Struct, frozen=True, omit_defaults=True):
    """A sensor that is silent since `start` (ms); `is_closed` once people have closed its incident."""

    incident: str
    start: Instant = field(name="since")
    is_closed: bool = field(default=False, name="settled")


class SensorState(Struct, frozen=True, omit_defaults=True):
    """A sensor as it is now. `time` is when it measured `value`, `received_at` when the processor got that (both ms).

    `level_start` is when the `level` came into force; 0 is none. `known_at` is when the processor first knew of the
    sensor; `exceedances` and `outages` count its incidents, `late` the observations older than one that was there
    before.
    """

    id: str
    known_at: Instant
    value: float | None = None
    time: Instant | None = None
    received_at: Instant | None = field(default=None, name="heard")
    last_event: tuple[str, str] | None = field(default=None, name="last")
    levels: tuple[LevelState, ...] = ()
    level: int = 0
    level_start: Instant | None = field(default=None, name="since")
    exceedance: Exceedance | None = field(default=None, name="run")
    exceedances: int = field(default=0, name="runs")
    outage: Outage | None = field(default=None, name="silent")
    outages: int = field(default=0, name="silences")
    late: int = 0
    version: int = 0

    def silent_at(self, sensor: Sensor) -> Instant | None:
        """Return when the sensor will have been silent for too long (ms); None when it is silent already."""
        if self.outage is not None:
            return None
        return (self.known_at if self.received_at is None else self.received_at) + sensor.silent_after


class SensorUpdate(NamedTuple):
    """What is to be written: `state` is the very object given when nothing changed."""

    state: SensorState
    emitted: tuple[Outgoing, ...] = ()
    duplicate: bool = False


def observe(state: SensorState, observation: Observation, sensor: Sensor, now: Instant) -> SensorUpdate:
    """Return the state after an observation, and the events it causes. `now` is the processor's clock (ms)."""
    payload = observation.payload
    if isinstance(payload, IncidentClosed):
        return _close(state, payload, sensor)
    if state.last_event == (observation.source, observation.id):
        return SensorUpdate(state, duplicate=True)
    if state.time is not None and observation.time <= state.time:
        return SensorUpdate(replace(state, late=state.late + 1, version=state.version + 1))
    levels = _levels(state, observation.time, payload.value, sensor)
    new = replace(
        state,
        value=payload.value,
        time=observation.time,
        received_at=now,
        last_event=(observation.source, observation.id),
        levels=levels,
        level=max((level.level for level in levels if level.in_force), default=0),
        outage=None,
        version=state.version + 1,
    )
    recovery = () if state.outage is None or state.outage.is_closed else (_recovery(state.outage, new, sensor, now),)
    update = _follow_level(state, new, payload, sensor)
    return SensorUpdate(update.state, (*recovery, *update.emitted))


def _recovery(outage: Outage, new: SensorState, sensor: Sensor, now: Instant) -> Outgoing:
    return alerts.recovery_event(sensor, outage.incident, max(now, outage.start), new.value or 0.0)


def _levels(state: SensorState, time: Instant, value: float, sensor: Sensor) -> tuple[LevelState, ...]:
    """Return the levels after an observation. After a gap as long as a silence, nothing counts as held."""
    unbroken = state.time is not None and time - state.time <= sensor.silent_after
    levels = {level.level: level for level in state.levels}
    direction = sensor.indicator.direction
    pairs = ((levels.get(limits.level, LevelState(limits.level)), limits) for limits in sensor.thresholds)
    return tuple(_next_level(level, limits, direction, value, time, unbroken) for level, limits in pairs)


def _next_level(
    level: LevelState, threshold: Threshold, direction: Direction, value: float, time: Instant, unbroken: bool
) -> LevelState:
    limit = threshold.clear_at if level.in_force else threshold.at
    contrary = direction.leaves(value, limit) if level.in_force else direction.reaches(value, limit)
    if not contrary:
        return LevelState(level.level, level.in_force)
    start = level.contrary_since if unbroken and level.contrary_since is not None else time
    if time - start >= threshold.hold:
        return LevelState(level.level, not level.in_force)
    return LevelState(level.level, level.in_force, start)


def _follow_level(old: SensorState, new: SensorState, observed: Observed, sensor: Sensor) -> SensorUpdate:
    """Return the state with its exceedance, and the event about a change of level when there is one."""
    exceedance = new.exceedance
    if exceedance is not None and sensor.indicator.direction.is_worse(observed.value, exceedance.worst):
        exceedance = replace(exceedance, worst=observed.value)
        new = replace(new, exceedance=exceedance)
    if new.level == old.level:
        return SensorUpdate(new)
    new = replace(new, level_start=new.time if new.level else None)
    if new.level > old.level and (exceedance is None or exceedance.is_closed):
        return _open(new, sensor)
    if exceedance is None or exceedance.is_closed:
        return SensorUpdate(new if new.level else replace(new, exceedance=None))
    return _change_level(exceedance, old, new, observed.value, sensor)


def _change_level(
    exceedance: Exceedance, old: SensorState, new: SensorState, value: float, sensor: Sensor
) -> SensorUpdate:
    change = alerts.LevelChange(
        exceedance.incident, exceedance.events_sent, old.level, new.level, exceedance.peak, value, exceedance.worst
    )
    event = alerts.level_event(sensor, new.time or 0, change)
    peak, events_sent = max(exceedance.peak, new.level), exceedance.events_sent + 1
    continued = replace(exceedance, peak=peak, events_sent=events_sent) if new.level else None
    return SensorUpdate(replace(new, exceedance=continued), (event,))


def _open(new: SensorState, sensor: Sensor) -> SensorUpdate:
    incident = f"{new.id}:{new.exceedances + 1}"
    value = new.value or 0.0
    new = replace(new, exceedances=new.exceedances + 1, exceedance=Exceedance(incident, new.level, value))
    return SensorUpdate(new, (alerts.level_report(sensor, incident, new.time or 0, new.level, value),))


def fall_silent(state: SensorState, sensor: Sensor, now: Instant) -> SensorUpdate:
    """Return the state of a sensor at `now`: with an outage and its incident, once it has been silent for too long."""
    at = state.silent_at(sensor)
    if at is None or at > now:
        return SensorUpdate(state)
    incident = f"{state.id}:silent-{state.outages + 1}"
    silent = replace(state, outage=Outage(incident, at), outages=state.outages + 1, version=state.version + 1)
    return SensorUpdate(silent, (alerts.outage_report(sensor, incident, at, state.value),))


def _close(state: SensorState, closed: IncidentClosed, sensor: Sensor) -> SensorUpdate:
    """Record that people have closed an incident: it gets no more events, and a graver level opens another.

    When the incident was closed before it received the last event, and that raised it, the level opens another at once.
    """
    version = state.version + 1
    if state.outage is not None and state.outage.incident == closed.incident:
        return SensorUpdate(replace(state, outage=replace(state.outage, is_closed=True), version=version))
    exceedance = state.exceedance
    if exceedance is None or exceedance.incident != closed.incident or exceedance.is_closed:
        return SensorUpdate(state)
    is_missed = closed.accepted_events < exceedance.events_sent and state.level >= exceedance.peak
    if is_missed and sensor.threshold(state.level) is not None:
        return _open(replace(state, version=version), sensor)
    return SensorUpdate(replace(state, exceedance=replace(exceedance, is_closed=True), version=version))
