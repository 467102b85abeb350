"""Incidents that people closed: they get no more events, and a graver level opens another."""

from collections.abc import Sequence

from ioc.core.records import ClockKind, Outgoing, Record
from ioc.core.scalars import Priority
from ioc.core.sources import CENTRE
from ioc.core.times import HOUR, MINUTE
from ioc.core.topics import Topic
from ioc.incident.lifecycle import EventType
from ioc.processors.incidents import IncidentProcessor
from ioc.sensors.observations import INCIDENT_CLOSED_TYPE, IncidentClosed, Observation, read_observation
from tests.unit.samples import CITY, body
from tests.unit.sensors.sensor_harness import ALONE, GAUGE, NOON, SensorHarness, observed


def test_an_incident_that_people_closed_is_left_alone_until_it_gets_worse() -> None:
    harness = SensorHarness().see(0, 1.2).see(10, 1.2).close(f"{GAUGE}:1").see(20, 1.2).see(30, 1.2)
    assert harness.event_types() == [(EventType.REPORTED, ":1")]
    harness.see(40, 2.2).see(50, 2.2)
    assert harness.event_types()[1:] == [(EventType.REPORTED, ":2")]
    harness.close(f"{GAUGE}:2").see(60, 0.5).see(70, 0.5)
    assert len(harness.events) == 2, "what is closed is not resolved again"
    assert harness.see(80, 1.2).see(90, 1.2).event_types()[2:] == [(EventType.REPORTED, ":3")]


def by_hand(event_type: EventType, since_noon: int, **data: object) -> Outgoing:
    """Return what a person says of the river's first incident, from the screen."""
    slug, _, subject = GAUGE.partition(":")
    time = NOON + since_noon
    value = body(event_type, time, f"{event_type}-{time}", f"{subject}:1", f"{CENTRE}{slug}", **data)
    return Outgoing(Topic.EVENTS, f"{GAUGE}:1".encode(), value)


def both(harness: SensorHarness, changes: Sequence[Outgoing], incidents: IncidentProcessor) -> list[IncidentClosed]:
    """Let the fold of incidents hear what the sensors' sent, and the sensors' what it sends back; return that."""
    heard = []
    for sent in changes:
        folded = incidents.fold([Record(incidents.position.next, NOON + HOUR, sent.key, sent.value, sent.headers)])
        incidents.apply(folded)
        assert folded.dead_letters == []
        for back in folded.outbox:
            assert back.topic is Topic.INDICATORS
            assert back.value is not None
            harness.receive(back.value, back.key.decode())
            read = read_observation(back.key, back.value)
            assert isinstance(read, Observation)
            assert isinstance(read.payload, IncidentClosed)
            heard.append(read.payload)
    return heard


def test_the_fold_of_incidents_tells_the_sensor_s_when_people_close_what_it_opened() -> None:
    harness, incidents = SensorHarness(), IncidentProcessor(0, CITY, ClockKind.WALL)
    harness.see(0, 1.2).see(10, 1.2)
    both(harness, harness.sent, incidents)
    assert incidents.incidents[f"{GAUGE}:1"].state == "reported"
    person = by_hand(EventType.RESOLVED, HOUR)
    assert both(harness, [person], incidents) == [IncidentClosed(f"{GAUGE}:1", 1)]
    rating = by_hand(EventType.RATED, HOUR, score=5)
    assert both(harness, [rating], incidents) == [], "it was closed before"
    assert harness.state().exceedance is not None
    assert harness.state().exceedance.is_closed  # type: ignore[union-attr]
    harness.sent.clear()
    harness.see(20, 2.5).see(30, 2.5)
    both(harness, harness.sent, incidents)
    assert incidents.incidents[f"{GAUGE}:2"].priority is Priority.HIGH
    harness.sent.clear()
    harness.see(40, 0.5).see(50, 0.5)
    assert both(harness, harness.sent, incidents) == [], "its own solution is no news to it"
    assert incidents.incidents[f"{GAUGE}:2"].state == "resolved"
    assert harness.state().exceedance is None


def test_only_what_the_incident_accepted_counts_as_told() -> None:
    harness, incidents = SensorHarness(), IncidentProcessor(0, CITY, ClockKind.WALL)
    both(harness, harness.see(0, 1.2).see(10, 1.2).sent, incidents)
    harness.sent.clear()
    harness.see(20, 2.2).see(30, 2.2)
    assert both(harness, [by_hand(EventType.RESOLVED, 20 * MINUTE)], incidents) == [IncidentClosed(f"{GAUGE}:1", 1)]
    both(harness, harness.sent[:1], incidents)
    person = [by_hand(EventType.REOPENED, 40 * MINUTE), by_hand(EventType.RESOLVED, 41 * MINUTE)]
    assert both(harness, person, incidents) == [IncidentClosed(f"{GAUGE}:1", 1)]
    assert incidents.incidents[f"{GAUGE}:1"].priority is Priority.NORMAL


def test_a_rise_that_crossed_with_the_closing_is_not_lost() -> None:
    harness = SensorHarness().see(0, 1.2).see(10, 1.2).see(20, 2.2).see(30, 2.2).close(f"{GAUGE}:1", told=1)
    assert harness.event_types() == [(EventType.REPORTED, ":1"), (EventType.UPDATED, ":1"), (EventType.REPORTED, ":2")]
    fallen = SensorHarness().see(0, 1.2).see(10, 1.2).see(20, 2.2).see(30, 2.2).see(40, 1.5).see(50, 1.5)
    fallen.close(f"{GAUGE}:1", told=1)
    assert fallen.event_types()[3:] == [], "it is over already"


def test_what_is_closed_twice_is_closed_once() -> None:
    harness = SensorHarness().see(0, 1.2).see(10, 1.2).close(f"{GAUGE}:1")
    before = harness.state()
    assert harness.close(f"{GAUGE}:1", told=0).close("another:7").state() == before


def test_with_the_events_clock_neither_the_append_time_nor_people_s_closing_counts() -> None:
    harness = SensorHarness(ClockKind.EVENT, ALONE).see(0, 0.5, appended=-500).see(30, 0.5, appended=-500)
    assert (harness.refused, harness.events) == ([], []), "at its very moment there is no silence yet"
    settled = observed("c", NOON + 9 * HOUR, 0, event_type=INCIDENT_CLOSED_TYPE)
    harness.receive(settled.replace(b'"value"', b'"incident":"x","value"'))
    assert (harness.refused, harness.processor.position.clock) == ([], NOON + 30 * MINUTE)


def test_a_silence_that_people_closed_is_not_resolved_again() -> None:
    harness = SensorHarness(catalogue=ALONE).see(0, 0.5).tick(31).close(f"{GAUGE}:silent-1").see(40, 0.5)
    assert harness.event_types() == [(EventType.REPORTED, ":silent-1")]
    assert harness.tick(71).event_types()[1:] == [(EventType.REPORTED, ":silent-2")]
