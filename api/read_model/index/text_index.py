"""The words of the incidents' texts, so that a search looks at the distinct words and not at the incidents.

A search may ask for any substring of a word.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from pyroaring import BitMap

from api.read_model.index.folding import fold_text

# The postings of a word in more incidents than this are a bitmap: below it an array takes less memory.
_MAX_ARRAY = 64
# The words of at most this many incidents are pending: to index them takes some hundredths of a second.
_MAX_PENDING = 8_192

Postings: TypeAlias = "array[int] | BitMap"
Texts: TypeAlias = Sequence[str | None]


class TextIndex:
    """The postings of each word: the numbers of the incidents in whose texts it occurs.

    The words of a new incident are pending, as they were written, until somebody searches.
    """

    def __init__(self) -> None:
        self._postings: dict[str, Postings] = {}
        self._folded: dict[str, str] = {}
        self._pending: defaultdict[str, list[int]] = defaultdict(list)
        self._pending_incidents = 0

    def change(self, number: int, before: Texts, after: Texts) -> None:
        """Replace the texts of an incident by others."""
        if before == after:
            return
        if before:
            self.flush()
            old_words, new_words = self._words_of(before), self._words_of(after)
            self._remove(number, old_words - new_words)
            for word in new_words - old_words:
                self._add(word, [number])
        else:
            self._add_pending(number, after)

    def _add_pending(self, number: int, texts: Texts) -> None:
        pending = self._pending
        for text in texts:
            if text:
                for word in text.split():
                    pending[word].append(number)
        self._pending_incidents += 1
        if self._pending_incidents >= _MAX_PENDING:
            self.flush()

    def _words_of(self, texts: Texts) -> set[str]:
        """Return the folded words of some texts."""
        return {self._fold(word) for text in texts if text for word in text.split()}

    def _fold(self, word: str) -> str:
        if word.isascii():
            return word.lower()
        folded = self._folded.get(word)
        if folded is None:
            folded = self._folded[word] = fold_text(word)
        return folded

    def _add(self, word: str, numbers: Sequence[int]) -> None:
        """Add incidents to the postings of a word."""
        postings = self._postings.get(word)
        if isinstance(postings, BitMap):
            postings.update(numbers)
            return
        added = sorted(set(numbers))
        if postings is None:
            postings = self._postings[word] = array("I", added)
        elif added[0] > postings[-1]:
            postings.extend(added)
        else:
            postings = self._postings[word] = array("I", sorted({*postings, *added}))
        if len(postings) > _MAX_ARRAY:
            self._postings[word] = BitMap(postings)

    def _remove(self, number: int, words: Iterable[str]) -> None:
        """Remove an incident from the postings of some words."""
        for word in words:
            postings = self._postings[word]
            if isinstance(postings, BitMap):
                postings.discard(number)
            else:
                del postings[bisect_left(postings, number)]
            if not postings:
                del self._postings[word]

    def flush(self) -> None:
        """Index the words that are pending."""
        pending, self._pending, self._pending_incidents = self._pending, defaultdict(list), 0
        added: dict[str, list[int]] = {}
        for written, numbers in pending.items():
            word = self._fold(written)
            added[word] = added[word] + numbers if word in added else numbers
        for word, numbers in added.items():
            self._add(word, numbers)

    def containing(self, substring: str) -> BitMap:
        """Return the incidents that have a word with this folded substring."""
        self.flush()
        matches, few = BitMap(), array("I")
        bitmaps = [matches]
        for postings in [postings for word, postings in self._postings.items() if substring in word]:
            if isinstance(postings, BitMap):
                bitmaps.append(postings)
            else:
                few.extend(postings)
        matches.update(few)
        return BitMap.union(*bitmaps)
