"""What incidents say, word by word, so that a search looks at the words there are and not at the incidents.

What is sought may be any part of a word. Ids are all different: they are kept as they are, and looked through.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import add
from typing import TypeAlias

from api.card import folded
from api.marks import CHUNK, Marks

# A word that more incidents say is kept as marks: they take more room, and are faster put together.
_FEW = 4_096

# To look at one id by its number costs so many times as much as to look at it in its row.
_EACH = 5

Sayers: TypeAlias = "array[int] | Marks"


class Words:
    """The words by the incidents that say them, and the ids by the incidents that have them."""

    def __init__(self) -> None:
        self._sayers: dict[str, Sayers] = {}
        self._folded: dict[str, str] = {}
        self._ids: list[str] = []
        self._pairs: set[str] = set()

    def name(self, number: int, id: str) -> None:
        """Take in the id of an incident; an empty one lets go of it."""
        self._ids.extend([""] * (number + 1 - len(self._ids)))
        plain = folded(id)
        self._ids[number] = id if plain == id else plain
        self._pairs.update(_pairs(plain))

    def of(self, texts: Iterable[str | None]) -> set[str]:
        """Return the words of some texts, without marks and case."""
        return {self._fold(word) for text in texts if text for word in text.split()}

    def _fold(self, word: str) -> str:
        if word.isascii():
            return word.lower()
        known = self._folded.get(word)
        if known is None:
            known = self._folded[word] = folded(word)
        return known

    def add(self, number: int, words: Iterable[str]) -> None:
        """Take in what an incident says."""
        for word in words:
            known = self._sayers.get(word)
            if known is None:
                self._sayers[word] = array("I", (number,))
            elif isinstance(known, Marks):
                known.add(number)
            else:
                known.insert(bisect_left(known, number), number)
                if len(known) > _FEW:
                    self._sayers[word] = Marks.of(known, known[-1] + 1)

    def remove(self, number: int, words: Iterable[str]) -> None:
        """Let go of what an incident said."""
        for word in words:
            known = self._sayers[word]
            if isinstance(known, Marks):
                known.discard(number)
            else:
                del known[bisect_left(known, number)]
            if not known:
                del self._sayers[word]

    def saying(self, part: str) -> Marks:
        """Return who says a word that holds this part."""
        found = [known for word, known in self._sayers.items() if part in word]
        few = [known for known in found if not isinstance(known, Marks)]
        return Marks.union((Marks.of(chain.from_iterable(few), len(self._ids)), *_marks(found)))

    def named(self, part: str, within: Marks) -> Marks:
        """Return those of `within` whose id holds this part."""
        if not self._pairs.issuperset(_pairs(part)):
            return Marks()
        if len(within) * _EACH < len(self._ids):
            return Marks.of((number for number in within if part in self._ids[number]), len(self._ids))
        return Marks.union(self._named(part, at) for at in within.chunks) & within

    def _named(self, part: str, at: int) -> Marks:
        ids = self._ids[at * CHUNK : (at + 1) * CHUNK]
        return Marks.flagged(bytes([part in id for id in ids]), at)


def _pairs(text: str) -> Iterator[str]:
    """Yield every two letters that stand side by side: what has another pair holds no such part."""
    return map(add, text, text[1:])


def _marks(found: Iterable[Sayers]) -> Iterator[Marks]:
    return (known for known in found if isinstance(known, Marks))
