"""Incidents in a line: kept sorted by a key while they come and go, however many there are."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, MutableSequence
from functools import partial
from itertools import chain
from typing import Any, Generic, TypeVar

# A block that grows to twice this is cut in two: short enough to insert into, long enough to have few of them.
_BLOCK = 1_000
# More than this part of a line coming at once is sorted in with all that is there.
_MANY = 8
# So many that go wait aside at most.
_LEAVING = 1_000

Key = TypeVar("Key", bytes, int)


def works() -> "SortedIndex[bytes]":
    """Return an empty line that is sorted by the order of work."""
    return SortedIndex(list)


def moments() -> "SortedIndex[int]":
    """Return an empty line that is sorted by instants."""
    return SortedIndex(partial(array, "q"))


class SortedIndex(Generic[Key]):
    """Numbers of incidents sorted by key, those of equal keys by number. `blank` makes an empty sequence of keys.

    What comes and goes waits aside until somebody looks: very many are faster sorted at once than each put in its
    place, and most that go come back to their place at once, as something else about them has changed.
    """

    __slots__ = ("_blank", "_coming", "_count", "_keys", "_lasts", "_leaving", "_numbers")

    def __init__(self, blank: Callable[[Iterable[Key]], MutableSequence[Key]]) -> None:
        self._blank: Callable[[Iterable[Key]], MutableSequence[Key]] = blank
        self._coming: tuple[MutableSequence[Key], array[int]] = (blank(()), array("I"))
        self._leaving: set[tuple[Key, int]] = set()
        self._keys: list[MutableSequence[Key]] = []
        self._numbers: list[array[int]] = []
        self._lasts: list[tuple[Key, int]] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count + len(self._coming[1]) - len(self._leaving)

    def add(self, key: Key, number: int) -> None:
        """Put an incident in its place."""
        if self._leaving and (key, number) in self._leaving:
            self._leaving.remove((key, number))
            return
        keys, numbers = self._coming
        keys.append(key)
        numbers.append(number)

    def remove(self, key: Key, number: int) -> None:
        """Take out an incident that was put in."""
        self._leaving.add((key, number))
        if len(self._leaving) > _LEAVING:
            self.settle()

    def settle(self) -> None:
        """Put what came in its place, and take out what went."""
        if self._coming[1]:
            self._settle_coming()
        if self._leaving:
            leaving, self._leaving = self._leaving, set()
            self._count -= len(leaving)
            for key, number in leaving:
                self._delete(key, number)

    def _settle_coming(self) -> None:
        coming, self._coming = self._coming, (self._blank(()), array("I"))
        if len(coming[0]) * _MANY < self._count:
            for key, number in zip(*coming, strict=True):
                self._insert(key, number)
        else:
            keys = list(chain(*self._keys, coming[0]))
            self._build(keys, list(chain(*self._numbers, coming[1])))
        self._count += len(coming[0])

    def _build(self, keys: list[Key], numbers: list[int]) -> None:
        # Sorted twice, as a sort keeps the order of what is equal: pairs would take twice as long.
        order = sorted(range(len(keys)), key=numbers.__getitem__)
        order.sort(key=keys.__getitem__)
        keys, numbers = [keys[at] for at in order], [numbers[at] for at in order]
        starts = range(0, len(order), _BLOCK)
        self._keys = [self._blank(keys[start : start + _BLOCK]) for start in starts]
        self._numbers = [array("I", numbers[start : start + _BLOCK]) for start in starts]
        self._lasts = [(one[-1], others[-1]) for one, others in zip(self._keys, self._numbers, strict=True)]

    def _insert(self, key: Key, number: int) -> None:
        block = min(bisect_left(self._lasts, (key, number)), len(self._lasts) - 1)
        keys, numbers = self._keys[block], self._numbers[block]
        place = self._place(block, key, number)
        keys.insert(place, key)
        numbers.insert(place, number)
        if len(keys) >= 2 * _BLOCK:
            self._open(block + 1, keys[_BLOCK:], numbers[_BLOCK:])
            del keys[_BLOCK:], numbers[_BLOCK:]
        self._lasts[block] = (keys[-1], numbers[-1])

    def _delete(self, key: Key, number: int) -> None:
        block = bisect_left(self._lasts, (key, number))
        keys, numbers = self._keys[block], self._numbers[block]
        place = self._place(block, key, number)
        del keys[place], numbers[place]
        if keys:
            self._lasts[block] = (keys[-1], numbers[-1])
        else:
            del self._keys[block], self._numbers[block], self._lasts[block]

    def _open(self, block: int, keys: MutableSequence[Key], numbers: "array[int]") -> None:
        self._keys.insert(block, keys)
        self._numbers.insert(block, numbers)
        self._lasts.insert(block, (keys[-1], numbers[-1]))

    def _place(self, block: int, key: Key, number: int) -> int:
        keys: Any = self._keys[block]
        low = bisect_left(keys, key)
        if low == len(keys) or keys[low] != key:
            return low
        return bisect_left(self._numbers[block], number, low, bisect_right(keys, key, low))

    def first(self) -> Key:
        """Return the lowest key; there must be one."""
        return self.key_at(0)

    def keys(self) -> Iterator[Key]:
        """Yield the keys in order."""
        for keys, _ in self.parts():
            yield from keys

    def key_at(self, place: int) -> Key:
        """Return the key that so many come before; there must be one."""
        self.settle()
        for keys in self._keys:
            if place < len(keys):
                return keys[place]
            place -= len(keys)
        raise IndexError("the line is shorter")

    def _from(self, key: Key) -> tuple[int, int]:
        """Return the block and the place in it of the first with this key or a higher one."""
        self.settle()
        block = bisect_left(self._lasts, (key, -1))
        keys: Any = self._keys[block] if block < len(self._keys) else ()
        return block, bisect_left(keys, key)

    def parts(self, low: Key | None = None, high: Key | None = None) -> Iterator[tuple[Any, "array[int]"]]:
        """Yield keys and numbers from `low` up to `high`, which is left out, block by block."""
        self.settle()
        first, start = (0, 0) if low is None else self._from(low)
        last, end = (len(self._keys), 0) if high is None else self._from(high)
        for block in range(first, min(last + 1, len(self._keys))):
            begin, stop = start if block == first else 0, end if block == last else None
            yield self._keys[block][begin:stop], self._numbers[block][begin:stop]

    def between(self, low: Key | None = None, high: Key | None = None) -> Iterator[int]:
        """Yield the numbers from `low` up to `high`, which is left out."""
        for _, numbers in self.parts(low, high):
            yield from numbers

    def wanted(self, flags: bytes, low: Key | None, high: Key | None) -> Iterator[int]:
        """Yield the numbers from `low` up to `high` that have the flag."""
        for _, numbers in self.parts(low, high):
            yield from [number for number in numbers if flags[number]]

    def count(self, low: Key, high: Key) -> int:
        """Return how many there are from `low` up to `high`, which is left out."""
        (first, start), (last, end) = self._from(low), self._from(high)
        return sum(map(len, self._keys[first:last])) - start + end
