"""The events of a sensor's incidents, which the centre sends itself; their texts (Vietnamese) hold the numbers."""

from typing import NamedTuple

from ioc.catalogue.thresholds import Direction, Sensor, Silence, Threshold
from ioc.core.records import Outgoing
from ioc.core.times import MINUTE, SECOND, Instant, Millis
from ioc.incident.lifecycle import EventType
from ioc.incident.own_events import own_event
from ioc.incident.payloads import Payload, Reported, Updated

PART = "indicators"
CHANNEL = "sensor"


class LevelChange(NamedTuple):
    """A change of level of an open incident, after `events_sent` events; `peak` is the gravest level before it."""

    incident: str
    events_sent: int
    old: int
    new: int
    peak: int
    value: float
    worst: float


def level_report(sensor: Sensor, incident: str, time: Instant, level: int, value: float) -> Outgoing:
    """Return the event that reports that a level came into force."""
    threshold = sensor.threshold(level)
    assert threshold is not None, "a level in force is one of the sensor's"
    return _report(sensor, incident, time, threshold, _reached(sensor, threshold, value))


def level_event(sensor: Sensor, time: Instant, change: LevelChange) -> Outgoing:
    """Return the event that raises, lowers or resolves an incident. Its priority is raised, and never lowered."""
    threshold = sensor.threshold(change.new)
    if threshold is None:
        text = f"{_cleared(sensor, change)}; nặng nhất {_number(change.worst)} {sensor.indicator.measure}"
        return _emit(change.incident, EventType.RESOLVED, time, change.events_sent, Payload(text=text))
    update = Updated(
        title=f"{threshold.title_vi}: {sensor.name}",
        text=_reached(sensor, threshold, change.value) if change.new > change.old else _cleared(sensor, change),
        priority=threshold.priority if change.new > change.peak else None,
    )
    return _emit(change.incident, EventType.UPDATED, time, change.events_sent, update)


def outage_report(sensor: Sensor, incident: str, time: Instant, value: float | None) -> Outgoing:
    """Return the event that reports a sensor silent for too long; `value` is its last, None when it has sent none."""
    silence = sensor.indicator.silence
    last = "chưa có số đo nào" if value is None else f"số đo cuối {_number(value)} {sensor.indicator.measure}"
    return _report(sensor, incident, time, silence, f"Im lặng {_duration(sensor.silent_after)}; {last}")


def _report(sensor: Sensor, incident: str, time: Instant, template: Threshold | Silence, text: str) -> Outgoing:
    report = Reported(
        service=sensor.indicator.service,
        category=template.category,
        priority=template.priority,
        title=f"{template.title_vi}: {sensor.name}",
        text=text,
        channel=CHANNEL,
        unit=template.unit,
        ward=sensor.ward,
        lat=sensor.lat,
        lon=sensor.lon,
    )
    return _emit(incident, EventType.REPORTED, time, 0, report)


def recovery_event(sensor: Sensor, incident: str, time: Instant, value: float) -> Outgoing:
    """Return the event that resolves an outage: the sensor sends again."""
    text = f"Có số đo trở lại: {_number(value)} {sensor.indicator.measure}"
    return _emit(incident, EventType.RESOLVED, time, 1, Payload(text=text))


def _emit(incident: str, event_type: EventType, time: Instant, number: int, payload: Payload) -> Outgoing:
    """Return an event whose id is made from its number within its incident: folding again makes the same ids."""
    return own_event(PART, incident, event_type, time, f"{incident}/{number}", payload)


def _reached(sensor: Sensor, threshold: Threshold, value: float) -> str:
    sign = "≥" if sensor.indicator.direction is Direction.ABOVE else "≤"
    return _comparison(sensor, value, sign, threshold.at, threshold.hold)


def _cleared(sensor: Sensor, change: LevelChange) -> str:
    """Return the value and the limit at which the mildest of the cleared levels ended."""
    mildest = next((threshold for threshold in sensor.thresholds if threshold.level > change.new), None)
    if mildest is None:  # the catalogue no longer has the level
        return f"{_number(change.value)} {sensor.indicator.measure}"
    sign = "≤" if sensor.indicator.direction is Direction.ABOVE else "≥"
    return _comparison(sensor, change.value, sign, mildest.clear_at, mildest.hold)


def _comparison(sensor: Sensor, value: float, sign: str, limit: float, hold: Millis) -> str:
    measure = sensor.indicator.measure
    duration = f" trong {_duration(hold)}" if hold else ""
    return f"{_number(value)} {measure} {sign} {_number(limit)} {measure}{duration}"


def _number(value: float) -> str:
    return f"{value:.6g}"


def _duration(millis: Millis) -> str:
    return f"{millis // MINUTE} phút" if millis % MINUTE == 0 else f"{millis // SECOND} giây"
