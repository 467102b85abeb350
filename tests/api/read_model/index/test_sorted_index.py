"""The sorted index holds what was added and not removed again, in order, whenever somebody reads."""

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from api.read_model.index.sorted_index import SortedIndex, by_instant

pairs = st.tuples(st.integers(0, 9), st.integers(0, 50))


@given(st.lists(pairs, unique=True, max_size=60), st.data())
def test_an_index_stays_sorted(added: list[tuple[int, int]], data: st.DataObject) -> None:
    index: SortedIndex[int] = by_instant()
    for key, number in added:
        index.add(key, number)
    removed = data.draw(st.lists(st.sampled_from(added), unique=True)) if added else []
    for key, number in removed:
        index.remove(key, number)
    rest = sorted(set(added) - set(removed))
    assert list(index.between()) == [number for _, number in rest]
    assert list(index.keys()) == [key for key, _ in rest]
    for low in range(10):
        for high in range(low, 11):
            inside = [number for key, number in rest if low <= key < high]
            assert list(index.between(low, high)) == inside
            assert index.count(low, high) == len(inside)
            assert list(index.matching(BitMap([3, 7]), low, high)) == [number for number in inside if number in (3, 7)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.booleans()), max_size=80))
def test_an_index_holds_what_came_and_did_not_go_again_whenever_somebody_looks(
    changes: list[tuple[int, int, bool]],
) -> None:
    index: SortedIndex[int] = by_instant()
    held: set[tuple[int, int]] = set()
    for key, number, is_read in changes:
        pair = (key, number)
        (index.remove if pair in held else index.add)(key, number)
        held ^= {pair}
        assert len(index) == len(held)
        if is_read:
            assert list(index.between()) == [number for _, number in sorted(held)]
    assert list(index.keys()) == [key for key, _ in sorted(held)]


def test_an_index_lets_many_go_at_once() -> None:
    index: SortedIndex[int] = by_instant()
    for number in range(5_000):
        index.add(number // 7, number)
    for number in range(0, 5_000, 2):
        index.remove(number // 7, number)
    for number in range(0, 5_000, 4):
        index.add(number // 7, number)
    assert list(index.between()) == [number for number in range(5_000) if number % 4 != 2]
