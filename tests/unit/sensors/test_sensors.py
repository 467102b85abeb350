"""Sensors: levels that hold, hysteresis, silence, and incidents that are opened, told of and closed exactly once."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.catalogue.city import Catalogue
from ioc.catalogue.thresholds import Direction, Indicator, Sensor, Silence, Threshold
from ioc.core.records import ClockKind, Outgoing, Record
from ioc.core.rejections import Reason, Rejection
from ioc.core.scalars import Priority
from ioc.core.sources import CENTRE
from ioc.core.times import HOUR, MINUTE, Instant, to_rfc3339
from ioc.core.topics import Topic
from ioc.incident.event import Event
from ioc.incident.lifecycle import EventType
from ioc.incident.payloads import Payload, Reported, Updated
from ioc.processors import serde
from ioc.processors.incidents import IncidentProcessor as Incidents
from ioc.processors.reader import read_event
from ioc.processors.sensor_change_set import SensorChangeSet
from ioc.processors.sensors import SensorProcessor
from ioc.sensors.observations import INCIDENT_CLOSED_TYPE, OBSERVED_TYPE, IncidentClosed, Observation, read_observation
from ioc.sensors.state import SensorState
from tests.unit.samples import CITY, at, body

NOON = at("2026-04-14 12:00")
GAUGE, PROBE = "river-stations:kim-long", "uptime-probes:hue-s"


def levels(*rows: tuple[float, float, int, Priority]) -> tuple[Threshold, ...]:
    return tuple(
        Threshold(n, at_, clear, hold * MINUTE, priority, None, None, f"Mức {n}", f"Level {n}")
        for n, (at_, clear, hold, priority) in enumerate(rows, 1)
    )


def sensor(id: str, direction: Direction, silent_after: int, thresholds: tuple[Threshold, ...]) -> Sensor:
    silence = Silence(Priority.NORMAL, None, None, "Mất tín hiệu", "No signal")
    service = "flood-rain"
    kind = Indicator("kind", "A", "A", "m", service, direction, silent_after * MINUTE, silence, thresholds)
    return Sensor(id, kind, "Trạm", "19774", 16.45, 107.56, silent_after * MINUTE, thresholds)


RIVER = sensor(
    GAUGE,
    Direction.ABOVE,
    30,
    levels(
        (1.0, 0.8, 10, Priority.NORMAL),
        (2.0, 1.8, 10, Priority.HIGH),
        (3.5, 3.2, 5, Priority.URGENT),
    ),
)
UPTIME = sensor(PROBE, Direction.BELOW, 15, levels((99, 99.5, 5, Priority.NORMAL), (90, 97, 0, Priority.HIGH)))
TOWN: Catalogue = replace(CITY, sensors={GAUGE: RIVER, PROBE: UPTIME})
ALONE: Catalogue = replace(CITY, sensors={GAUGE: RIVER})


def observed(id: str, time: Instant, value: float, of: str = GAUGE, type: str = OBSERVED_TYPE, **more: object) -> bytes:
    slug, _, subject = of.partition(":")
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": id,
            "source": f"/hue/{slug}",
            "subject": subject,
            "type": type,
            "time": to_rfc3339(time),
            "data": {"value": value, **more},
        }
    )


class Told(NamedTuple):
    """An event the lane sent, read back as the fold of incidents reads it."""

    event_type: EventType
    incident: str
    time: Instant
    id: str
    payload: Payload


def read(sent: Outgoing) -> Told:
    event = read_event(sent.key, sent.value, sent.headers)
    assert isinstance(event, Event), event
    return Told(event.event_type, event.incident, event.time, f"{event.source}/{event.id}", event.payload)


class Lane:
    """A lane of one partition, and all it has sent."""

    def __init__(self, clock: ClockKind = ClockKind.WALL, catalogue: Catalogue = TOWN) -> None:
        self.shard = SensorProcessor(0, catalogue, clock)
        self.offset = 0
        self.sent: list[Outgoing] = []
        self.told: list[Told] = []
        self.refused: list[Reason] = []

    def take(self, changes: SensorChangeSet) -> None:
        self.shard.apply(changes)
        self.sent += changes.outbox
        self.told += map(read, changes.outbox)
        self.refused += [letter.rejection.reason for letter in changes.dead_letters]

    def see(self, minute: float, value: float, of: str = GAUGE, id: str = "", appended: float | None = None) -> "Lane":
        """A sensor measures a value so many minutes after noon, and the broker has it at once, or later."""
        time = NOON + round(minute * MINUTE)
        return self.receive(
            observed(id or f"{of}/{time}", time, value, of), of, minute if appended is None else appended
        )

    def receive(self, value: bytes, key: str = GAUGE, minute: float = 0) -> "Lane":
        one = Record(self.offset, NOON + round(minute * MINUTE), key.encode(), value)
        self.offset += 1
        self.take(self.shard.fold([one]))
        return self

    def tick(self, minute: float) -> "Lane":
        self.take(self.shard.tick(NOON + round(minute * MINUTE), 100))
        return self

    def close(self, incident: str, told: int = 1) -> "Lane":
        """People close an incident, and the incidents' own fold says so."""
        value = msgspec.json.decode(observed("c", NOON, 0, type=INCIDENT_CLOSED_TYPE))
        return self.receive(msgspec.json.encode({**value, "data": {"incident": incident, "told": told}}))

    def restart(self) -> "Lane":
        """Take the partition over, as another worker does."""
        old = self.shard
        self.shard = SensorProcessor(0, old.catalogue, old.clock)
        for id, state in old.sensors.items():
            self.shard.restore(self.shard.tables[0], id.encode(), serde.encode(state))
        self.shard.position = old.position
        self.shard.build_indexes()
        return self

    def state(self, of: str = GAUGE) -> SensorState:
        return self.shard.sensors[of]

    def moves(self, of: str = GAUGE) -> list[tuple[EventType, str]]:
        return [(told.event_type, told.incident.removeprefix(of)) for told in self.told if told.incident.startswith(of)]


def test_a_level_opens_an_incident_once_it_has_held_and_not_before() -> None:
    lane = Lane().see(0, 0.5).see(1, 1.0).see(5, 1.2).see(10.9, 1.3)
    assert lane.told == []
    lane.see(11, 1.3).see(12, 1.4)
    (told,) = lane.told
    assert (told.event_type, told.incident, told.time) == (EventType.REPORTED, f"{GAUGE}:1", NOON + 11 * MINUTE)
    assert told.payload == Reported(
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
    lane = Lane().see(0, 1.2).see(6, 0.99).see(7, 1.2).see(16, 1.2)
    assert lane.told == []
    assert lane.see(17, 1.2).moves() == [(EventType.REPORTED, ":1")]


def test_what_nobody_observed_has_not_held() -> None:
    assert Lane().see(0, 1.2).see(30, 1.2).moves() == [(EventType.REPORTED, ":1")]
    lane = Lane().see(0, 1.2).see(31, 1.2)
    assert lane.told == []
    assert lane.see(41, 1.2).moves() == [(EventType.REPORTED, ":1")]


def test_it_rises_falls_and_clears_with_hysteresis() -> None:
    lane = Lane()
    for minute, value in ((0, 1.1), (10, 1.1), (20, 2.0), (30, 2.1), (40, 1.9), (50, 1.9), (60, 1.7), (70, 1.7)):
        lane.see(minute, value)
    assert lane.moves() == [(EventType.REPORTED, ":1"), (EventType.UPDATED, ":1"), (EventType.UPDATED, ":1")]
    risen, fallen = lane.told[1:]
    assert risen.payload == Updated(title="Mức 2: Trạm", text="2.1 m ≥ 2 m trong 10 phút", priority=Priority.HIGH)
    assert fallen.payload == Updated(title="Mức 1: Trạm", text="1.7 m ≤ 1.8 m trong 10 phút")
    lane.see(80, 0.9).see(90, 0.8).see(95, 0.81).see(100, 0.8).see(109, 0.7)
    assert len(lane.told) == 3, "between the two limits nothing counts as clear"
    lane.see(110, 0.7)
    assert lane.told[3].event_type is EventType.RESOLVED
    assert lane.told[3].payload == Payload(text="0.7 m ≤ 0.8 m trong 10 phút; nặng nhất 2.1 m")
    assert (lane.state().level, lane.state().level_start, lane.state().exceedance) == (0, None, None)


def test_the_next_time_it_is_another_incident() -> None:
    lane = Lane(catalogue=TOWN)
    for minute, value in ((0, 80.0), (1, 99.9), (2, 99.9), (7, 99.9), (8, 50.0)):
        lane.see(minute, value, PROBE)
    assert lane.moves(PROBE) == [(EventType.REPORTED, ":1"), (EventType.RESOLVED, ":1"), (EventType.REPORTED, ":2")]
    assert "nặng nhất 80 m" in str(lane.told[1].payload.text)


def test_the_gravest_level_opens_when_it_holds_first_and_a_second_rise_does_not_raise_twice() -> None:
    lane = Lane().see(0, 4.0).see(5, 4.0)
    assert [told.payload.priority for told in lane.told if isinstance(told.payload, Reported)] == [Priority.URGENT]
    lane.see(10, 4.0).see(15, 3.0).see(20, 3.0).see(25, 4.0).see(30, 4.0)
    assert lane.moves() == [(EventType.REPORTED, ":1"), (EventType.UPDATED, ":1"), (EventType.UPDATED, ":1")]
    assert [told.payload.priority for told in lane.told if isinstance(told.payload, Updated)] == [None, None]


def test_late_and_repeated_observations_change_nothing_but_a_count() -> None:
    lane = Lane().see(0, 1.2).see(5, 1.3)
    before = lane.state()
    lane.see(5, 1.3, appended=6)
    assert (lane.state(), lane.shard.position.duplicates) == (before, 1)
    lane.see(3, 0.1, appended=7).see(5, 9.0, id="another", appended=8)
    assert lane.state() == replace(before, late=2, version=before.version + 2)
    assert lane.see(10, 1.2).moves() == [(EventType.REPORTED, ":1")]


def test_a_sensor_that_falls_silent_is_an_incident_until_it_speaks_again() -> None:
    lane = Lane(catalogue=ALONE).see(0, 0.5).tick(29.9)
    assert lane.told == []
    lane.tick(30.5).tick(31)
    (told,) = lane.told
    assert (told.event_type, told.incident, told.time) == (EventType.REPORTED, f"{GAUGE}:silent-1", NOON + 30 * MINUTE)
    assert told.payload.text == "Im lặng 30 phút; số đo cuối 0.5 m"
    lane.see(-5, 0.4, appended=40)
    assert len(lane.told) == 1, "what is late says nothing of now"
    lane.see(41, 0.6)
    assert lane.moves() == [(EventType.REPORTED, ":silent-1"), (EventType.RESOLVED, ":silent-1")]
    assert lane.told[1].payload.text == "Có số đo trở lại: 0.6 m"
    assert lane.tick(72).moves()[2:] == [(EventType.REPORTED, ":silent-2")]


def test_silence_counts_from_when_the_centre_heard_of_an_observation() -> None:
    lane = Lane(catalogue=ALONE).see(0, 0.5, appended=20).tick(49)
    assert lane.told == []
    assert lane.tick(50).moves() == [(EventType.REPORTED, ":silent-1")]


def test_a_silence_does_not_end_before_it_began_though_clocks_differ() -> None:
    lane = Lane(catalogue=ALONE).see(0, 0.5).tick(30).see(29, 0.5, appended=29)
    assert [told.time - NOON for told in lane.told] == [30 * MINUTE, 30 * MINUTE]


def test_a_sensor_that_never_spoke_is_silent_from_when_the_lane_first_knew_it() -> None:
    lane = Lane().tick(0).tick(14)
    assert lane.told == []
    lane.tick(15).restart().tick(29).tick(30)
    assert [told.incident for told in lane.told] == [f"{PROBE}:silent-1", f"{GAUGE}:silent-1"]
    assert lane.told[0].payload.text == "Im lặng 15 phút; chưa có số đo nào"


def test_no_sensor_is_called_silent_while_its_words_may_wait_to_be_folded() -> None:
    lane = Lane(catalogue=ALONE).see(0, 0.5)
    assert lane.shard.tick(NOON + HOUR, 100, late_input=True).empty


def test_with_the_events_clock_silence_comes_to_pass_at_its_own_moment() -> None:
    lane = Lane(ClockKind.EVENT).see(0, 0.5).see(10, 99.9, PROBE).see(50, 0.6)
    assert [(told.event_type, told.incident, told.time - NOON) for told in lane.told] == [
        (EventType.REPORTED, f"{PROBE}:silent-1", 25 * MINUTE),
        (EventType.REPORTED, f"{GAUGE}:silent-1", 30 * MINUTE),
        (EventType.RESOLVED, f"{GAUGE}:silent-1", 50 * MINUTE),
    ]


def test_an_incident_that_people_closed_is_left_alone_until_it_gets_worse() -> None:
    lane = Lane().see(0, 1.2).see(10, 1.2).close(f"{GAUGE}:1").see(20, 1.2).see(30, 1.2)
    assert lane.moves() == [(EventType.REPORTED, ":1")]
    lane.see(40, 2.2).see(50, 2.2)
    assert lane.moves()[1:] == [(EventType.REPORTED, ":2")]
    lane.close(f"{GAUGE}:2").see(60, 0.5).see(70, 0.5)
    assert len(lane.told) == 2, "what is closed is not resolved again"
    assert lane.see(80, 1.2).see(90, 1.2).moves()[2:] == [(EventType.REPORTED, ":3")]


def by_hand(event_type: EventType, since_noon: int, **data: object) -> Outgoing:
    """Return what a person says of the river's first incident, from the screen."""
    slug, _, subject = GAUGE.partition(":")
    time = NOON + since_noon
    value = body(event_type, time, f"{event_type}-{time}", f"{subject}:1", f"{CENTRE}{slug}", **data)
    return Outgoing(Topic.EVENTS, f"{GAUGE}:1".encode(), value)


def both(lane: Lane, changes: Sequence[Outgoing], incidents: Incidents) -> list[IncidentClosed]:
    """Let the fold of incidents hear what the sensors' sent, and the sensors' what it sends back; return that."""
    heard = []
    for sent in changes:
        folded = incidents.fold([Record(incidents.position.next, NOON + HOUR, sent.key, sent.value, sent.headers)])
        incidents.apply(folded)
        assert folded.dead_letters == []
        for back in folded.outbox:
            assert back.topic is Topic.INDICATORS
            assert back.value is not None
            lane.receive(back.value, back.key.decode())
            read = read_observation(back.key, back.value)
            assert isinstance(read, Observation)
            assert isinstance(read.payload, IncidentClosed)
            heard.append(read.payload)
    return heard


def test_the_fold_of_incidents_tells_the_sensor_s_when_people_close_what_it_opened() -> None:
    lane, incidents = Lane(), Incidents(0, CITY, ClockKind.WALL)
    lane.see(0, 1.2).see(10, 1.2)
    both(lane, lane.sent, incidents)
    assert incidents.incidents[f"{GAUGE}:1"].state == "reported"
    person = by_hand(EventType.RESOLVED, HOUR)
    assert both(lane, [person], incidents) == [IncidentClosed(f"{GAUGE}:1", 1)]
    rating = by_hand(EventType.RATED, HOUR, score=5)
    assert both(lane, [rating], incidents) == [], "it was closed before"
    assert lane.state().exceedance is not None
    assert lane.state().exceedance.is_closed  # type: ignore[union-attr]
    lane.sent.clear()
    lane.see(20, 2.5).see(30, 2.5)
    both(lane, lane.sent, incidents)
    assert incidents.incidents[f"{GAUGE}:2"].priority is Priority.HIGH
    lane.sent.clear()
    lane.see(40, 0.5).see(50, 0.5)
    assert both(lane, lane.sent, incidents) == [], "its own solution is no news to it"
    assert incidents.incidents[f"{GAUGE}:2"].state == "resolved"
    assert lane.state().exceedance is None


def test_only_what_the_incident_accepted_counts_as_told() -> None:
    lane, incidents = Lane(), Incidents(0, CITY, ClockKind.WALL)
    both(lane, lane.see(0, 1.2).see(10, 1.2).sent, incidents)
    lane.sent.clear()
    lane.see(20, 2.2).see(30, 2.2)
    assert both(lane, [by_hand(EventType.RESOLVED, 20 * MINUTE)], incidents) == [IncidentClosed(f"{GAUGE}:1", 1)]
    both(lane, lane.sent[:1], incidents)
    person = [by_hand(EventType.REOPENED, 40 * MINUTE), by_hand(EventType.RESOLVED, 41 * MINUTE)]
    assert both(lane, person, incidents) == [IncidentClosed(f"{GAUGE}:1", 1)]
    assert incidents.incidents[f"{GAUGE}:1"].priority is Priority.NORMAL


def test_a_rise_that_crossed_with_the_closing_is_not_lost() -> None:
    lane = Lane().see(0, 1.2).see(10, 1.2).see(20, 2.2).see(30, 2.2).close(f"{GAUGE}:1", told=1)
    assert lane.moves() == [(EventType.REPORTED, ":1"), (EventType.UPDATED, ":1"), (EventType.REPORTED, ":2")]
    fallen = Lane().see(0, 1.2).see(10, 1.2).see(20, 2.2).see(30, 2.2).see(40, 1.5).see(50, 1.5)
    fallen.close(f"{GAUGE}:1", told=1)
    assert fallen.moves()[3:] == [], "it is over already"


def test_what_is_closed_twice_is_closed_once() -> None:
    lane = Lane().see(0, 1.2).see(10, 1.2).close(f"{GAUGE}:1")
    before = lane.state()
    assert lane.close(f"{GAUGE}:1", told=0).close("another:7").state() == before


def test_with_the_events_clock_neither_the_append_time_nor_people_s_closing_counts() -> None:
    lane = Lane(ClockKind.EVENT, ALONE).see(0, 0.5, appended=-500).see(30, 0.5, appended=-500)
    assert (lane.refused, lane.told) == ([], []), "at its very moment there is no silence yet"
    settled = observed("c", NOON + 9 * HOUR, 0, type=INCIDENT_CLOSED_TYPE)
    lane.receive(settled.replace(b'"value"', b'"incident":"x","value"'))
    assert (lane.refused, lane.shard.position.clock) == ([], NOON + 30 * MINUTE)


def test_a_silence_that_people_closed_is_not_resolved_again() -> None:
    lane = Lane(catalogue=ALONE).see(0, 0.5).tick(31).close(f"{GAUGE}:silent-1").see(40, 0.5)
    assert lane.moves() == [(EventType.REPORTED, ":silent-1")]
    assert lane.tick(71).moves()[1:] == [(EventType.REPORTED, ":silent-2")]


@pytest.mark.parametrize(
    ("value", "key", "reason"),
    [
        (observed("e", NOON, 1, "river-stations:nowhere"), "river-stations:nowhere", Reason.NOT_IN_CATALOGUE),
        (observed("e", NOON, 1, measure="cm"), GAUGE, Reason.INVALID),
        (observed("e", NOON + 11 * MINUTE, 1), GAUGE, Reason.IN_THE_FUTURE),
        (observed("e", NOON, 1), PROBE, Reason.WRONG_KEY),
        (observed("e", NOON, 1)[:-1], GAUGE, Reason.NOT_JSON),
        (observed("e", NOON, 1, type="vn.ioc.indicator.guessed.v1"), GAUGE, Reason.UNKNOWN_TYPE),
        (b'{"id":"\xff"}', GAUGE, Reason.NOT_UTF8),
        (b"[]", GAUGE, Reason.INVALID),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(value: bytes, key: str, reason: Reason) -> None:
    lane = Lane().receive(value, key)
    assert lane.refused == [reason]
    assert lane.state().value is None


def test_all_faults_of_an_observation_are_told_at_once_and_none_of_what_it_says() -> None:
    value = msgspec.json.decode(observed("e", NOON, 1))
    faulty = {**value, "time": "2026-04-14T12:00:00", "data": {"value": "high", "measure": ""}}
    del faulty["id"]
    rejection = read_observation(b"elsewhere", msgspec.json.encode(faulty))
    assert isinstance(rejection, Rejection)
    assert {fault.field for fault in rejection.errors} == {"id", "time", "key", "data.value", "data.measure"}
    assert "high" not in str(rejection)


@pytest.mark.parametrize("number", ["1e999", "-1e16", "NaN", "null", "true", '"1"'])
def test_what_is_no_number_a_sensor_can_mean_is_refused(number: str) -> None:
    value = observed("e", NOON, 123).replace(b"123.0", number.encode()).replace(b":123}", f":{number}}}".encode())
    assert isinstance(read_observation(GAUGE.encode(), value), Rejection)


@given(st.binary(max_size=300), st.one_of(st.none(), st.binary(max_size=30)))
def test_reading_an_observation_always_ends(value: bytes, key: bytes | None) -> None:
    assert read_observation(key, value) is not None


def test_a_refused_observation_does_not_move_the_events_clock() -> None:
    lane = Lane(ClockKind.EVENT).see(0, 0.5)
    lane.receive(observed("e", NOON + 99 * HOUR, 1, "river-stations:nowhere"), "river-stations:nowhere")
    assert lane.refused == [Reason.NOT_IN_CATALOGUE]
    assert lane.shard.position.clock == NOON


def test_an_observation_on_another_partition_than_its_key_s_is_refused() -> None:
    shards = [SensorProcessor(number, TOWN, ClockKind.WALL, partitions=8) for number in range(8)]
    one = Record(0, NOON, GAUGE.encode(), observed("e", NOON, 1))
    refused = [shard.fold([one]).dead_letters for shard in shards]
    assert [len(one) for one in refused].count(0) == 1
    assert {letter.rejection.reason for letters in refused for letter in letters} == {Reason.WRONG_PARTITION}


# One observation: whose, how long after the one before (min), its value, whether it is sent twice, whether late.
_SEEN = st.tuples(
    st.sampled_from((GAUGE, PROBE)),
    st.integers(1, 40),
    st.sampled_from((0.5, 0.8, 0.9, 1.0, 1.5, 2.0, 2.5, 3.6, 89.0, 98.0, 99.2, 99.9)),
    st.booleans(),
    st.booleans(),
)
SEEN = st.lists(_SEEN, min_size=4, max_size=60)
Day = Sequence[tuple[str, int, float, bool, bool]]


def lived(day: Day, restarts: bool = False, clock: ClockKind = ClockKind.EVENT) -> Lane:
    lane, minute = Lane(clock), 0
    for of, wait, value, twice, late in day:
        minute += wait
        lane.see(minute, value, of)
        if restarts:
            lane.restart()
        if twice:
            lane.see(minute, value, of, appended=minute)
        if late:
            lane.see(minute - wait - 1, 9.0, of, id=f"late-{minute}", appended=minute)
    return lane


@given(SEEN)
def test_restarts_at_every_point_and_duplicates_make_the_same_incidents(day: Day) -> None:
    plain = [(of, wait, value, False, False) for of, wait, value, _, _ in day]
    assert lived(day, restarts=True).told == lived(plain).told
    ids = [told.id for told in lived(day).told]
    assert len(ids) == len(set(ids))


@given(SEEN)
def test_what_one_sensor_says_makes_nothing_of_another_s_levels(day: Day) -> None:
    """With the wall's clock, without ticks: only what was said is told of."""
    both = lived(day, clock=ClockKind.WALL)
    for of in (GAUGE, PROBE):
        alone, minute = Lane(ClockKind.WALL), 0
        for who, wait, value, _, _ in day:
            minute += wait
            if who == of:
                alone.see(minute, value, of)
        assert alone.moves(of) == both.moves(of)


@given(SEEN)
def test_never_are_two_open_for_one_sensor_and_cause(day: Day) -> None:
    open_ones: dict[tuple[str, bool], str] = {}
    for told in lived(day).told:
        of, _, number = told.incident.rpartition(":")
        cause = of, number.startswith("silent")
        if told.event_type is EventType.REPORTED:
            assert cause not in open_ones
            open_ones[cause] = told.incident
        else:
            assert open_ones[cause] == told.incident
            if told.event_type is EventType.RESOLVED:
                del open_ones[cause]


def held(series: Sequence[tuple[int, float]], until: int, threshold: Threshold, of: Sensor) -> bool:
    """True when every observation of a hold time up to `until` reached a level, without a gap. By brute force."""
    direction = of.indicator.direction
    seen = [(minute, value) for minute, value in series if minute <= until]
    for first, _ in seen:
        if (until - first) * MINUTE < threshold.hold:
            continue
        window = [(minute, value) for minute, value in seen if minute >= first]
        gaps = [after[0] - before[0] for before, after in pairwise(window)]
        reached = all(direction.reaches(value, threshold.at) for _, value in window)
        if reached and all(gap * MINUTE <= of.silent_after for gap in gaps):
            return True
    return False


@given(SEEN)
def test_what_opens_has_held_and_what_has_held_is_open(day: Day) -> None:
    """The oracle looks at the whole series each time, and keeps nothing."""
    lane = lived(day)
    for of in (RIVER, UPTIME):
        series, minute = [], 0
        for who, wait, value, _, _ in day:
            minute += wait
            if who == of.id:
                series.append((minute, value))
        for told in lane.told:
            if (
                told.event_type is EventType.REPORTED
                and told.incident.startswith(f"{of.id}:")
                and "silent" not in told.incident
            ):
                until = (told.time - NOON) // MINUTE
                assert any(held(series, until, one, of) for one in of.thresholds)
        if series and any(held(series, series[-1][0], one, of) for one in of.thresholds):
            assert lane.state(of.id).level > 0
