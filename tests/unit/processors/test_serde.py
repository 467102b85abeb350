"""Records to and from bytes: what is read is what was written, and writing it again gives the same bytes."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.core.records import ClockKind, Position, Record, position_key
from ioc.core.scalars import TargetName
from ioc.core.topics import Topic
from ioc.figures.aggregates import Aggregate, Cell, Measure, Timing, WindowSize, encode_key
from ioc.figures.sketch import Sketch
from ioc.incident.facts import Fact, FactKind
from ioc.incident.lifecycle import State
from ioc.processors import serde
from ioc.processors.serde import Heartbeat
from tests.unit.samples import LATER, LOGS, at, processor_of, record

INSTANTS = st.integers(0, 2**53)
COUNTS = st.integers(-(10**9), 10**9).filter(bool)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SKETCHES = st.builds(Sketch, COUNTS, INSTANTS, COUNTS, st.dictionaries(st.integers(-10, 3000), COUNTS))
WINDOWS = st.builds(
    Aggregate,
    st.dictionaries(st.sampled_from(Measure), COUNTS),
    st.dictionaries(st.sampled_from(Timing), SKETCHES),
)
POSITIONS = st.builds(Position, INSTANTS, INSTANTS, INSTANTS, INSTANTS, INSTANTS)
HEARTBEATS = st.builds(
    Heartbeat,
    st.integers(0, 999),
    WORDS,
    INSTANTS,
    INSTANTS,
    INSTANTS,
    INSTANTS,
    WORDS,
    oldest_due=st.none() | INSTANTS,
)
FACTS = st.builds(
    Fact,
    id=WORDS,
    kind=st.sampled_from(FactKind),
    incident=WORDS,
    time=INSTANTS,
    at=INSTANTS,
    unit=st.none() | WORDS,
    target=st.none() | st.sampled_from(TargetName),
    dues=st.none() | st.dictionaries(st.sampled_from(TargetName), st.none() | INSTANTS),
    units=st.lists(WORDS).map(tuple),
    on_time=st.none() | st.booleans(),
    changes=st.none() | st.dictionaries(WORDS, st.lists(st.none() | WORDS | INSTANTS)),
    late_input=st.booleans(),
)


def check_round_trip(decode: Callable[[bytes], Any], value: object) -> None:
    written = serde.encode(value)
    assert decode(written) == value
    assert serde.encode(decode(written)) == written


@given(WINDOWS)
def test_a_window(window: Aggregate) -> None:
    check_round_trip(serde.decode_aggregate, window)


@given(POSITIONS)
def test_a_position(position: Position) -> None:
    check_round_trip(serde.decode_position, position)


@given(HEARTBEATS)
def test_a_heartbeat(beat: Heartbeat) -> None:
    check_round_trip(serde.decode_heartbeat, beat)


@given(FACTS)
def test_a_fact(fact: Fact) -> None:
    check_round_trip(serde.decode_fact, fact)


@given(LOGS, st.sampled_from(ClockKind))
def test_incidents_and_the_facts_about_them(log: list[Record], clock: ClockKind) -> None:
    processor = processor_of(log, clock)
    changes = processor.tick(LATER, 1000)
    for incident in (*processor.incidents.values(), *changes.incidents.values()):
        check_round_trip(serde.decode_incident, incident)
    for fact in changes.facts:
        check_round_trip(serde.decode_fact, fact)


def test_the_golden_records_of_this_version_can_be_read_for_ever() -> None:
    golden = (
        b'{"id":"field-reports:1","state":"acknowledged","service":"field-reports","source":"field-reports",'
        b'"unit":"ioc","reported_at":1776128400000,"updated_at":1776128460000,"acknowledged_at":1776128460000,'
        b'"rule":"field-reports","clocks":[["acknowledge",1776128400000,3600000,0,1776132000000,1776131280000,'
        b'1776128460000]],"history":[[1776128400000,"reported","/hue/field-reports","a",{"service":"field-reports"}],'
        b'[1776128460000,"acknowledged","/hue/field-reports","b",{}],'
        b'[1776128470000,"resumed","/hue/field-reports","c",{},"illegal_move"]],'
        b'"said":[[0,"field-reports","acknowledge",1,0,1776132000000,1776132000001]],"version":3}'
    )
    incident = serde.decode_incident(golden)
    assert incident.state is State.ACKNOWLEDGED
    assert incident.clocks[0].target is TargetName.ACKNOWLEDGE
    assert incident.fired_steps[0].at == 1776132000001
    assert [entry.refused for entry in incident.history] == [None, None, "illegal_move"]
    check_round_trip(serde.decode_incident, incident)
    window = b'{"counts":{"received":1},"timings":{"handling":{"count":1,"total":5000,"buckets":{"426":1}}}}'
    assert serde.decode_aggregate(window) == Aggregate(
        {Measure.RECEIVED: 1}, {Timing.HANDLING: Sketch(1, 5000, 0, {426: 1})}
    )
    cell = Cell(WindowSize.DAY, at("2026-04-14 00:00"), "field-reports", "ioc", "19753")
    assert encode_key(3, cell) == b'[3,"day",1776099600000,"field-reports","ioc","19753"]'
    assert position_key(Topic.EVENTS, 3) == b"3"
    assert position_key(Topic.INDICATORS, 3) == b"ioc.indicators/3"


def test_a_record_of_a_newer_version_can_be_read_as_far_as_it_is_known() -> None:
    assert serde.decode_position(b'{"next":7,"speed":1.5}') == Position(next=7)
    with pytest.raises(msgspec.ValidationError):
        serde.decode_position(b'{"next":"seven"}')


def test_an_incident_holds_its_own_history_whole() -> None:
    """With its history an incident can be folded again from its record alone."""
    data = {"service": "field-reports", "title": "Cây đổ ở Huế", "ward": "19753"}
    (incident,) = processor_of([record(0, "reported", at("2026-04-14 08:00"), **data)]).incidents.values()
    (entry,) = serde.decode_incident(serde.encode(incident)).history
    assert (entry.time, entry.event_type, entry.source) == (at("2026-04-14 08:00"), "reported", "/hue/field-reports")
    assert msgspec.json.decode(entry.data) == data


@pytest.mark.parametrize(("next_offset", "end", "lag"), [(0, 0, 0), (3, 10, 7), (10, 10, 0), (11, 10, 0)])
def test_the_lag_is_what_has_come_and_is_not_folded(next_offset: int, end: int, lag: int) -> None:
    assert Heartbeat(0, "w", next_offset, end, 0, 0, "wall").lag == lag
