"""Series of observations with restarts and duplicates: the same incidents, each opened and resolved once."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.thresholds import Sensor, Threshold
from ioc.core.records import ClockKind
from ioc.core.times import MINUTE
from ioc.incident.lifecycle import EventType
from tests.unit.sensors.sensor_harness import GAUGE, NOON, PROBE, RIVER, UPTIME, SensorHarness

# One observation: whose, how long after the one before (min), its value, whether it is sent twice, whether late.
_STEP = st.tuples(
    st.sampled_from((GAUGE, PROBE)),
    st.integers(1, 40),
    st.sampled_from((0.5, 0.8, 0.9, 1.0, 1.5, 2.0, 2.5, 3.6, 89.0, 98.0, 99.2, 99.9)),
    st.booleans(),
    st.booleans(),
)


STEPS = st.lists(_STEP, min_size=4, max_size=60)


SensorSteps = Sequence[tuple[str, int, float, bool, bool]]


def lived(steps: SensorSteps, restarts: bool = False, clock: ClockKind = ClockKind.EVENT) -> SensorHarness:
    harness, minute = SensorHarness(clock), 0
    for of, wait, value, twice, late in steps:
        minute += wait
        harness.see(minute, value, of)
        if restarts:
            harness.restart()
        if twice:
            harness.see(minute, value, of, appended=minute)
        if late:
            harness.see(minute - wait - 1, 9.0, of, event_id=f"late-{minute}", appended=minute)
    return harness


@given(STEPS)
def test_restarts_at_every_point_and_duplicates_make_the_same_incidents(steps: SensorSteps) -> None:
    plain = [(of, wait, value, False, False) for of, wait, value, _, _ in steps]
    assert lived(steps, restarts=True).events == lived(plain).events
    ids = [event.id for event in lived(steps).events]
    assert len(ids) == len(set(ids))


@given(STEPS)
def test_what_one_sensor_says_makes_nothing_of_another_s_levels(steps: SensorSteps) -> None:
    """With the wall's clock, without ticks: only what was said is told of."""
    both = lived(steps, clock=ClockKind.WALL)
    for of in (GAUGE, PROBE):
        alone, minute = SensorHarness(ClockKind.WALL), 0
        for who, wait, value, _, _ in steps:
            minute += wait
            if who == of:
                alone.see(minute, value, of)
        assert alone.event_types(of) == both.event_types(of)


@given(STEPS)
def test_never_are_two_open_for_one_sensor_and_cause(steps: SensorSteps) -> None:
    open_ones: dict[tuple[str, bool], str] = {}
    for event in lived(steps).events:
        of, _, number = event.incident.rpartition(":")
        cause = of, number.startswith("silent")
        if event.event_type is EventType.REPORTED:
            assert cause not in open_ones
            open_ones[cause] = event.incident
        else:
            assert open_ones[cause] == event.incident
            if event.event_type is EventType.RESOLVED:
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


@given(STEPS)
def test_what_opens_has_held_and_what_has_held_is_open(steps: SensorSteps) -> None:
    """The oracle looks at the whole series each time, and keeps nothing."""
    harness = lived(steps)
    for of in (RIVER, UPTIME):
        series, minute = [], 0
        for who, wait, value, _, _ in steps:
            minute += wait
            if who == of.id:
                series.append((minute, value))
        for event in harness.events:
            if (
                event.event_type is EventType.REPORTED
                and event.incident.startswith(f"{of.id}:")
                and "silent" not in event.incident
            ):
                until = (event.time - NOON) // MINUTE
                assert any(held(series, until, one, of) for one in of.thresholds)
        if series and any(held(series, series[-1][0], one, of) for one in of.thresholds):
            assert harness.state(of.id).level > 0
