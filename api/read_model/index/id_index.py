"""The ids of all incidents, letter by letter: who has which letter at which place.

Nearly all ids differ, so no table of them would be shorter than they are. But at a place there are few letters, and who
has one there is a set of bits: what holds a part is found by putting together as many sets as the part has letters, at
each place where it may begin. The sources' names are left out: those are few, and looked up as every other name is.

That goes for the first places of an id. Of those that are longer, which hardly any are, each is looked at by itself.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from api.read_model.index.bitmap import CHUNK, Marks
from api.read_model.index.entry import folded

# Bytes: hardly any id is longer, and so the tables of a row have a bound.
WIDTH = 64


class Row(NamedTuple):
    """The ids of a chunk of numbers: who has a letter at a place, by letter, for each place; and whose are longer.

    Letters are bytes of UTF-8, where a part of a text is a part of its bytes.
    """

    places: list[dict[int, int]]
    long: int


_END = b"\xff"  # stands behind an id that is shorter than others; no text has it
_ZEROS = b"0" * 256
# What turns the letters of many into binary digits: one for those that have this letter.
_DIGITS = [_ZEROS[:letter] + b"1" + _ZEROS[letter + 1 :] for letter in range(256)]


class IdIndex:
    """Rows of ids without marks and case. `id_of` tells the id of a number below `size`; a row is made when needed.

    `width` is how many places (bytes) have a table.
    """

    def __init__(self, id_of: Callable[[int], str], size: Callable[[], int], width: int = WIDTH) -> None:
        self._id_of = id_of
        self._size = size
        self._width = width
        self._rows: dict[int, Row] = {}

    def change(self, number: int) -> None:
        """Take over that a number has another id, or none any more."""
        self._rows.pop(number // CHUNK, None)

    def steps(self) -> Iterator[Callable[[], object]]:
        """Yield what makes all rows, step by step."""
        return (partial(self._row, at) for at in range(self._size() // CHUNK + 1))

    def holding(self, part: str, within: Marks) -> Marks:
        """Return those of `within` whose id, the source's name left out, holds a part."""
        return self._found(part.encode(), within, None)

    def beginning(self, part: str, within: Marks) -> Marks:
        """Return those of `within` whose id begins so behind the source's name."""
        return self._found(part.encode(), within, 1)

    def _found(self, part: bytes, within: Marks, starts: int | None) -> Marks:
        """Return who has a part that begins at one of the first `starts` places, or at any."""
        found = {at: self._found_in(at, part, bits, starts) for at, bits in within.chunks.items()}
        return Marks({at: bits for at, bits in found.items() if bits})

    def _found_in(self, at: int, part: bytes, within: int, starts: int | None) -> int:
        row = self._row(at)
        found = _holding(row.places, part, within, starts)
        for number in Marks({at: within & row.long & ~found}):
            id = self._plain(number)
            if part in (id if starts is None else id[: starts - 1 + len(part)]):
                found |= 1 << number % CHUNK
        return found

    def _row(self, at: int) -> Row:
        row = self._rows.get(at)
        if row is None:
            numbers = range(at * CHUNK, min((at + 1) * CHUNK, self._size()))
            row = self._rows[at] = _row_of([self._plain(number) for number in numbers], self._width)
        return row

    def _plain(self, number: int) -> bytes:
        return folded(self._id_of(number).partition(":")[2]).encode()


def _row_of(ids: list[bytes], most: int) -> Row:
    width = min(max(map(len, ids), default=0), most)
    letters = b"".join([id[:width].ljust(width, _END) for id in ids])
    long = sum(1 << at for at, id in enumerate(ids) if len(id) > width)
    return Row([_by_letter(letters[place::width]) for place in range(width)], long)


def _by_letter(letters: bytes) -> dict[int, int]:
    """Return who has a letter, by letter."""
    backwards = letters[::-1]  # the first is the lowest bit
    return {one: int(backwards.translate(_DIGITS[one]), 2) for one in {*letters} - {*_END}}


def _holding(places: list[dict[int, int]], part: bytes, within: int, starts: int | None) -> int:
    found = 0
    for start in range(len(places) - len(part) + 1)[:starts]:
        here = within
        for place, letter in enumerate(part, start):
            here &= places[place].get(letter, 0)
            if not here:
                break
        found |= here
    return found
