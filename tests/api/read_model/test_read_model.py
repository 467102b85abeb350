"""The read model's indexes answer as a look at every incident would, whatever came in and whatever is asked."""

from hypothesis import given
from hypothesis import strategies as st

from api.read_model.index.filter import Filter
from api.read_model.index.work_order import NEVER
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.core.times import to_rfc3339
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from tests.api.read_model.model_pair import MANY_EXAMPLES, ModelPair, Step
from tests.api.read_model.strategies import NOW, filters, incidents, steps

questions = st.tuples(filters, st.integers(1, 4))


@MANY_EXAMPLES
@given(steps, st.lists(questions, min_size=1, max_size=8))
def test_lists_hold_what_fits_in_the_order_of_work(
    catalogue: Catalogue, steps: list[Step], questions: list[tuple[Filter, int]]
) -> None:
    pair = ModelPair(catalogue)
    for step in steps:
        pair.take(step)
    for criteria, limit in [*questions, (Filter(), 2)]:
        pair.agree_on_page(criteria, limit)
        for entry in pair.expected.entries()[:3]:
            pair.agree_on_page(criteria, limit, entry.order)


@MANY_EXAMPLES
@given(steps)
def test_groups_entries_and_periods_are_those_of_a_look_at_every_incident(
    catalogue: Catalogue, steps: list[Step]
) -> None:
    pair = ModelPair(catalogue)
    for step in steps:
        pair.take(step)
        groups = pair.expected.groups(pair.now, 1)
        assert pair.model.groups(1) == [{**group, "oldest": to_rfc3339(group["oldest"])} for group in groups]  # type: ignore[arg-type]
    model, expected = pair.model, pair.expected.entries()
    assert len(model) == len(expected)
    for expected_entry in expected:
        entry = model.entry(expected_entry.incident.id)
        assert entry is not None
        assert (entry.incident, entry.maintenance) == (expected_entry.incident, expected_entry.maintenance)
    closed = [entry.incident for entry in expected if not entry.is_open and entry.incident.state is not State.MERGED]
    latest = {incident.id for incident in closed if (incident.closed_at or 0) >= NOW}
    assert set(model.incidents.closed_between(NOW, NEVER)) == latest
    by_report = sorted((entry.incident.reported_at, entry.incident.id) for entry in expected)
    reported = [entry.incident.id for entry in model.reported(NOW - 1, NOW + 1)]
    assert reported == [incident_id for at, incident_id in by_report if NOW - 1 <= at < NOW + 1]
    for code in ("PA-1", "pa-12", "đ 3"):
        dossiers = {entry.incident.id for entry in model.dossiers(code)}
        assert dossiers == {
            entry.incident.id
            for entry in expected
            if entry.incident.dossier is not None and entry.incident.id.partition(":")[2].casefold() == code.casefold()
        }


@MANY_EXAMPLES
@given(st.lists(incidents, min_size=1, max_size=30), st.lists(questions, max_size=4))
def test_what_is_read_before_anybody_asks_gives_the_picture_of_what_is_asked_after_each_record(
    catalogue: Catalogue, records: list[Incident], questions: list[tuple[Filter, int]]
) -> None:
    loaded, followed = ModelPair(catalogue), ModelPair(catalogue)
    loaded.load(records)
    for record in records:
        followed.take(record)
        followed.agree_on_page(Filter(text="cay"), 2)
        followed.model.groups(1)
    assert loaded.expected.incidents == followed.expected.incidents
    for criteria, limit in [*questions, (Filter(), 3)]:
        loaded.agree_on_page(criteria, limit)
    left, right = loaded.model, followed.model
    assert left.groups(1) == right.groups(1)
    assert all_counts(left) == all_counts(right)
    assert [entry.incident for entry in left.open_entries()] == [entry.incident for entry in right.open_entries()]


def all_counts(model: ReadModel) -> dict[str, object]:
    """Return all live counts, but for those that have fallen to none."""
    counters = model.counters()
    by_dimension = counters.by_dimension.items()
    cells = {key: cell for key, cell in counters.cells.items() if cell.counts["open"]}
    return {
        "all": counters.all,
        "by": {name: {code: counts for code, counts in by.items() if counts["open"]} for name, by in by_dimension},
        "cells": {key: cell.counts for key, cell in cells.items()},
        "due": {key: counters.due_within(3, cell) for key, cell in cells.items()},
        "states": +counters.by_state,
        "severities": +counters.by_severity,
        "overdue": sorted(model.incidents.ids_of(counters.overdue)),
    }
