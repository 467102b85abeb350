"""What the centre knows of a sensor, and what an observation, silence or people make of it. Pure.

Time is the sensor's own: a level is in force once every observation of its hold time has been at it or beyond. What
nobody observed does not count as held. Only silence goes by the clock of the lane.
"""

from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ioc.catalogue.thresholds import Direction, Sensor, Threshold
from ioc.core.records import Outgoing
from ioc.core.times import Instant
from ioc.sensors import alerts
from ioc.sensors.observations import Observation, Observed, Settled


class Level(Struct, array_like=True, frozen=True, omit_defaults=True):
    """Whether a level is in force; `since` is from when on (ms) the observations have said the opposite."""

    level: int
    in_force: bool = False
    since: Instant | None = None


class Run(Struct, frozen=True, omit_defaults=True):
    """The time from the first level to none: its incident, the worst of it, and how many events told of it.

    It is `settled` once people have closed the incident, though the value has not come back yet.
    """

    incident: str
    peak: int
    worst: float
    told: int = 1
    settled: bool = False


class Silent(Struct, frozen=True, omit_defaults=True):
    """A sensor that has said nothing for too long, as of `since` (ms)."""

    incident: str
    since: Instant
    settled: bool = False


class SensorState(Struct, frozen=True, omit_defaults=True):
    """A sensor as it is now. `time` is when it measured `value`, `heard` when the lane learned of it (both ms).

    `since` is from when on the `level` has been in force; 0 is none. `known_at` is when the lane first knew of the
    sensor; `runs` and `silences` count its incidents, `late` the observations older than one that was there before.
    """

    id: str
    known_at: Instant
    value: float | None = None
    time: Instant | None = None
    heard: Instant | None = None
    last: tuple[str, str] | None = None
    levels: tuple[Level, ...] = ()
    level: int = 0
    since: Instant | None = None
    run: Run | None = None
    runs: int = 0
    silent: Silent | None = None
    silences: int = 0
    late: int = 0
    version: int = 0

    def silent_at(self, sensor: Sensor) -> Instant | None:
        """Return when the sensor will have been silent for too long; None when it is so already."""
        if self.silent is not None:
            return None
        return (self.known_at if self.heard is None else self.heard) + sensor.silent_after


class Heard(NamedTuple):
    """What is to be written: `state` is the very object given when nothing changed."""

    state: SensorState
    emitted: tuple[Outgoing, ...] = ()
    duplicate: bool = False


def observe(state: SensorState, seen: Observation, sensor: Sensor, now: Instant) -> Heard:
    """Return the state after what a sensor said, and the events this brings about. `now` is the lane's clock."""
    if isinstance(seen.said, Settled):
        return _settle(state, seen.said, sensor)
    if state.last == (seen.source, seen.id):
        return Heard(state, duplicate=True)
    if state.time is not None and seen.time <= state.time:
        return Heard(replace(state, late=state.late + 1, version=state.version + 1))
    levels = _levels(state, seen.time, seen.said.value, sensor)
    new = replace(
        state,
        value=seen.said.value,
        time=seen.time,
        heard=now,
        last=(seen.source, seen.id),
        levels=levels,
        level=max((one.level for one in levels if one.in_force), default=0),
        silent=None,
        version=state.version + 1,
    )
    spoken = () if state.silent is None or state.silent.settled else (_spoken(state.silent, new, sensor, now),)
    turned = _turned(state, new, seen.said, sensor)
    return Heard(turned.state, (*spoken, *turned.emitted))


def _spoken(silent: Silent, new: SensorState, sensor: Sensor, now: Instant) -> Outgoing:
    return alerts.spoken(sensor, silent.incident, max(now, silent.since), new.value or 0.0)


def _levels(state: SensorState, time: Instant, value: float, sensor: Sensor) -> tuple[Level, ...]:
    """Return the levels after an observation. After a gap as long as a silence, nothing has been held."""
    unbroken = state.time is not None and time - state.time <= sensor.silent_after
    known = {one.level: one for one in state.levels}
    direction = sensor.indicator.direction
    return tuple(
        _level(known.get(one.level, Level(one.level)), one, direction, value, time, unbroken)
        for one in sensor.thresholds
    )


def _level(
    level: Level, threshold: Threshold, direction: Direction, value: float, time: Instant, unbroken: bool
) -> Level:
    limit = threshold.clear_at if level.in_force else threshold.at
    opposite = direction.leaves(value, limit) if level.in_force else direction.reaches(value, limit)
    if not opposite:
        return Level(level.level, level.in_force)
    since = level.since if unbroken and level.since is not None else time
    if time - since >= threshold.hold:
        return Level(level.level, not level.in_force)
    return Level(level.level, level.in_force, since)


def _turned(old: SensorState, new: SensorState, said: Observed, sensor: Sensor) -> Heard:
    """Return the state with its run, and the event that tells of the change of level when there is one."""
    run = new.run
    if run is not None and sensor.indicator.direction.is_worse(said.value, run.worst):
        run = replace(run, worst=said.value)
        new = replace(new, run=run)
    if new.level == old.level:
        return Heard(new)
    new = replace(new, since=new.time if new.level else None)
    if new.level > old.level and (run is None or run.settled):
        return _open(new, sensor)
    if run is None or run.settled:
        return Heard(new if new.level else replace(new, run=None))
    told = replace(run, peak=max(run.peak, new.level), told=run.told + 1)
    change = alerts.Change(run.incident, run.told, old.level, new.level, run.peak, said.value, run.worst)
    event = alerts.changed(sensor, new.time or 0, change)
    return Heard(replace(new, run=told if new.level else None), (event,))


def _open(new: SensorState, sensor: Sensor) -> Heard:
    incident = f"{new.id}:{new.runs + 1}"
    value = new.value or 0.0
    new = replace(new, runs=new.runs + 1, run=Run(incident, new.level, value))
    return Heard(new, (alerts.opened(sensor, incident, new.time or 0, new.level, value),))


def fall_silent(state: SensorState, sensor: Sensor, now: Instant) -> Heard:
    """Return the state of a sensor at a moment: silent, with an incident of its own, once that has been too long."""
    at = state.silent_at(sensor)
    if at is None or at > now:
        return Heard(state)
    incident = f"{state.id}:silent-{state.silences + 1}"
    silent = replace(state, silent=Silent(incident, at), silences=state.silences + 1, version=state.version + 1)
    return Heard(silent, (alerts.silent(sensor, incident, at, state.value),))


def _settle(state: SensorState, said: Settled, sensor: Sensor) -> Heard:
    """Take note that people have closed an incident: it is told of no more, and a graver level opens another.

    When the last of what was told came after the incident was closed, it would be lost: it opens another at once.
    """
    version = state.version + 1
    if state.silent is not None and state.silent.incident == said.incident:
        return Heard(replace(state, silent=replace(state.silent, settled=True), version=version))
    if state.run is None or state.run.incident != said.incident or state.run.settled:
        return Heard(state)
    unheard = said.told < state.run.told and state.level >= state.run.peak
    if unheard and sensor.threshold(state.level) is not None:
        return _open(replace(state, version=version), sensor)
    return Heard(replace(state, run=replace(state.run, settled=True), version=version))
