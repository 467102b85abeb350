"""The sketch: 1 % at any quantile, any order, and nothing left when all is taken back."""

from hypothesis import given
from hypothesis import strategies as st

from ioc.figures.sketch import ERROR, Sketch

DURATIONS = st.lists(st.integers(0, 10**10), min_size=1, max_size=200)


def sketch_of(values: list[int]) -> Sketch:
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


@given(DURATIONS, st.floats(0, 1))
def test_a_quantile_is_within_its_error(values: list[int], q: float) -> None:
    exact = sorted(values)[int(q * (len(values) - 1))]
    found = sketch_of(values).quantile(q)
    assert found is not None
    assert abs(found - exact) <= ERROR * exact * 1.000001


@given(DURATIONS, st.randoms())
def test_order_does_not_matter(values: list[int], random: object) -> None:
    shuffled = sorted(values, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert sketch_of(shuffled) == sketch_of(values)


@given(DURATIONS, DURATIONS)
def test_what_is_taken_back_is_gone(kept: list[int], removed: list[int]) -> None:
    sketch = sketch_of(kept + removed)
    sketch.merge(sketch_of(removed), -1)
    assert sketch == sketch_of(kept)
    assert sketch.mean == sum(kept) / len(kept)


def test_nothing_has_no_quantile() -> None:
    assert Sketch().quantile(0.5) is None
    assert Sketch().mean is None
