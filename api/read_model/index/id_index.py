"""The ids of all incidents, letter by letter: which incidents have which letter at which position.

Nearly all ids differ, so no table of them would be shorter than they are. But at a position there are few different
letters, and the incidents that have one there are a bitmap: an id holds a substring when it is in the intersection of
as many bitmaps as the substring has letters, at any of the positions where it may begin. The sources' slugs are left
out: those are few, and looked up as every other facet is.

That goes for the first positions of an id. Ids that are longer, which hardly any are, are looked at one by one.
"""

from array import array
from collections.abc import Callable, Iterator

from pyroaring import BitMap

from api.read_model.index.folding import fold_text

# Bytes: hardly any id is longer, and so the number of bitmaps has a bound.
INDEXED_LENGTH = 64
# At most this many new ids are pending: those that come together are indexed faster together.
_MAX_PENDING = 4_096

_END = 0xFF  # stands behind an id that is shorter than others; no text has this byte
_PADDING = bytes([_END])


class IdIndex:
    """The bitmaps of the ids without accents and case. `id_of` returns the id of a number.

    Letters are bytes of UTF-8, where a substring of a text is a substring of its bytes. `length` is how many positions
    (bytes) are indexed. New ids are pending until somebody searches.
    """

    def __init__(self, id_of: Callable[[int], str], length: int = INDEXED_LENGTH) -> None:
        self._id_of = id_of
        self._length = length
        self._positions: list[dict[int, BitMap]] = []
        self._longer = BitMap()
        self._pending: dict[int, bytes] = {}

    def add(self, number: int, incident_id: str) -> None:
        """Index the id of a new incident."""
        self._pending[number] = _key_of(incident_id)
        if len(self._pending) >= _MAX_PENDING:
            self.flush()

    def remove(self, number: int, incident_id: str) -> None:
        """Take an id that was added out of the index."""
        if self._pending.pop(number, None) is None:
            for letter, bitmaps in zip(_key_of(incident_id), self._positions, strict=False):
                bitmaps[letter].discard(number)
            self._longer.discard(number)

    def flush(self) -> None:
        """Index the ids that are pending."""
        if not self._pending:
            return
        pending, self._pending = self._pending, {}
        numbers = array("I", pending)
        width = min(max(map(len, pending.values())), self._length)
        self._longer.update([number for number, key in pending.items() if len(key) > width])
        self._positions.extend({} for _ in range(width - len(self._positions)))
        letters = b"".join([key[:width].ljust(width, _PADDING) for key in pending.values()])
        for position in range(width):
            self._add_letters(self._positions[position], numbers, letters[position::width])

    def _add_letters(self, bitmaps: dict[int, BitMap], numbers: "array[int]", letters: bytes) -> None:
        """Add to the bitmaps of one position the numbers that have each letter there."""
        for letter, members in _by_letter(numbers, letters):
            if letter != _END:
                bitmaps.setdefault(letter, BitMap()).update(members)

    def containing(self, substring: str, within: BitMap) -> BitMap:
        """Return those of `within` whose id, the source's slug left out, holds a folded substring."""
        return self._search(substring.encode(), within, None)

    def starting_with(self, prefix: str, within: BitMap) -> BitMap:
        """Return those of `within` whose id, the source's slug left out, begins with a folded prefix."""
        return self._search(prefix.encode(), within, 1)

    def _search(self, substring: bytes, within: BitMap, starts: int | None) -> BitMap:
        """Return those that have a substring which begins at one of the first `starts` positions, or at any."""
        self.flush()
        matches = BitMap()
        for start in range(len(self._positions) - len(substring) + 1)[:starts]:
            matches |= self._at(start, substring, within)
        for number in (self._longer & within) - matches:
            key = _key_of(self._id_of(number))
            if substring in (key if starts is None else key[: starts - 1 + len(substring)]):
                matches.add(number)
        return matches

    def _at(self, start: int, substring: bytes, within: BitMap) -> BitMap:
        """Return those of `within` whose id has a substring at a position."""
        bitmaps = list(self._bitmaps(start, substring))
        if len(bitmaps) < len(substring):
            return BitMap()
        matches = within
        for bitmap in sorted(bitmaps, key=len):
            matches = matches & bitmap
            if not matches:
                break
        return matches

    def _bitmaps(self, start: int, substring: bytes) -> Iterator[BitMap]:
        """Yield the bitmaps of the letters of a substring at a position, up to the first that nobody has there."""
        for letters, letter in zip(self._positions[start:], substring, strict=False):
            if letter not in letters:
                return
            yield letters[letter]


def _key_of(incident_id: str) -> bytes:
    """Return what is indexed of an id: the source's own number for it, folded."""
    return fold_text(incident_id.partition(":")[2]).encode()


def _by_letter(numbers: "array[int]", letters: bytes) -> Iterator[tuple[int, "array[int]"]]:
    """Yield each letter with the numbers that have it; the letters are those of the numbers, in their order."""
    distinct = {*letters}
    if len(distinct) == 1:
        yield letters[0], numbers
        return
    members = {letter: array("I") for letter in distinct}
    append = {letter: numbers.append for letter, numbers in members.items()}
    for number, letter in zip(numbers, letters, strict=True):
        append[letter](number)
    yield from members.items()
