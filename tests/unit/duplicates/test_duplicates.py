"""Reports of one matter find each other, wherever they lie and whatever partition they come by."""

from collections.abc import Sequence
from math import cos, radians
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.duplicate_policy import DuplicateAction
from ioc.core.records import ClockKind, Record
from ioc.core.rejections import Reason
from ioc.core.times import HOUR, MINUTE, Instant
from ioc.core.topics import Topic
from ioc.duplicates.candidates import Candidate, encode_candidate
from ioc.duplicates.spatial_index import Grid, distance_m
from ioc.incident.lifecycle import State
from ioc.processors import duplicate_slice_fold as rules
from ioc.processors.duplicates import DuplicateProcessor
from tests.unit.processor_pair import Centre, again
from tests.unit.samples import CITY, at

T = at("2026-09-28 14:00")
LAT, LON = 16.4637, 107.5909
_DEGREE = 111_195.0


def off(north: float, east: float = 0.0) -> dict[str, float]:
    """Return the place so many metres from the middle of the city."""
    return {"lat": LAT + north / _DEGREE, "lon": LON + east / _DEGREE / cos(radians(LAT))}


def centre(*reports: tuple[str, Instant, dict[str, object]]) -> Centre:
    made = Centre()
    for subject, time, data in reports:
        made.happen("reported", subject, time, **data)
        made.settle()
    return made


def test_a_burst_of_500_reports_of_one_blackout_is_one_line_with_a_count() -> None:
    made = Centre(partitions=4, seed=7)
    for number in range(500):
        made.happen("reported", f"{number}", T + number * 1000, **off(number % 20 * 10, number % 7 * 10))
    made.settle(slice_records=50)
    assert list(made.open().values()) == [499]
    assert {one.state for one in made.incidents.values()} == {State.REPORTED, State.MERGED}


@pytest.mark.parametrize(
    ("second", "is_same"),
    [
        ({**off(299)}, True),
        ({**off(301)}, False),
        ({**off(0, 299)}, True),
        ({**off(0, -301)}, False),
        ({**off(0), "category": "tree"}, False),
        ({**off(0), "category": "order"}, False),
        ({}, False),
    ],
)
def test_the_same_matter_is_near_and_of_the_same_kind(second: dict[str, object], is_same: bool) -> None:
    made = centre(("1", T, {**off(0)}), ("2", T + MINUTE, second))
    assert made["2"].parent == ("field-reports:1" if is_same else None)


@pytest.mark.parametrize(("after", "is_same"), [(2 * HOUR, True), (2 * HOUR + 1, False), (-2 * HOUR, True)])
def test_the_same_matter_is_near_in_time(after: Instant, is_same: bool) -> None:
    made = centre(("1", T, {**off(0)}), ("2", T + after, {**off(0)}))
    assert (made["2"].parent is not None) is is_same


def test_a_matter_lasts_as_long_as_reports_of_it_come() -> None:
    made = centre(*((f"{n}", T + n * 100 * MINUTE, {**off(0)}) for n in range(6)))
    assert made.open() == {"0": 5}


def test_of_two_matters_the_nearer_counts_and_of_two_so_near_the_older() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(400)}), ("3", T, {**off(250)}), ("4", T, {**off(200)}))
    assert made["3"].parent == "field-reports:2"
    assert made["4"].parent in ("field-reports:1", "field-reports:2")
    tied = centre(("1", T + 1, {**off(0)}), ("2", T, {**off(400)}), ("3", T, {**off(100)}))
    assert tied["3"].parent == "field-reports:1"


def test_what_has_ended_takes_nothing_new_and_what_is_reopened_does() -> None:
    made = centre(("1", T, {**off(0)}))
    made.happen("resolved", "1", T + MINUTE)
    made.settle()
    made.happen("reported", "2", T + 2 * MINUTE, **off(0))
    made.settle()
    assert made.open() == {"2": 0}
    made.happen("resolved", "2", T + 3 * MINUTE)
    made.happen("reopened", "1", T + 4 * MINUTE)
    made.settle()
    made.happen("reported", "3", T + 5 * MINUTE, **off(0))
    made.settle()
    assert made.open() == {"1": 1}


def test_reports_under_way_while_the_matter_ends_are_one_new_matter() -> None:
    made = centre(("1", T, {**off(0)}))
    made.happen("reported", "2", T + 2 * MINUTE, **off(0))
    made.happen("reported", "3", T + 2 * MINUTE, **off(0))
    made.happen("resolved", "1", T + MINUTE)  # it comes after the reports, but had happened before
    made.settle()
    assert sorted(made.open().values()) == [1]
    assert made["1"].state is State.RESOLVED


def test_what_was_unmerged_is_a_matter_of_its_own() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(100)}))
    made.happen("unmerged", "2", T + MINUTE)
    made.settle()
    assert made.open() == {"1": 0, "2": 0}
    made.happen("reported", "3", T + 2 * MINUTE, **off(110))
    made.settle()
    assert made.open() == {"1": 0, "2": 1}


def test_what_was_merged_by_hand_stands_for_its_parent() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(500)}))
    made.happen("merged", "2", T + MINUTE, into="field-reports:1")
    made.settle()
    made.happen("reported", "3", T + 2 * MINUTE, **off(600))
    made.settle()
    assert made.open() == {"1": 2}
    made.happen("resolved", "1", T + 3 * MINUTE)
    made.settle()
    made.happen("reported", "4", T + 4 * MINUTE, **off(600))
    made.settle()
    assert made.open() == {"4": 0}


def test_an_urgent_report_is_only_proposed_to_a_less_urgent_matter() -> None:
    urgent = {"priority": "urgent"}
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(0), **urgent}), ("3", T, {**off(0)}))
    assert (made["2"].state, made["2"].proposed) == (State.REPORTED, "field-reports:1")
    assert made.open() == {"1": 1, "2": 0}
    alike = centre(("1", T, {**off(0), **urgent}), ("2", T, {**off(0), **urgent}), ("3", T, {**off(0)}))
    assert alike.open() == {"1": 2}


def test_a_rule_can_ask_instead_and_what_is_declined_is_a_matter_of_its_own() -> None:
    waste = {"category": "waste"}
    made = centre(("1", T, {**off(0), **waste}), ("2", T, {**off(0), **waste}), ("3", T, {**off(0), **waste}))
    assert [made[n].proposed for n in "123"] == [None, "field-reports:1", "field-reports:1"]
    made.happen("declined", "2", T + MINUTE)
    made.happen("resolved", "1", T + MINUTE)
    made.settle()
    made.happen("reported", "4", T + HOUR, **off(0), **waste)
    made.settle()
    assert made["4"].proposed == "field-reports:2"


def test_a_report_that_gets_its_place_or_its_kind_later_is_looked_at_then() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {}), ("3", T, {**off(0), "category": "order"}))
    made.happen("updated", "2", T + MINUTE, **off(10))
    made.happen("updated", "3", T + MINUTE, category="power")
    made.settle()
    assert made.open() == {"1": 2}


def test_a_matter_that_turns_out_to_be_of_another_kind_leaves_its_own() -> None:
    made = centre(("1", T, {**off(0)}))
    made.happen("updated", "1", T + MINUTE, category="tree")
    made.settle()
    made.happen("reported", "2", T + 2 * MINUTE, **off(0))
    made.happen("reported", "3", T + 2 * MINUTE, **off(0), category="tree")
    made.settle()
    assert made.open() == {"1": 1, "2": 0}


def test_the_event_says_by_which_rule_and_comes_once() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(0)}))
    merged = made["2"].history[-1]
    assert (merged.source, merged.time) == ("/operations-centre/duplicates/field-reports", T + 1)
    assert b'"by_rule":"blackout"' in bytes(merged.data)
    # The report again, redelivered: it is known, and nothing is asked again.
    before = len(made.sent)
    made.happen("reported", "2", T, **off(0))
    made.settle()
    assert len(made.sent) == before


def test_a_matter_that_is_full_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_CHILDREN", 2)
    made = centre(*((f"{n}", T + n, {**off(0)}) for n in range(5)))
    assert made.open() == {"0": 2, "3": 1}


def test_memory_is_bounded_by_time() -> None:
    made = centre(*((f"{n}", T + n * HOUR, {**off(n * 400)}) for n in range(60)))
    (shard,) = made.matters
    assert 0 < shard.state_count < 30
    assert len(shard.expiry_timers) == shard.state_count


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["reported", "reported", "resolved", "reopened", "unmerged", "updated"]),
            st.integers(0, 9),
            st.integers(0, 4),
            st.integers(0, 300),
        ),
        min_size=5,
        max_size=40,
    ),
    st.integers(0, 1000),
)
def test_computed_again_from_the_sightings_alone_it_is_the_same(
    steps: Sequence[tuple[str, int, int, int]], seed: int
) -> None:
    made = Centre(partitions=3, seed=seed)
    for number, (event_type, who, place, minute) in enumerate(steps):
        data = off(place * 200) if event_type in ("reported", "updated") else {}
        if number % 5 == 0:
            made.settle()
        made.happen(event_type, f"{who}", T + minute * MINUTE, **data)
    made.settle()
    for shard, anew in again(made):
        assert (anew.clusters, anew.position) == (shard.clusters, shard.position)


def test_put_back_it_goes_on_the_same() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(900)}))
    (shard,) = made.matters
    other = DuplicateProcessor(0, CITY, ClockKind.WALL)
    changes = shard.fold([_sighting(2, "3", T, 0.0)])
    for id, matter in shard.clusters.items():
        other.restore(Topic.MATTERS, id.encode(), encode_candidate(matter))
    other.position = shard.position
    other.build_indexes()
    assert other.fold([_sighting(2, "3", T, 0.0)]) == changes
    assert [sent.key for sent in changes.outbox] == [b"field-reports:3"]


def _sighting(offset: int, subject: str, time: Instant, north: float, east: float = 0.0) -> Record:
    seen = Candidate(
        incident=f"field-reports:{subject}",
        sequence=1,
        at=time,
        service="field-reports",
        category="power",
        reported_at=time,
        rule="blackout",
        radius_m=300,
        within=2 * HOUR,
        action=DuplicateAction.MERGE,
        is_query=True,
        **off(north, east),
    )
    return Record(offset, time, seen.key.encode(), encode_candidate(seen))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        (b"field-reports/power", b"{", Reason.INVALID),
        (b"field-reports/power", None, Reason.INVALID),
        (b"field-reports/power", b'{"x":' + b"[" * 100_000, Reason.INVALID),
        (b"field-reports/power", b'{"incident":"a:1","turn":1,"at":1,"service":"a","radius_m":1e308}', Reason.INVALID),
        (b"field-reports/power", b'{"incident":"a:1","turn":1,"at":-5,"service":"a"}', Reason.INVALID),
        (b"field-reports/tree", _sighting(0, "1", T, 0).value, Reason.WRONG_KEY),
    ],
)
def test_what_is_no_sighting_is_refused(key: bytes, value: bytes | None, reason: Reason) -> None:
    changes = DuplicateProcessor(0, CITY, ClockKind.WALL).fold([Record(0, T, key, value)])
    assert [letter.rejection.reason for letter in changes.dead_letters] == [reason]


def test_a_rule_that_is_made_much_wider_costs_no_more_than_the_matters_there_are() -> None:
    grid = Grid(1)
    for number in range(100):
        grid.put(str(number), 16.46 + number / 10_000, 107.6)
    began = perf_counter()
    assert {"0", "44"} <= set(grid.near(16.46, 107.6, 5000))
    assert perf_counter() - began < 1


def test_a_storm_of_thousands_stays_fast() -> None:
    """Ten thousand matters, none near another, and ten thousand reports of them: a few tens of microseconds each."""
    shard = DuplicateProcessor(0, CITY, ClockKind.WALL)
    places = [(n // 100 * 700.0, n % 100 * 700.0) for n in range(10_000)]
    records = [_sighting(n, f"a{n}", T + n, *place) for n, place in enumerate(places)]
    records += [_sighting(10_000 + n, f"b{n}", T + n, place[0] + 90, place[1]) for n, place in enumerate(places)]
    began = perf_counter()
    changes = shard.fold(records)
    assert perf_counter() - began < 10
    assert (len(changes.clusters), len(changes.outbox)) == (10_000, 10_000)


PLACES = st.tuples(st.floats(-85, 85), st.floats(-170, 170))


@given(PLACES, st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)), max_size=30), st.floats(1, 2000))
def test_the_grid_finds_all_that_lies_within_the_radius(
    middle: tuple[float, float], others: list[tuple[float, float]], radius: float
) -> None:
    lat, lon = middle
    grid = Grid(512)
    near = set()
    for number, (north, east) in enumerate(others):
        there = lat + north / _DEGREE, lon + east / _DEGREE / cos(radians(lat))
        grid.put(str(number), *there)
        if distance_m(lat, lon, *there) <= radius:
            near.add(str(number))
    assert near <= set(grid.near(lat, lon, radius))


def test_distances_are_those_of_the_earth() -> None:
    hanoi, hue = (21.0285, 105.8542), (16.4637, 107.5909)
    assert distance_m(*hanoi, *hue) == pytest.approx(539_000, rel=0.01)
