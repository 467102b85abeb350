"""Silence: a sensor that sends nothing for too long is an incident, until it sends again."""

from ioc.core.records import ClockKind
from ioc.core.times import HOUR, MINUTE
from ioc.incident.lifecycle import EventType
from tests.unit.sensors.sensor_harness import ALONE, GAUGE, NOON, PROBE, SensorHarness


def test_a_sensor_that_falls_silent_is_an_incident_until_it_speaks_again() -> None:
    harness = SensorHarness(catalogue=ALONE).see(0, 0.5).tick(29.9)
    assert harness.events == []
    harness.tick(30.5).tick(31)
    (event,) = harness.events
    assert (event.event_type, event.incident, event.time) == (
        EventType.REPORTED,
        f"{GAUGE}:silent-1",
        NOON + 30 * MINUTE,
    )
    assert event.payload.text == "Im lặng 30 phút; số đo cuối 0.5 m"
    harness.see(-5, 0.4, appended=40)
    assert len(harness.events) == 1, "what is late says nothing of now"
    harness.see(41, 0.6)
    assert harness.event_types() == [(EventType.REPORTED, ":silent-1"), (EventType.RESOLVED, ":silent-1")]
    assert harness.events[1].payload.text == "Có số đo trở lại: 0.6 m"
    assert harness.tick(72).event_types()[2:] == [(EventType.REPORTED, ":silent-2")]


def test_silence_counts_from_when_the_centre_heard_of_an_observation() -> None:
    harness = SensorHarness(catalogue=ALONE).see(0, 0.5, appended=20).tick(49)
    assert harness.events == []
    assert harness.tick(50).event_types() == [(EventType.REPORTED, ":silent-1")]


def test_a_silence_does_not_end_before_it_began_though_clocks_differ() -> None:
    harness = SensorHarness(catalogue=ALONE).see(0, 0.5).tick(30).see(29, 0.5, appended=29)
    assert [event.time - NOON for event in harness.events] == [30 * MINUTE, 30 * MINUTE]


def test_a_sensor_that_never_spoke_is_silent_from_when_the_processor_first_knew_it() -> None:
    harness = SensorHarness().tick(0).tick(14)
    assert harness.events == []
    harness.tick(15).restart().tick(29).tick(30)
    assert [event.incident for event in harness.events] == [f"{PROBE}:silent-1", f"{GAUGE}:silent-1"]
    assert harness.events[0].payload.text == "Im lặng 15 phút; chưa có số đo nào"


def test_no_sensor_is_called_silent_while_its_words_may_wait_to_be_folded() -> None:
    harness = SensorHarness(catalogue=ALONE).see(0, 0.5)
    assert harness.processor.tick(NOON + HOUR, 100, late_input=True).empty


def test_with_the_events_clock_silence_comes_to_pass_at_its_own_moment() -> None:
    harness = SensorHarness(ClockKind.EVENT).see(0, 0.5).see(10, 99.9, PROBE).see(50, 0.6)
    assert [(event.event_type, event.incident, event.time - NOON) for event in harness.events] == [
        (EventType.REPORTED, f"{PROBE}:silent-1", 25 * MINUTE),
        (EventType.REPORTED, f"{GAUGE}:silent-1", 30 * MINUTE),
        (EventType.RESOLVED, f"{GAUGE}:silent-1", 50 * MINUTE),
    ]
