"""The ids of all incidents, in rows that are looked through: as all differ, no table of them would be shorter.

A row holds what follows the sources' names: those are few, and looked up as every other name is.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate
from operator import add
from typing import NamedTuple

from api.card import folded
from api.marks import CHUNK, Marks

# In a row that holds a part no more often than so each place is looked up, else each id is looked at.
_FEW = 400
# When so few can be meant, each is looked at by itself.
_ALONE = 8_000


class Row(NamedTuple):
    """The ids of a chunk of numbers, each behind a line break, and where each begins."""

    text: str
    starts: "array[int]"

    def lines(self, part: str) -> Iterator[int]:
        """Yield each line that holds a part."""
        at = self.text.find(part)
        while at >= 0:
            line = bisect_right(self.starts, at) - 1
            yield line
            at = self.text.find(part, self.starts[line + 1]) if line + 1 < len(self.starts) else -1


class Ids:
    """Rows of ids without marks and case. `id_of` tells the id of a number below `size`; a row is made when needed."""

    def __init__(self, id_of: Callable[[int], str], size: Callable[[], int]) -> None:
        self._id_of = id_of
        self._size = size
        self._rows: dict[int, Row] = {}
        # Every two letters that stand side by side in any id: what has another pair is in none.
        self._pairs: set[str] = set()

    def change(self, number: int) -> None:
        """Take over that a number has another id, or none any more."""
        self._rows.pop(number // CHUNK, None)

    def steps(self) -> Iterator[Callable[[], object]]:
        """Yield what makes all rows, step by step."""
        return (partial(self._row, at) for at in range(self._size() // CHUNK + 1))

    def holding(self, part: str, within: Marks) -> Marks:
        """Return those of `within` whose id, the source's name left out, holds a part that has no space in it."""
        if len(within) < _ALONE:
            return Marks.of([number for number in within if part in self._plain(number)], self._size())
        for at in within.chunks.keys() - self._rows.keys():
            self._row(at)
        if not self._pairs.issuperset(map(add, part, part[1:])):
            return Marks()
        found = ((at, self._holding(part, at, bits)) for at, bits in within.chunks.items())
        return Marks({at: bits for at, bits in found if bits})

    def beginning(self, part: str, within: Marks) -> Marks:
        """Return those of `within` whose id begins so behind the source's name."""
        return self.holding(f"\n{part}", within)

    def _holding(self, part: str, at: int, bits: int) -> int:
        row, found = self._row(at), 0
        for count, line in enumerate(row.lines(part)):
            found |= 1 << line
            if count == _FEW or len(part) == 1:
                said = bytes([part in f"\n{id}" for id in row.text[1:].split("\n")])
                return bits & Marks.flagged(said).chunks.get(0, 0)
        return bits & found

    def _row(self, at: int) -> Row:
        row = self._rows.get(at)
        if row is None:
            ids = [self._plain(number) for number in range(at * CHUNK, min((at + 1) * CHUNK, self._size()))]
            starts = array("I", accumulate(map(len, ids), initial=0))
            row = self._rows[at] = Row("".join(ids), starts[: len(ids)])
            self._pairs.update(map(add, row.text, row.text[1:]))
        return row

    def _plain(self, number: int) -> str:
        return "\n" + folded(self._id_of(number).partition(":")[2]).replace("\n", " ")
