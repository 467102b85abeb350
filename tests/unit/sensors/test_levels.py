"""Levels: they open once they have held, rise, fall and clear with hysteresis."""

from msgspec.structs import replace

from ioc.core.scalars import Priority
from ioc.core.times import MINUTE
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import Payload, Reported, Updated
from tests.unit.sensors.sensor_harness import GAUGE, NOON, PROBE, TOWN, SensorHarness


def test_a_level_opens_an_incident_once_it_has_held_and_not_before() -> None:
    harness = SensorHarness().see(0, 0.5).see(1, 1.0).see(5, 1.2).see(10.9, 1.3)
    assert harness.events == []
    harness.see(11, 1.3).see(12, 1.4)
    (event,) = harness.events
    assert (event.event_type, event.incident, event.time) == (EventType.REPORTED, f"{GAUGE}:1", NOON + 11 * MINUTE)
    assert event.payload == Reported(
        service="flood-rain",
        priority=Priority.NORMAL,
        title="Mức 1: Trạm",
        text="1.3 m ≥ 1 m trong 10 phút",
        channel="sensor",
        ward="19774",
        lat=16.45,
        lon=107.56,
    )


def test_a_value_that_goes_back_meanwhile_begins_to_hold_anew() -> None:
    harness = SensorHarness().see(0, 1.2).see(6, 0.99).see(7, 1.2).see(16, 1.2)
    assert harness.events == []
    assert harness.see(17, 1.2).event_types() == [(EventType.REPORTED, ":1")]


def test_what_nobody_observed_has_not_held() -> None:
    assert SensorHarness().see(0, 1.2).see(30, 1.2).event_types() == [(EventType.REPORTED, ":1")]
    harness = SensorHarness().see(0, 1.2).see(31, 1.2)
    assert harness.events == []
    assert harness.see(41, 1.2).event_types() == [(EventType.REPORTED, ":1")]


def test_it_rises_falls_and_clears_with_hysteresis() -> None:
    harness = SensorHarness()
    for minute, value in ((0, 1.1), (10, 1.1), (20, 2.0), (30, 2.1), (40, 1.9), (50, 1.9), (60, 1.7), (70, 1.7)):
        harness.see(minute, value)
    assert harness.event_types() == [(EventType.REPORTED, ":1"), (EventType.UPDATED, ":1"), (EventType.UPDATED, ":1")]
    risen, fallen = harness.events[1:]
    assert risen.payload == Updated(title="Mức 2: Trạm", text="2.1 m ≥ 2 m trong 10 phút", priority=Priority.HIGH)
    assert fallen.payload == Updated(title="Mức 1: Trạm", text="1.7 m ≤ 1.8 m trong 10 phút")
    harness.see(80, 0.9).see(90, 0.8).see(95, 0.81).see(100, 0.8).see(109, 0.7)
    assert len(harness.events) == 3, "between the two limits nothing counts as clear"
    harness.see(110, 0.7)
    assert harness.events[3].event_type is EventType.RESOLVED
    assert harness.events[3].payload == Payload(text="0.7 m ≤ 0.8 m trong 10 phút; nặng nhất 2.1 m")
    assert (harness.state().level, harness.state().level_start, harness.state().exceedance) == (0, None, None)


def test_the_next_time_it_is_another_incident() -> None:
    harness = SensorHarness(catalogue=TOWN)
    for minute, value in ((0, 80.0), (1, 99.9), (2, 99.9), (7, 99.9), (8, 50.0)):
        harness.see(minute, value, PROBE)
    assert harness.event_types(PROBE) == [
        (EventType.REPORTED, ":1"),
        (EventType.RESOLVED, ":1"),
        (EventType.REPORTED, ":2"),
    ]
    assert "nặng nhất 80 m" in str(harness.events[1].payload.text)


def test_the_gravest_level_opens_when_it_holds_first_and_a_second_rise_does_not_raise_twice() -> None:
    harness = SensorHarness().see(0, 4.0).see(5, 4.0)
    assert [event.payload.priority for event in harness.events if isinstance(event.payload, Reported)] == [
        Priority.URGENT
    ]
    harness.see(10, 4.0).see(15, 3.0).see(20, 3.0).see(25, 4.0).see(30, 4.0)
    assert harness.event_types() == [(EventType.REPORTED, ":1"), (EventType.UPDATED, ":1"), (EventType.UPDATED, ":1")]
    assert [event.payload.priority for event in harness.events if isinstance(event.payload, Updated)] == [None, None]


def test_late_and_repeated_observations_change_nothing_but_a_count() -> None:
    harness = SensorHarness().see(0, 1.2).see(5, 1.3)
    before = harness.state()
    harness.see(5, 1.3, appended=6)
    assert (harness.state(), harness.processor.position.duplicates) == (before, 1)
    harness.see(3, 0.1, appended=7).see(5, 9.0, event_id="another", appended=8)
    assert harness.state() == replace(before, late=2, version=before.version + 2)
    assert harness.see(10, 1.2).event_types() == [(EventType.REPORTED, ":1")]
