"""The ids of all incidents, in rows that are looked through: as all differ, no table of them would be shorter."""

from collections.abc import Callable

from api.card import folded
from api.marks import CHUNK, Marks

# Of a row with so few that can be meant, each is looked at by itself.
_FEW = 200


class Ids:
    """Rows of ids without marks and case. `id_of` tells the id of a number below `size`; a row is made when needed."""

    def __init__(self, id_of: Callable[[int], str], size: Callable[[], int]) -> None:
        self._id_of = id_of
        self._size = size
        self._rows: dict[int, str] = {}

    def change(self, number: int) -> None:
        """Take over that a number has another id, or none any more."""
        self._rows.pop(number // CHUNK, None)

    def settle(self) -> None:
        """Make all rows."""
        for at in range(self._size() // CHUNK + 1):
            self._row(at)

    def holding(self, part: str, within: Marks) -> Marks:
        """Return those of `within` whose id holds a part, which has no space in it."""
        return Marks.union(self._holding(part, at, bits) for at, bits in within.chunks.items() if part in self._row(at))

    def _holding(self, part: str, at: int, bits: int) -> Marks:
        within = Marks({at: bits})
        if bits.bit_count() < _FEW:
            return Marks.of([number for number in within if part in self._plain(number)], self._size())
        return Marks.flagged(bytes([part in id for id in self._row(at).split("\n")]), at) & within

    def _row(self, at: int) -> str:
        row = self._rows.get(at)
        if row is None:
            numbers = range(at * CHUNK, min((at + 1) * CHUNK, self._size()))
            row = self._rows[at] = "\n".join(map(self._plain, numbers))
        return row

    def _plain(self, number: int) -> str:
        return folded(self._id_of(number)).replace("\n", " ")
