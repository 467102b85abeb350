"""What incidents say, word by word, so that a search looks at the words there are and not at the incidents.

What is sought may be any part of a word.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias

from api.read_model.index.bitmap import Marks
from api.read_model.index.entry import folded

# A word that more incidents say is kept as marks: they take more room, and are faster put together.
_FEW = 4_096
# Of so many incidents at most the words wait aside: to put them in their places takes some hundredths of a second.
_MOST = 8_192

Sayers: TypeAlias = "array[int] | Marks"
Texts: TypeAlias = Sequence[str | None]


class TextIndex:
    """The words by the incidents that say them.

    What an incident says that said nothing before waits aside, as it was written, until somebody looks.
    """

    def __init__(self) -> None:
        self._sayers: dict[str, Sayers] = {}
        self._folded: dict[str, str] = {}
        self._coming: defaultdict[str, list[int]] = defaultdict(list)
        self._waiting = 0
        self._end = 0  # all numbers are below it

    def change(self, number: int, before: Texts, after: Texts) -> None:
        """Take over that an incident says other texts than before."""
        if before == after:
            return
        if before:
            self.settle()
            said, says = self._of(before), self._of(after)
            self._remove(number, said - says)
            for word in says - said:
                self._add(word, [number])
        else:
            self._wait(number, after)

    def _wait(self, number: int, texts: Texts) -> None:
        coming = self._coming
        for text in texts:
            if text:
                for word in text.split():
                    coming[word].append(number)
        self._end = max(self._end, number + 1)
        self._waiting += 1
        if self._waiting >= _MOST:
            self.settle()

    def _of(self, texts: Texts) -> set[str]:
        """Return the words of some texts, without marks and case."""
        return {self._plain(word) for text in texts if text for word in text.split()}

    def _plain(self, word: str) -> str:
        if word.isascii():
            return word.lower()
        known = self._folded.get(word)
        if known is None:
            known = self._folded[word] = folded(word)
        return known

    def _add(self, word: str, numbers: Sequence[int]) -> None:
        """Take in who says a word."""
        known = self._sayers.get(word)
        if isinstance(known, Marks):
            known.extend(numbers)
            known.settle()
            return
        come = sorted(set(numbers))
        if known is None:
            known = self._sayers[word] = array("I", come)
        elif come[0] > known[-1]:
            known.extend(come)
        else:
            known = self._sayers[word] = array("I", sorted({*known, *come}))
        if len(known) > _FEW:
            self._sayers[word] = Marks.of(known, known[-1] + 1)

    def _remove(self, number: int, words: Iterable[str]) -> None:
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
        coming, self._coming, self._waiting = self._coming, defaultdict(list), 0
        said: dict[str, list[int]] = {}
        for written, numbers in coming.items():
            word = self._plain(written)
            said[word] = said[word] + numbers if word in said else numbers
        for word, numbers in said.items():
            self._add(word, numbers)

    def saying(self, part: str) -> Marks:
        """Return who says a word that holds this part."""
        self.settle()
        found = [known for word, known in self._sayers.items() if part in word]
        few = [known for known in found if not isinstance(known, Marks)]
        return Marks.union((Marks.of(chain.from_iterable(few), self._end), *_marks(found)))


def _marks(found: Iterable[Sayers]) -> Iterator[Marks]:
    return (known for known in found if isinstance(known, Marks))
