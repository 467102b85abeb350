"""The table of formulas: every figure by hand, told in both languages and in docs/figures.md."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.service import Baseline
from ioc.catalogue.sla_policy import TimeKind
from ioc.core.times import HOUR, MINUTE, SECOND
from ioc.decider.decide import decide
from ioc.figures.aggregates import Measure, Timing
from ioc.figures.contributions import own_contributions
from ioc.figures.formulas import FORMULAS, PLAIN, columns, figures_of
from ioc.figures.sums import Sums
from ioc.incident.event import Event
from ioc.incident.state import Incident
from tests.unit.samples import CITY, LATER, at, event

T = at("2026-04-14 08:00")
PAGE = (Path(__file__).parents[3] / "docs" / "figures.md").read_text()


def figures(*lives: tuple[Event, ...], baseline: Baseline | None = None) -> dict[str, Any]:
    """Return the figures of some incidents' lives, all in one period that ends after them."""
    sums = Sums({"field-reports": baseline} if baseline is not None else {})
    for life in lives:
        state: Incident | None = None
        for one in life:
            state = decide(state, one, LATER, CITY).state
        assert state is not None
        for _, what, value in own_contributions(state):
            sums.flow.add(what, value)
            if what in (Measure.OPEN, Measure.OVERDUE):
                sums.add_standing(what, value)  # type: ignore[arg-type]
    if baseline is not None:
        sums.comparison.add_window(sums.flow, baseline)
    return figures_of(sums)


DUE = {"resolve": "2026-04-14T10:00:00+07:00"}
REPORT = event("reported", T, due=DUE)
GOOD = (REPORT, event("resolved", T + HOUR))
LATE = (REPORT, event("resolved", T + 3 * HOUR))
DISLIKED = (*GOOD, event("rated", T + 2 * HOUR, score=1))
COMPLAINED = (*GOOD, event("reopened", T + 70 * MINUTE), event("resolved", T + 90 * MINUTE))
REJECTED = (REPORT, event("rejected", T + HOUR))
OPEN = (REPORT,)


def test_the_rates_of_qd_766_are_those_of_its_formulas() -> None:
    found = figures(GOOD, GOOD, LATE, DISLIKED, COMPLAINED, REJECTED, OPEN)["qd766"]
    assert (found["to_be_handled"], found["on_time"], found["late"]) == (5, 4, 1)
    assert found["on_time_rate"] == 0.8
    assert (found["not_satisfied"], found["complained"], found["satisfied"]) == (1, 1, 2)
    assert found["satisfaction_rate"] == 0.4


def test_what_is_late_disliked_and_complained_about_is_left_out_once() -> None:
    again = event("reopened", T + 2 * HOUR), event("resolved", T + 5 * HOUR), event("rated", T + 6 * HOUR, score=1)
    found = figures((*LATE[:1], event("resolved", T + HOUR), *again))["qd766"]
    assert (found["late"], found["not_satisfied"], found["complained"], found["satisfied"]) == (1, 1, 1, 0)


def test_the_centres_own_reopening_is_no_complaint() -> None:
    reopened = event("reopened", T + 70 * MINUTE)
    own = Event(
        reopened.incident,
        reopened.event_type,
        reopened.time,
        "/operations-centre/field-reports",
        "own",
        *_rest(reopened),
    )
    found = figures((*GOOD, own, event("resolved", T + 90 * MINUTE)))
    assert (found["reopened"], found["qd766"]["complained"], found["satisfaction_rate"]) == (1, 0, 1.0)


def _rest(event: Event) -> list[Any]:
    names = event.__struct_fields__
    return [getattr(event, name) for name in names[5:]]


def test_reopenings_are_told_by_all_answers_given() -> None:
    still_open = (*GOOD, event("reopened", T + 70 * MINUTE))
    assert figures(GOOD, GOOD, COMPLAINED, still_open)["reopen_rate"] == 0.4


def test_of_nothing_there_are_no_rates() -> None:
    found = figures()
    for group in (found, found["qd766"], found["ratings"], found["reduction"]):
        assert all(value is None for name, value in group.items() if name.endswith("rate"))
    assert found["handling"]["p99_s"] is None


@pytest.mark.parametrize(("measured_in", "mean"), [(TimeKind.WALL, 2 * HOUR), (TimeKind.WORKING, 2 * HOUR)])
def test_handling_is_compared_with_the_baseline_in_its_own_time(measured_in: TimeKind, mean: int) -> None:
    found = figures(GOOD, LATE, baseline=Baseline("field-reports", 8 * HOUR, measured_in, "x"))["reduction"]
    assert found == {"compared": 2, "before_s": 8 * HOUR / SECOND, "mean_s": mean / SECOND, "rate": 0.75}


def test_overnight_the_working_time_is_the_shorter() -> None:
    overnight = (event("reported", T), event("resolved", T + 24 * HOUR))
    found = figures(overnight)
    assert (found["handling"]["mean_s"], found["working"]["mean_s"]) == (24 * 3600, 7.5 * 3600)


def test_escalations_are_told_by_level_and_by_who_raised_them() -> None:
    raised = (event("escalated", T + MINUTE, level=3), event("escalated", T + 2 * MINUTE, level=1))
    found = figures((REPORT, *raised))
    assert (found["raised"], found["raised_to"]["level_3"], found["raised_to"]["level_1"]) == (2, 1, 1)
    assert found["escalated"] == sum(found["escalated_to"].values()) == 0


PARTS = st.lists(st.tuples(st.sampled_from([*Measure, *Timing]), st.integers(1, 10**9)), max_size=30)


@given(PARTS, st.randoms(use_true_random=False))
def test_the_order_of_the_parts_does_not_matter(parts: list[tuple[Measure | Timing, int]], random: Any) -> None:
    one, other = Sums(), Sums()
    shuffled = random.sample(parts, len(parts))
    for sums, some in ((one, parts), (other, shuffled)):
        for part in some:
            sums.flow.add(*part)
    assert figures_of(one) == figures_of(other)


def test_every_figure_has_its_words_and_its_line_on_the_page() -> None:
    listed = set(re.findall(r"^\| `([\w.]+)` \|", PAGE, re.MULTILINE))
    known = {f"{group}.{one.name}" if group != PLAIN else one.name for group, rows in FORMULAS.items() for one in rows}
    by_level = {name for name in known if ".level_" in name}
    assert listed == (known - by_level) | {f"{name.partition('.')[0]}.level_n" for name in by_level}
    assert all(one.en and one.vi for rows in FORMULAS.values() for one in rows)


def test_every_single_value_is_a_column_of_its_own() -> None:
    names = [column.name for column in columns()]
    assert len(names) == len(set(names))
    found = figures(GOOD, LATE)
    assert {column.name: column.find(found) for column in columns()}["handling_mean_s"] == 2 * 3600
