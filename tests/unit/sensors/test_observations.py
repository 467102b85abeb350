"""Reading observations: what is refused and why, whatever the bytes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.core.records import ClockKind, Record
from ioc.core.rejections import Reason, Rejection
from ioc.core.times import HOUR, MINUTE
from ioc.processors.sensors import SensorProcessor
from ioc.sensors.observations import read_observation
from tests.unit.sensors.sensor_harness import GAUGE, NOON, PROBE, TOWN, SensorHarness, observed


@pytest.mark.parametrize(
    ("value", "key", "reason"),
    [
        (observed("e", NOON, 1, "river-stations:nowhere"), "river-stations:nowhere", Reason.NOT_IN_CATALOGUE),
        (observed("e", NOON, 1, measure="cm"), GAUGE, Reason.INVALID),
        (observed("e", NOON + 11 * MINUTE, 1), GAUGE, Reason.IN_THE_FUTURE),
        (observed("e", NOON, 1), PROBE, Reason.WRONG_KEY),
        (observed("e", NOON, 1)[:-1], GAUGE, Reason.NOT_JSON),
        (observed("e", NOON, 1, event_type="vn.ioc.indicator.guessed.v1"), GAUGE, Reason.UNKNOWN_TYPE),
        (b'{"id":"\xff"}', GAUGE, Reason.NOT_UTF8),
        (b"[]", GAUGE, Reason.INVALID),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(value: bytes, key: str, reason: Reason) -> None:
    harness = SensorHarness().receive(value, key)
    assert harness.refused == [reason]
    assert harness.state().value is None


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
    harness = SensorHarness(ClockKind.EVENT).see(0, 0.5)
    harness.receive(observed("e", NOON + 99 * HOUR, 1, "river-stations:nowhere"), "river-stations:nowhere")
    assert harness.refused == [Reason.NOT_IN_CATALOGUE]
    assert harness.processor.position.clock == NOON


def test_an_observation_on_another_partition_than_its_key_s_is_refused() -> None:
    processors = [SensorProcessor(number, TOWN, ClockKind.WALL, partitions=8) for number in range(8)]
    one = Record(0, NOON, GAUGE.encode(), observed("e", NOON, 1))
    refused = [processor.fold([one]).dead_letters for processor in processors]
    assert [len(one) for one in refused].count(0) == 1
    assert {letter.rejection.reason for letters in refused for letter in letters} == {Reason.WRONG_PARTITION}
