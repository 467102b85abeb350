"""However a log is cut into slices, its windows are those that the plain delta of each event's states makes."""

from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ioc.core.records import ClockKind, Record
from ioc.core.times import DAY, HOUR, MINUTE, Instant
from ioc.figures import item_contributions
from ioc.figures.aggregates import (
    MINUTE_RETENTION,
    Aggregate,
    Cell,
    Contribution,
    ContributionsByKey,
    LocalDays,
    Measure,
    Timing,
    WindowSize,
)
from ioc.figures.contributions import contributions_of
from ioc.figures.delta import Delta
from ioc.office_records import items
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY, LOGS, at, record

T = at("2026-04-14 08:00")
LOCAL_DAYS = LocalDays(CITY.zone)


def flat(contributions: ContributionsByKey) -> Counter[tuple[tuple[str, str, str], Contribution]]:
    return Counter((key, added) for key, group in contributions.items() for added in group)


class ReferencePartition:
    """A partition that folds record by record, and adds the difference of each record's states to its windows."""

    def __init__(self, clock: ClockKind) -> None:
        self.processor = IncidentProcessor(0, CITY, clock)
        self.windows: dict[Cell, Aggregate] = {}

    def fold(self, record: Record) -> None:
        changes = self.processor.fold([record])
        now = changes.position.clock
        self._add_windows(changes, now)
        past = [cell for cell in self.windows if cell.span is WindowSize.MINUTE and cell.start < now - MINUTE_RETENTION]
        for cell in past:
            del self.windows[cell]

    def tick(self, now: Instant) -> None:
        self._add_windows(self.processor.tick(now, 1000), now)

    def _add_windows(self, changes: IncidentChangeSet, now: Instant) -> None:
        for incident_id, state in changes.incidents.items():
            self._move(contributions_of(self.processor.incidents.get(incident_id)), contributions_of(state), now)
        for item_id, item in changes.items.items():
            old = self.processor.items.get(item_id)
            if old is not None and items.is_forgotten(old, now, CITY):
                old = None
            if item is not None:
                self._move(item_contributions.contributions_of(old), item_contributions.contributions_of(item), now)
        self.processor.apply(changes)

    def _move(self, old: ContributionsByKey, new: ContributionsByKey, now: Instant) -> None:
        for sign, contributions in ((-1, flat(old) - flat(new)), (1, flat(new) - flat(old))):
            for key, (moment, metric, value) in contributions.elements():
                minute, day = moment - moment % MINUTE, LOCAL_DAYS.day_start(moment)
                self.windows.setdefault(Cell(WindowSize.DAY, day, *key), Aggregate()).add(metric, value, sign)
                if minute >= now - MINUTE_RETENTION:
                    self.windows.setdefault(Cell(WindowSize.MINUTE, minute, *key), Aggregate()).add(metric, value, sign)


@given(
    LOGS,
    st.sampled_from(ClockKind),
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 60)), min_size=4, max_size=4),
)
def test_however_a_log_is_cut_its_windows_are_those_of_the_plain_differences(
    log: list[Record], clock: ClockKind, pace: int, cuts: list[tuple[int, int]]
) -> None:
    """Between slices the wall's clock ticks; records come up to `pace` times as far apart as the samples have it."""
    log = [replace(one, appended=log[0].appended + pace * (one.appended - log[0].appended)) for one in log]
    plain, sliced, start = ReferencePartition(clock), IncidentProcessor(0, CITY, clock), 0
    while start < len(log):
        size, wait = cuts[start % len(cuts)]
        for one in log[start : start + size]:
            plain.fold(one)
        sliced.apply(sliced.fold(log[start : start + size]))
        assert sliced.aggregates == filled(plain.windows)
        if clock is ClockKind.WALL:
            now = sliced.position.clock + wait * HOUR
            plain.tick(now)
            sliced.apply(sliced.tick(now, 1000))
            assert sliced.aggregates == filled(plain.windows)
        start += size
    assert sliced.incidents == plain.processor.incidents


def filled(some: Mapping[Cell, Aggregate | None]) -> dict[Cell, Aggregate]:
    return {cell: window for cell, window in some.items() if window is not None and not window.empty}


KEYS = st.sampled_from([("a", "", ""), ("a", "b", "")])
METRICS = st.sampled_from([Measure.RECEIVED, Measure.OPEN, Timing.HANDLING, Timing.WORKING])
CONTRIBUTIONS = st.dictionaries(
    KEYS, st.lists(st.tuples(st.integers(T, T + 2 * MINUTE), METRICS, st.integers(1, 3)), max_size=6), max_size=2
)


@given(CONTRIBUTIONS, CONTRIBUTIONS, CONTRIBUTIONS)
def test_what_leads_there_by_way_of_another_state_leads_there(
    first: ContributionsByKey, second: ContributionsByKey, third: ContributionsByKey
) -> None:
    straight, around = Delta(), Delta()
    straight.move(first, third)
    around.move(first, second)
    around.move(second, third)
    one, other = (filled(delta.updated_windows({}, LOCAL_DAYS, 0)) for delta in (straight, around))
    assert one == other
    back = Delta()
    back.move(third, first)
    assert back.updated_windows(one, LOCAL_DAYS, 0) == dict.fromkeys(one)


def test_what_a_slice_adds_and_takes_back_touches_no_window() -> None:
    log = [record(0, "reported", T), record(1, "assigned", T + HOUR, unit="pc-hue")]
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    assert {cell.unit for cell in processor.fold(log).aggregates} == {"pc-hue"}


def test_what_is_kept_changes_only_when_the_changes_are_applied() -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    processor.apply(processor.fold([record(0, "reported", T)]))
    kept = {cell: window.copy() for cell, window in processor.aggregates.items()}
    changes = processor.fold([record(1, "resolved", T + MINUTE), record(2, "reported", T, subject="2")])
    assert processor.aggregates == kept
    assert changes.aggregates.keys() >= kept.keys()


def test_a_slice_writes_no_minutes_that_its_clock_has_left_behind() -> None:
    log = [record(0, "reported", T), record(1, "reported", T + 4 * DAY, subject="2")]
    changes = IncidentProcessor(0, CITY, ClockKind.WALL).fold(log)
    assert {cell.start for cell in changes.aggregates if cell.span is WindowSize.MINUTE} == {T + 4 * DAY}
    assert None not in changes.aggregates.values()


def test_a_window_in_which_nothing_is_left_is_let_go_of() -> None:
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    processor.apply(processor.fold([record(0, "reported", T)]))
    moved = processor.fold([record(1, "assigned", T + HOUR, unit="pc-hue")])
    assert {cell.unit for cell, window in moved.aggregates.items() if window is None} == {"ioc"}
    processor.apply(moved)
    assert {cell.unit for cell in processor.aggregates} == {"pc-hue"}
    late = processor.fold([record(2, "noted", T + 4 * DAY)])
    assert {(cell.unit, window) for cell, window in late.aggregates.items()} == {("pc-hue", None)}
