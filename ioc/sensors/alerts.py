"""What the centre says of a sensor's incidents: events of its own making, with the numbers in their words."""

from typing import NamedTuple

from ioc.catalogue.thresholds import Direction, Sensor, Silence, Threshold
from ioc.core.records import Outgoing
from ioc.core.times import MINUTE, SECOND, Instant, Millis
from ioc.incident.lifecycle import EventType
from ioc.incident.own_events import own_event
from ioc.incident.payloads import Payload, Reported, Updated

PART = "indicators"
CHANNEL = "sensor"


class Change(NamedTuple):
    """How an open incident goes on: its events so far are `told`, the gravest level so far was `peak`."""

    incident: str
    told: int
    old: int
    new: int
    peak: int
    value: float
    worst: float


def opened(sensor: Sensor, incident: str, time: Instant, level: int, value: float) -> Outgoing:
    """Return the report of a level that was reached."""
    threshold = sensor.threshold(level)
    assert threshold is not None, "a level in force is one of the sensor's"
    return _report(sensor, incident, time, threshold, _reached(sensor, threshold, value))


def changed(sensor: Sensor, time: Instant, change: Change) -> Outgoing:
    """Return the event that raises, lowers or resolves an incident. Its priority is raised, and never lowered."""
    threshold = sensor.threshold(change.new)
    if threshold is None:
        said = Payload(text=f"{_left(sensor, change)}; nặng nhất {_number(change.worst)} {sensor.indicator.measure}")
        return _emit(change.incident, EventType.RESOLVED, time, change.told, said)
    update = Updated(
        title=f"{threshold.title_vi}: {sensor.name}",
        text=_reached(sensor, threshold, change.value) if change.new > change.old else _left(sensor, change),
        priority=threshold.priority if change.new > change.peak else None,
    )
    return _emit(change.incident, EventType.UPDATED, time, change.told, update)


def silent(sensor: Sensor, incident: str, time: Instant, value: float | None) -> Outgoing:
    """Return the report of a sensor that has said nothing for too long; `value` is the last there was."""
    silence = sensor.indicator.silence
    last = "chưa có số đo nào" if value is None else f"số đo cuối {_number(value)} {sensor.indicator.measure}"
    return _report(sensor, incident, time, silence, f"Im lặng {_span(sensor.silent_after)}; {last}")


def _report(sensor: Sensor, incident: str, time: Instant, cause: Threshold | Silence, text: str) -> Outgoing:
    report = Reported(
        service=sensor.indicator.service,
        category=cause.category,
        priority=cause.priority,
        title=f"{cause.title_vi}: {sensor.name}",
        text=text,
        channel=CHANNEL,
        unit=cause.unit,
        ward=sensor.ward,
        lat=sensor.lat,
        lon=sensor.lon,
    )
    return _emit(incident, EventType.REPORTED, time, 0, report)


def spoken(sensor: Sensor, incident: str, time: Instant, value: float) -> Outgoing:
    """Return the solution of a silence: the sensor speaks again."""
    said = Payload(text=f"Có số đo trở lại: {_number(value)} {sensor.indicator.measure}")
    return _emit(incident, EventType.RESOLVED, time, 1, said)


def _emit(incident: str, event_type: EventType, time: Instant, number: int, payload: Payload) -> Outgoing:
    """The number of the event within its incident makes its id: a fold done again makes the same ones."""
    return own_event(PART, incident, event_type, time, f"{incident}/{number}", payload)


def _reached(sensor: Sensor, threshold: Threshold, value: float) -> str:
    sign = "≥" if sensor.indicator.direction is Direction.ABOVE else "≤"
    return _compared(sensor, value, sign, threshold.at, threshold.hold)


def _left(sensor: Sensor, change: Change) -> str:
    """Return by how much the mildest of the levels that were left is undercut."""
    left = next((one for one in sensor.thresholds if one.level > change.new), None)
    if left is None:  # the catalogue has the level no longer
        return f"{_number(change.value)} {sensor.indicator.measure}"
    sign = "≤" if sensor.indicator.direction is Direction.ABOVE else "≥"
    return _compared(sensor, change.value, sign, left.clear_at, left.hold)


def _compared(sensor: Sensor, value: float, sign: str, limit: float, hold: Millis) -> str:
    measure = sensor.indicator.measure
    held = f" trong {_span(hold)}" if hold else ""
    return f"{_number(value)} {measure} {sign} {_number(limit)} {measure}{held}"


def _number(value: float) -> str:
    return f"{value:.6g}"


def _span(millis: Millis) -> str:
    return f"{millis // MINUTE} phút" if millis % MINUTE == 0 else f"{millis // SECOND} giây"
