"""Reports of one matter find each other, wherever they lie and whatever partition they come by."""

import pytest

from ioc.core.times import HOUR, MINUTE, Instant
from ioc.incident.lifecycle import State
from ioc.processors import duplicate_slice_fold as rules
from tests.unit.duplicates.reports import T, centre, off
from tests.unit.processor_pair import ProcessorPair


def test_a_burst_of_500_reports_of_one_blackout_is_one_line_with_a_count() -> None:
    made = ProcessorPair(partitions=4, seed=7)
    for number in range(500):
        made.happen("reported", f"{number}", T + number * 1000, **off(number % 20 * 10, number % 7 * 10))
    made.deliver_all(slice_records=50)
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
    made.deliver_all()
    made.happen("reported", "2", T + 2 * MINUTE, **off(0))
    made.deliver_all()
    assert made.open() == {"2": 0}
    made.happen("resolved", "2", T + 3 * MINUTE)
    made.happen("reopened", "1", T + 4 * MINUTE)
    made.deliver_all()
    made.happen("reported", "3", T + 5 * MINUTE, **off(0))
    made.deliver_all()
    assert made.open() == {"1": 1}


def test_reports_under_way_while_the_matter_ends_are_one_new_matter() -> None:
    made = centre(("1", T, {**off(0)}))
    made.happen("reported", "2", T + 2 * MINUTE, **off(0))
    made.happen("reported", "3", T + 2 * MINUTE, **off(0))
    made.happen("resolved", "1", T + MINUTE)  # it comes after the reports, but had happened before
    made.deliver_all()
    assert sorted(made.open().values()) == [1]
    assert made["1"].state is State.RESOLVED


def test_what_was_unmerged_is_a_matter_of_its_own() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(100)}))
    made.happen("unmerged", "2", T + MINUTE)
    made.deliver_all()
    assert made.open() == {"1": 0, "2": 0}
    made.happen("reported", "3", T + 2 * MINUTE, **off(110))
    made.deliver_all()
    assert made.open() == {"1": 0, "2": 1}


def test_what_was_merged_by_hand_stands_for_its_parent() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(500)}))
    made.happen("merged", "2", T + MINUTE, into="field-reports:1")
    made.deliver_all()
    made.happen("reported", "3", T + 2 * MINUTE, **off(600))
    made.deliver_all()
    assert made.open() == {"1": 2}
    made.happen("resolved", "1", T + 3 * MINUTE)
    made.deliver_all()
    made.happen("reported", "4", T + 4 * MINUTE, **off(600))
    made.deliver_all()
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
    made.deliver_all()
    made.happen("reported", "4", T + HOUR, **off(0), **waste)
    made.deliver_all()
    assert made["4"].proposed == "field-reports:2"


def test_a_report_that_gets_its_place_or_its_kind_later_is_looked_at_then() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {}), ("3", T, {**off(0), "category": "order"}))
    made.happen("updated", "2", T + MINUTE, **off(10))
    made.happen("updated", "3", T + MINUTE, category="power")
    made.deliver_all()
    assert made.open() == {"1": 2}


def test_a_matter_that_turns_out_to_be_of_another_kind_leaves_its_own() -> None:
    made = centre(("1", T, {**off(0)}))
    made.happen("updated", "1", T + MINUTE, category="tree")
    made.deliver_all()
    made.happen("reported", "2", T + 2 * MINUTE, **off(0))
    made.happen("reported", "3", T + 2 * MINUTE, **off(0), category="tree")
    made.deliver_all()
    assert made.open() == {"1": 1, "2": 0}


def test_the_event_says_by_which_rule_and_comes_once() -> None:
    made = centre(("1", T, {**off(0)}), ("2", T, {**off(0)}))
    merged = made["2"].history[-1]
    assert (merged.source, merged.time) == ("/operations-centre/duplicates/field-reports", T + 1)
    assert b'"by_rule":"blackout"' in bytes(merged.data)
    # The report again, redelivered: it is known, and nothing is asked again.
    before = len(made.sent)
    made.happen("reported", "2", T, **off(0))
    made.deliver_all()
    assert len(made.sent) == before


def test_a_matter_that_is_full_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_CHILDREN", 2)
    made = centre(*((f"{n}", T + n, {**off(0)}) for n in range(5)))
    assert made.open() == {"0": 2, "3": 1}
