"""The comparison of sensors with their log: it finds what was changed, left out, invented or said twice."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from console.verify.inspection import Inspection
from console.verify.sensor_diff import sensor_differences, sensor_events
from console.verify.snapshot import SensorSnapshot, refused_record
from ioc.core.editions import Edition
from ioc.core.records import ClockKind, Outgoing, Record
from ioc.core.times import HOUR, MINUTE
from ioc.processors.sensors import SensorProcessor
from tests.unit.sensors.sensor_harness import ALONE, GAUGE, NOON, observed


class WrittenSensors:
    """What a processor wrote of an afternoon with a rise, a refused record and, by the wall's clock, a silence."""

    def __init__(self, clock: ClockKind) -> None:
        processor = SensorProcessor(0, ALONE, clock)
        series = [(0, 1.2), (10, 1.2), (20, 2.2), (30, 2.2), (40, 0.5), (50, 0.5), (95, 0.6)]
        values = [(minute, observed(f"e{minute}", NOON + minute * MINUTE, value)) for minute, value in series]
        values.insert(2, (11, b"{not json"))
        self.found = SensorSnapshot(0)
        self.sent: list[Outgoing] = []
        for offset, (minute, value) in enumerate(values):
            one = Record(offset, NOON + minute * MINUTE, GAUGE.encode(), value)
            if minute > 90 and clock is ClockKind.WALL:
                self._take(processor, processor.tick(NOON + 81 * MINUTE, 10))
            self.found.log.append(one)
            self._take(processor, processor.fold([one]))
        self.found.position = self.found.later = processor.position
        self.found.states = dict(processor.sensors)
        self.inspection = Inspection(clock, NOON + 97 * MINUTE, MINUTE)

    def _take(self, processor: SensorProcessor, changes: object) -> None:
        processor.apply(changes)  # type: ignore[arg-type]
        self.sent += changes.outbox  # type: ignore[attr-defined]
        self.found.dead_letters += map(refused_record, changes.dead_letters)  # type: ignore[attr-defined]

    def differences(self) -> list[str]:
        records = [Record(n, NOON, sent.key, sent.value, sent.headers) for n, sent in enumerate(self.sent)]
        return list(sensor_differences([self.found], sensor_events(records), self.inspection, ALONE))


@pytest.mark.parametrize("clock", ClockKind)
def test_what_is_right_has_no_differences(clock: ClockKind) -> None:
    wrote = WrittenSensors(clock)
    assert len(wrote.sent) == 5
    assert wrote.differences() == []


def change_state(wrote: WrittenSensors) -> None:
    wrote.found.states[GAUGE] = replace(wrote.found.states[GAUGE], level=2)


def leave_out(wrote: WrittenSensors) -> None:
    del wrote.sent[1]


def invent(wrote: WrittenSensors) -> None:
    wrote.sent.append(replace(wrote.sent[0], value=(wrote.sent[0].value or b"").replace(b":1/0", b":7/0")))


def change_words(wrote: WrittenSensors) -> None:
    wrote.sent[0] = replace(wrote.sent[0], value=(wrote.sent[0].value or b"").replace(b"1.2 m", b"9.9 m"))


def say_twice(wrote: WrittenSensors) -> None:
    wrote.sent.append(wrote.sent[1])


def write_nonsense(wrote: WrittenSensors) -> None:
    wrote.found.unreadable.append("ioc.sensors 0:7")


def lose_a_letter(wrote: WrittenSensors) -> None:
    wrote.found.dead_letters.clear()


def forget_a_silence(wrote: WrittenSensors) -> None:
    wrote.sent = [one for one in wrote.sent if b":silent-1/0" not in (one.value or b"")]


WRONGS: dict[Callable[[WrittenSensors], None], str] = {
    change_state: f"sensor {GAUGE} differs in level",
    leave_out: f"event {GAUGE}:1/1 is missing",
    invent: f"event {GAUGE}:7/0 should not be there",
    change_words: f"event {GAUGE}:1/0 differs",
    say_twice: f"event {GAUGE}:1/1 was sent 2 times",
    write_nonsense: "ioc.sensors 0:7 is not of the streams' making",
    lose_a_letter: "dead letter of the indicators 0:2 is missing",
}


@pytest.mark.parametrize("clock", ClockKind)
@pytest.mark.parametrize("wrong", WRONGS)
def test_what_is_wrong_is_told(clock: ClockKind, wrong: Callable[[WrittenSensors], None]) -> None:
    wrote = WrittenSensors(clock)
    wrong(wrote)
    assert [one for one in wrote.differences() if one.startswith(WRONGS[wrong])], wrote.differences()


def test_a_silence_nobody_told_of_is_found_with_either_clock() -> None:
    for clock, told in ((ClockKind.WALL, "was silent 1 times, which 0 events tell"), (ClockKind.EVENT, "is missing")):
        wrote = WrittenSensors(clock)
        forget_a_silence(wrote)
        assert [one for one in wrote.differences() if told in one]


def test_what_a_tick_may_be_writing_while_it_is_read_is_not_compared() -> None:
    wrote = WrittenSensors(ClockKind.WALL)
    forget_a_silence(wrote)
    wrote.found.touched[GAUGE] = wrote.inspection.started - 1
    assert [one for one in wrote.differences() if "was silent" in one] == []


def test_a_sensor_that_should_be_silent_long_since_is_found() -> None:
    wrote = WrittenSensors(ClockKind.WALL)
    wrote.inspection = replace_began(wrote.inspection)
    assert wrote.differences() == [f"sensor {GAUGE} has been silent for too long, and nothing was said of it"]


def replace_began(inspection: Inspection) -> Inspection:
    return Inspection(inspection.clock, NOON + 5 * HOUR, inspection.late_after)


def test_what_comes_between_the_two_positions_may_be_there_or_not() -> None:
    wrote = WrittenSensors(ClockKind.EVENT)
    wrote.found.position = replace(wrote.found.position, next=5)
    assert wrote.differences() == []
    del wrote.sent[2:]
    assert wrote.differences() == []


def test_a_log_that_has_lost_its_beginning_is_not_compared() -> None:
    wrote = WrittenSensors(ClockKind.EVENT)
    del wrote.found.log[:2]
    assert wrote.differences() == []


def test_each_stretch_is_computed_by_the_catalogue_it_was_folded_by() -> None:
    wrote = WrittenSensors(ClockKind.EVENT)
    river = ALONE.sensors[GAUGE]
    milder = replace(river, thresholds=tuple(replace(one, hold=0) for one in river.thresholds))
    today = replace(ALONE, sensors={GAUGE: milder})
    wrote.found.position = replace(wrote.found.position, editions=(Edition(0, "of-then"),))
    sent = sensor_events(Record(n, NOON, one.key, one.value) for n, one in enumerate(wrote.sent))
    assert list(sensor_differences([wrote.found], sent, wrote.inspection, today))
    assert list(sensor_differences([wrote.found], sent, wrote.inspection, today, {"of-then": ALONE}.__getitem__)) == []
