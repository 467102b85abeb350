"""What incidents say, word by word, so that a search looks at the words there are and not at the incidents.

What is sought may be any part of a word.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from api.card import folded
from api.marks import Marks

# A word that more incidents say is kept as marks: they take more room, and are faster put together.
_FEW = 4_096

Sayers: TypeAlias = "array[int] | Marks"


class Words:
    """The words by the incidents that say them."""

    def __init__(self) -> None:
        self._sayers: dict[str, Sayers] = {}
        self._folded: dict[str, str] = {}
        self._end = 0  # all numbers are below it

    def of(self, texts: Iterable[str | None]) -> set[str]:
        """Return the words of some texts, without marks and case."""
        said = (word for text in texts if text for word in text.split())
        return {word.lower() if word.isascii() else self._fold(word) for word in said}

    def _fold(self, word: str) -> str:
        known = self._folded.get(word)
        if known is None:
            known = self._folded[word] = folded(word)
        return known

    def add(self, number: int, words: Iterable[str]) -> None:
        """Take in what an incident says."""
        self._end = max(self._end, number + 1)
        for word in words:
            known = self._sayers.get(word)
            if known is None:
                self._sayers[word] = array("I", (number,))
            elif isinstance(known, Marks):
                known.add(number)
            else:
                if number > known[-1]:
                    known.append(number)
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

    def settle(self) -> None:
        """Put what came in its place."""
        for marks in _marks(self._sayers.values()):
            marks.settle()

    def saying(self, part: str) -> Marks:
        """Return who says a word that holds this part."""
        found = [known for word, known in self._sayers.items() if part in word]
        few = [known for known in found if not isinstance(known, Marks)]
        return Marks.union((Marks.of(chain.from_iterable(few), self._end), *_marks(found)))


def _marks(found: Iterable[Sayers]) -> Iterator[Marks]:
    return (known for known in found if isinstance(known, Marks))
