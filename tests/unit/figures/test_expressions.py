"""Expressions: sums and quotients of counts, and what is refused when the table is read."""

import pytest

from ioc.figures.aggregates import Measure
from ioc.figures.expressions import operands, quotient, total
from ioc.figures.sums import Sums

SUMS = Sums()
for measure, count in ((Measure.RESOLVED, 7), (Measure.NOT_GOOD, 2), (Measure.RAISED_1, 3), (Measure.RAISED_9, 4)):
    SUMS.flow.add(measure, count)
SUMS.add_standing(Measure.OVERDUE, 5)
SUMS.comparison.actual = 11


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("resolved", 7),
        ("resolved - not_good", 5),
        ("resolved + standing.overdue - not_good", 10),
        ("raised_*", 7),
        ("overdue", 0),
        ("comparison.actual", 11),
    ],
)
def test_a_total_adds_up_what_it_names(text: str, value: int) -> None:
    assert total(text)(SUMS) == value


def test_a_quotient_has_a_sum_on_either_side() -> None:
    dividend, divisor = quotient("(resolved - not_good) / (resolved + standing.overdue)")
    assert (dividend(SUMS), divisor(SUMS)) == (5, 12)
    assert list(operands("(resolved - raised_*) / standing.overdue")) == ["resolved", "raised_*", "overdue"]


@pytest.mark.parametrize("text", ["resolvd", "standing.resolvd", "comparison.x", "flow.resolved", "resolved -", ""])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        total(text)
