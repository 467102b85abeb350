"""A table over an enumeration has an entry for each member, or cannot be imported."""

from enum import Enum

import pytest

from ioc.core.exhaustive import total


class Colour(Enum):
    RED = 1
    BLUE = 2


def test_a_total_table_is_returned_as_it_is() -> None:
    table = {Colour.RED: "r", Colour.BLUE: "b"}
    assert total(table, Colour) is table


def test_a_table_that_lacks_a_member_names_it() -> None:
    with pytest.raises(TypeError, match="no entry for Colour: BLUE"):
        total({Colour.RED: "r"}, Colour)
