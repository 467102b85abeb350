"""Incident numbers sorted by a key, kept sorted while incidents come and go, however many there are."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, MutableSequence
from functools import partial
from itertools import chain
from typing import Any, Generic, TypeVar

from pyroaring import BitMap

# A block that grows to twice this is split: short enough to insert into, long enough to have few of them.
_BLOCK = 1_000
# More pending additions than this fraction (1/8) of the index are sorted together with all that is there.
_REBUILD_FRACTION = 8
# At most this many removals are pending.
_MAX_REMOVALS = 1_000

SortKeyT = TypeVar("SortKeyT", bytes, int)


def by_work_order() -> "SortedIndex[bytes]":
    """Return an empty index sorted by the keys of the order of work."""
    return SortedIndex(list)


def by_instant() -> "SortedIndex[int]":
    """Return an empty index sorted by instants."""
    return SortedIndex(partial(array, "q"))


class SortedIndex(Generic[SortKeyT]):
    """Numbers of incidents sorted by key, those of equal keys by number. `new_keys` makes a sequence of keys.

    Additions and removals are pending until somebody reads: very many are faster sorted at once than inserted one by
    one, and most numbers that are removed are added again at once with the same key, as something else has changed.
    """

    __slots__ = (
        "_block_ends",
        "_count",
        "_keys",
        "_new_keys",
        "_numbers",
        "_pending_keys",
        "_pending_numbers",
        "_removals",
    )

    def __init__(self, new_keys: Callable[[Iterable[SortKeyT]], MutableSequence[SortKeyT]]) -> None:
        self._new_keys: Callable[[Iterable[SortKeyT]], MutableSequence[SortKeyT]] = new_keys
        self._pending_keys: MutableSequence[SortKeyT] = new_keys(())
        self._pending_numbers: array[int] = array("I")
        self._removals: set[tuple[SortKeyT, int]] = set()
        self._keys: list[MutableSequence[SortKeyT]] = []
        self._numbers: list[array[int]] = []
        self._block_ends: list[tuple[SortKeyT, int]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count + len(self._pending_numbers) - len(self._removals)

    def add(self, key: SortKeyT, number: int) -> None:
        """Add an incident."""
        if self._removals and (key, number) in self._removals:
            self._removals.remove((key, number))
            return
        self._pending_keys.append(key)
        self._pending_numbers.append(number)

    def remove(self, key: SortKeyT, number: int) -> None:
        """Remove an incident that was added."""
        self._removals.add((key, number))
        if len(self._removals) > _MAX_REMOVALS:
            self.flush()

    def flush(self) -> None:
        """Carry out the pending additions and removals."""
        if self._pending_numbers:
            self._flush_additions()
        if self._removals:
            removals, self._removals = self._removals, set()
            self._count -= len(removals)
            for key, number in removals:
                self._delete(key, number)

    def _flush_additions(self) -> None:
        added_keys, added_numbers = self._pending_keys, self._pending_numbers
        self._pending_keys, self._pending_numbers = self._new_keys(()), array("I")
        if len(added_keys) * _REBUILD_FRACTION < self._count:
            for key, number in zip(added_keys, added_numbers, strict=True):
                self._insert(key, number)
        else:
            keys = list(chain(*self._keys, added_keys))
            self._build(keys, list(chain(*self._numbers, added_numbers)))
        self._count += len(added_keys)

    def _build(self, keys: list[SortKeyT], numbers: list[int]) -> None:
        # Sorted twice, as a sort keeps the order of what is equal: pairs would take twice as long.
        order = sorted(range(len(keys)), key=numbers.__getitem__)
        order.sort(key=keys.__getitem__)
        keys, numbers = [keys[i] for i in order], [numbers[i] for i in order]
        starts = range(0, len(order), _BLOCK)
        self._keys = [self._new_keys(keys[start : start + _BLOCK]) for start in starts]
        self._numbers = [array("I", numbers[start : start + _BLOCK]) for start in starts]
        blocks = zip(self._keys, self._numbers, strict=True)
        self._block_ends = [(block_keys[-1], block_numbers[-1]) for block_keys, block_numbers in blocks]

    def _insert(self, key: SortKeyT, number: int) -> None:
        block = min(bisect_left(self._block_ends, (key, number)), len(self._block_ends) - 1)
        keys, numbers = self._keys[block], self._numbers[block]
        position = self._position(block, key, number)
        keys.insert(position, key)
        numbers.insert(position, number)
        if len(keys) >= 2 * _BLOCK:
            self._insert_block(block + 1, keys[_BLOCK:], numbers[_BLOCK:])
            del keys[_BLOCK:], numbers[_BLOCK:]
        self._block_ends[block] = (keys[-1], numbers[-1])

    def _delete(self, key: SortKeyT, number: int) -> None:
        block = bisect_left(self._block_ends, (key, number))
        keys, numbers = self._keys[block], self._numbers[block]
        position = self._position(block, key, number)
        del keys[position], numbers[position]
        if keys:
            self._block_ends[block] = (keys[-1], numbers[-1])
        else:
            del self._keys[block], self._numbers[block], self._block_ends[block]

    def _insert_block(self, block: int, keys: MutableSequence[SortKeyT], numbers: "array[int]") -> None:
        self._keys.insert(block, keys)
        self._numbers.insert(block, numbers)
        self._block_ends.insert(block, (keys[-1], numbers[-1]))

    def _position(self, block: int, key: SortKeyT, number: int) -> int:
        """Return where in a block an incident stands or is to be inserted."""
        keys: Any = self._keys[block]
        low = bisect_left(keys, key)
        if low == len(keys) or keys[low] != key:
            return low
        return bisect_left(self._numbers[block], number, low, bisect_right(keys, key, low))

    def first(self) -> SortKeyT:
        """Return the lowest key; the index must not be empty."""
        return self.key_at(0)

    def keys(self) -> Iterator[SortKeyT]:
        """Yield the keys in order."""
        for keys, _ in self.blocks():
            yield from keys

    def key_at(self, position: int) -> SortKeyT:
        """Return the key at a position, counted from 0; there must be one."""
        self.flush()
        for keys in self._keys:
            if position < len(keys):
                return keys[position]
            position -= len(keys)
        raise IndexError("the index has fewer keys")

    def _locate(self, key: SortKeyT) -> tuple[int, int]:
        """Return the block of the first key that is this one or higher, and its position in the block."""
        self.flush()
        block = bisect_left(self._block_ends, (key, -1))
        keys: Any = self._keys[block] if block < len(self._keys) else ()
        return block, bisect_left(keys, key)

    def blocks(self, low: SortKeyT | None = None, high: SortKeyT | None = None) -> Iterator[tuple[Any, "array[int]"]]:
        """Yield keys and numbers from `low` up to `high`, which is left out, block by block."""
        self.flush()
        first, start = (0, 0) if low is None else self._locate(low)
        last, end = (len(self._keys), 0) if high is None else self._locate(high)
        for block in range(first, min(last + 1, len(self._keys))):
            begin, stop = start if block == first else 0, end if block == last else None
            yield self._keys[block][begin:stop], self._numbers[block][begin:stop]

    def between(self, low: SortKeyT | None = None, high: SortKeyT | None = None) -> Iterator[int]:
        """Yield the numbers from `low` up to `high`, which is left out."""
        for _, numbers in self.blocks(low, high):
            yield from numbers

    def matching(self, matches: BitMap, low: SortKeyT | None, high: SortKeyT | None) -> Iterator[int]:
        """Yield the numbers from `low` up to `high`, which is left out, that are among the matches."""
        for _, numbers in self.blocks(low, high):
            yield from [number for number in numbers if number in matches]

    def count(self, low: SortKeyT, high: SortKeyT) -> int:
        """Return how many there are from `low` up to `high`, which is left out."""
        (first, start), (last, end) = self._locate(low), self._locate(high)
        return sum(map(len, self._keys[first:last])) - start + end
