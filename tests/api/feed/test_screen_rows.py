"""The rows on the screens, whatever comes in: those a look at every incident would show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feed import screen_rows
from api.feed.screen_rows import ScreenRows
from ioc.catalogue.city import Catalogue
from tests.api.read_model.model_pair import MANY_EXAMPLES, ModelPair, Step
from tests.api.read_model.strategies import steps


@MANY_EXAMPLES
@given(steps, steps, st.integers(0, 4), st.integers(1, 4))
def test_screens_hold_the_first_that_are_open_and_the_last_that_were_closed(
    catalogue: Catalogue, before: list[Step], after: list[Step], max_open: int, max_closed: int
) -> None:
    pair = ModelPair(catalogue)
    pair.load(before)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("MAX_OPEN", max_open), ("MAX_CLOSED", max_closed), ("CLOSED_SHOWN", 2)):
            patch.setattr(screen_rows, name, value)
        rows, screen = ScreenRows(pair.model), dict[str, bytes]()
        for step in after:
            pair.take(step)
            for incident_id, raw in rows.update().items():
                if raw is None:
                    del screen[incident_id]
                else:
                    screen[incident_id] = bytes(raw)
            expected = pair.rows(max_open, max_closed)
            assert screen == expected
            in_order = list(map(bytes, rows.in_order()))
            first = min(max_open, sum(entry.is_open for entry in pair.expected.entries()))
            assert in_order[:first] == list(expected.values())[:first]
            assert sorted(in_order) == sorted(expected.values())
