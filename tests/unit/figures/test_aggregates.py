"""Windows: what an incident adds to which, that it can be taken back, and that they are the sum of the final states."""

from datetime import datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.core.records import ClockKind, Record
from ioc.core.times import DAY, HOUR, MINUTE, Instant, to_datetime
from ioc.decider.decide import decide
from ioc.figures import item_contributions
from ioc.figures.aggregates import (
    MINUTE_RETENTION,
    Aggregate,
    Cell,
    LocalDays,
    Measure,
    Timing,
    WindowSize,
    decode_key,
    encode_key,
    next_day,
)
from ioc.figures.contributions import contributions_of as contributed
from ioc.figures.contributions import own_contributions
from ioc.figures.delta import Delta
from ioc.incident.event import Event
from ioc.incident.state import Incident
from ioc.processors import serde
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, LATER, LOGS, at, event, processor_of, record, windows

MetricValue = tuple[Measure | Timing, int]
PARTS = st.lists(st.tuples(st.sampled_from([*Measure, *Timing]), st.integers(0, 10**9)), max_size=30)
T = at("2026-04-14 08:00")


def sum_of(parts: list[MetricValue]) -> Aggregate:
    window = Aggregate()
    for part in parts:
        window.add(*part)
    return window


@given(PARTS, PARTS)
def test_what_is_taken_back_is_gone_and_a_copy_is_a_copy(kept: list[MetricValue], removed: list[MetricValue]) -> None:
    window = sum_of(kept)
    before = window.copy()
    for part in removed:
        window.add(*part)
    for part in removed:
        window.add(*part, -1)
    assert window == before == sum_of(kept)
    for part in kept:
        window.add(*part, -1)
    assert window.empty
    assert before == sum_of(kept)


@given(PARTS, PARTS, PARTS)
def test_a_sum_has_the_same_bytes_however_it_came_about(
    one: list[MetricValue], other: list[MetricValue], gone: list[MetricValue]
) -> None:
    there_and_back = sum_of(gone)
    for part in gone:
        there_and_back.add(*part, -1)
    taken = Aggregate()
    taken.merge(sum_of(gone), -1)
    straight = sum_of(one + other)
    around = sum_of(other).plus(sum_of(gone)).plus(sum_of(one)).plus(taken).plus(there_and_back)
    assert around == straight
    assert serde.encode(around.in_order()) == serde.encode(straight.in_order())


@given(PARTS, PARTS)
def test_a_sum_leaves_both_as_they_are(one: list[MetricValue], other: list[MetricValue]) -> None:
    left, right = sum_of(one), sum_of(other)
    left.plus(right)
    assert (left, right) == (sum_of(one), sum_of(other))


@given(PARTS, PARTS)
def test_a_longer_view_is_the_sum_of_its_windows(one: list[MetricValue], other: list[MetricValue]) -> None:
    view = sum_of(one)
    view.merge(sum_of(other))
    assert view == sum_of(one + other)


def recomputed(processor: IncidentProcessor, since: Instant) -> dict[Cell, Aggregate]:
    """Return the windows the final states make in one batch; minutes from `since` on."""
    recomputed_windows: dict[Cell, Aggregate] = {}
    day_of = processor.local_days.day_start
    states = [
        *map(contributed, processor.incidents.values()),
        *map(item_contributions.contributions_of, processor.items.values()),
    ]
    for key, added in chain.from_iterable(state.items() for state in states):
        for moment, metric, value in added:
            minute, day = (
                Cell(WindowSize.MINUTE, moment - moment % MINUTE, *key),
                Cell(WindowSize.DAY, day_of(moment), *key),
            )
            for cell in (minute, day):
                recomputed_windows.setdefault(cell, Aggregate()).add(metric, value)
    kept = {
        cell: window
        for cell, window in recomputed_windows.items()
        if cell.span is WindowSize.DAY or cell.start >= since
    }
    return {cell: window for cell, window in kept.items() if not window.empty}


@given(LOGS, st.sampled_from(ClockKind), st.booleans())
def test_the_windows_are_what_the_final_states_add_up_to(log: list[Record], clock: ClockKind, ticked: bool) -> None:
    processor = processor_of(log, clock)
    if ticked:
        processor.apply(processor.tick(LATER, 1000))
    since = (LATER if ticked else processor.position.clock) - MINUTE_RETENTION
    kept = {
        cell: window
        for cell, window in windows(processor).items()
        if cell.span is WindowSize.DAY or cell.start >= since
    }
    assert kept == recomputed(processor, since)


def counts_of(processor: IncidentProcessor, span: WindowSize, measure: Measure) -> dict[str, int]:
    """Return what was counted, by the local start of its window."""
    counts = {cell.start: window.count(measure) for cell, window in processor.aggregates.items() if cell.span is span}
    return {to_datetime(start + 7 * HOUR).strftime("%d %H:%M"): count for start, count in counts.items() if count}


def test_what_comes_late_corrects_the_window_it_belongs_to() -> None:
    processor = processor_of(
        [record(0, "reported", at("2026-04-13 23:50")), record(1, "resolved", at("2026-04-15 09:00"))]
    )
    assert counts_of(processor, WindowSize.DAY, Measure.RESOLVED) == {"15 00:00": 1}
    earlier = replace(record(2, "resolved", at("2026-04-14 00:10")), appended=at("2026-04-15 10:00"))
    processor.apply(processor.fold([earlier]))
    assert counts_of(processor, WindowSize.DAY, Measure.RECEIVED) == {"13 00:00": 1}
    assert counts_of(processor, WindowSize.DAY, Measure.RESOLVED) == {"14 00:00": 1}
    assert counts_of(processor, WindowSize.MINUTE, Measure.RESOLVED) == {"14 00:10": 1}
    timed = [window.timings[Timing.HANDLING].mean for window in windows(processor).values() if window.timings]
    assert timed == [20 * MINUTE, 20 * MINUTE]


def let_go(changes: IncidentChangeSet) -> list[Cell]:
    return [cell for cell, window in changes.aggregates.items() if window is None]


def test_minutes_expire_and_days_are_kept() -> None:
    start = at("2026-04-13 08:00")
    processor = processor_of([record(0, "reported", start)])
    assert counts_of(processor, WindowSize.MINUTE, Measure.RECEIVED) == {"13 08:00": 1}
    assert let_go(processor.fold([record(1, "noted", start + MINUTE_RETENTION)])) == []
    gone = processor.fold([record(1, "noted", start + MINUTE_RETENTION + 1)])
    assert [(cell.span, cell.start) for cell in let_go(gone)] == [(WindowSize.MINUTE, start)]
    processor.apply(gone)
    assert counts_of(processor, WindowSize.MINUTE, Measure.RECEIVED) == {}
    assert counts_of(processor, WindowSize.DAY, Measure.RECEIVED) == {"13 00:00": 1}
    assert let_go(processor.fold([record(2, "noted", start + 2 * MINUTE_RETENTION)])) == []


def test_before_the_horizon_there_are_days_alone() -> None:
    delta = Delta()
    delta.move({}, {("", "", ""): [(T + MINUTE - 1, Measure.RECEIVED, 1)]})
    for horizon, spans in ((T, [WindowSize.MINUTE, WindowSize.DAY]), (T + 1, [WindowSize.DAY])):
        assert [cell.span for cell in delta.updated_windows({}, LocalDays(CITY.zone), horizon)] == spans


def test_a_day_is_the_citys_own() -> None:
    midnight = at("2026-04-14 00:00")
    log = [record(0, "reported", midnight - 1, subject="1"), record(1, "reported", midnight, subject="2")]
    assert counts_of(processor_of(log), WindowSize.DAY, Measure.RECEIVED) == {"13 00:00": 1, "14 00:00": 1}
    assert next_day(CITY.zone, midnight) == midnight + DAY


NEW_YORK = "America/New_York"


@example(NEW_YORK, at("2024-03-11 06:00"))
@example(NEW_YORK, at("2024-11-04 06:00"))
@given(
    st.sampled_from(["Asia/Ho_Chi_Minh", NEW_YORK, "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.integers(at("2010-01-01 00:00"), at("2040-01-01 00:00")),
)
def test_every_moment_has_one_day_even_when_summer_time_changes_it(zone: str, moment: Instant) -> None:
    start = LocalDays(zone).day_start(moment)
    end = next_day(zone, start)
    assert start <= moment < end
    first, last = (datetime.fromtimestamp(edge / 1000, ZoneInfo(zone)) for edge in (start, end))
    assert first.time() == last.time() == time(0)
    assert last.date() - first.date() == timedelta(days=1)
    assert 23 * HOUR <= end - start <= 25 * HOUR


def measured(*events: Event) -> list[tuple[str, int]]:
    incident: Incident | None = None
    for one in events:
        incident = decide(incident, one, LATER, CITY).state
    assert incident is not None
    return [(what, value) for _, what, value in own_contributions(incident)]


def test_before_the_report_nothing_is_counted() -> None:
    assert measured(event("resolved", T)) == []


def test_an_answer_before_the_question_took_no_time() -> None:
    assert (Timing.ACKNOWLEDGE, 0) in measured(event("reported", T), event("acknowledged", T - HOUR))


def test_late_and_disliked_is_not_good_once() -> None:
    due = {"resolve": "2026-04-14T09:00:00+07:00"}
    late = [event("reported", T, due=due), event("resolved", T + 2 * HOUR)]
    disliked = event("rated", T + 3 * HOUR, score=1)
    for events in (late, [*late, disliked], [event("reported", T), event("resolved", T + HOUR), disliked]):
        assert measured(*events).count((Measure.NOT_GOOD, 1)) == 1
    assert measured(*late).count((Measure.LATE, 1)) == 1
    assert (Timing.HANDLING, 2 * HOUR) in measured(*late)
    assert (Timing.WORKING, 2 * HOUR) in measured(*late)


def test_a_matter_that_changes_hands_is_counted_with_the_new_unit_alone() -> None:
    log = [record(0, "reported", T), record(1, "assigned", T + HOUR, unit="pc-hue")]
    assert {cell.unit for cell in windows(processor_of(log[:1]))} == {"ioc"}
    assert {cell.unit for cell in windows(processor_of(log))} == {"pc-hue"}


NAMES = st.text(st.characters(exclude_categories=["Cs"]))
CELLS = st.builds(Cell, st.sampled_from(WindowSize), st.integers(0, 2**53), NAMES, NAMES, NAMES)


@given(st.integers(0, 999), CELLS)
def test_the_key_of_a_window_can_be_read_back(partition: int, cell: Cell) -> None:
    assert decode_key(encode_key(partition, cell)) == (partition, cell)
