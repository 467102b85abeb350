"""Sets of incidents by their numbers, kept as bits: what fits several filters at once is found without a look at any.

Bits are kept in chunks, so that adding one number copies little, and what is rare takes little room.
"""

from collections.abc import Iterable, Iterator

_SHIFT = 12
CHUNK = 1 << _SHIFT
_MASK = CHUNK - 1
# When so many come to a chunk they are put in at once.
_MANY = 32
_DIGITS = bytes.maketrans(b"\0\1", b"01")
_FLAGS = bytes.maketrans(b"01", b"\0\1")


class Marks:
    """A set of small whole numbers. `&`, `|` and `-` give new ones, `len` counts, iterating goes up.

    What is added waits aside until somebody looks: very many are faster put in at once.
    """

    __slots__ = ("_chunks", "_coming")

    def __init__(self, chunks: dict[int, int] | None = None) -> None:
        self._chunks: dict[int, int] = {} if chunks is None else chunks
        self._coming: list[int] = []

    @property
    def chunks(self) -> dict[int, int]:
        """The bits by chunk. Not to be changed."""
        self.settle()
        return self._chunks

    def settle(self) -> None:
        """Put in what was added."""
        if not self._coming:
            return
        coming, self._coming = self._coming, []
        first, end = min(coming) >> _SHIFT, max(coming) + 1
        if len(coming) > _MANY * ((end >> _SHIFT) - first + 1):
            for at, bits in Marks.of(coming, end, first).chunks.items():
                self._chunks[at] = self._chunks.get(at, 0) | bits
            return
        for number in coming:
            at = number >> _SHIFT
            self._chunks[at] = self._chunks.get(at, 0) | 1 << (number & _MASK)

    @classmethod
    def of(cls, numbers: Iterable[int], size: int, first: int = 0) -> "Marks":
        """Return the set of many numbers at once, all of them below `size` and from chunk `first` on."""
        start = first << _SHIFT
        flags = bytearray(size - start)
        for number in numbers:
            flags[number - start] = 1
        return cls.flagged(bytes(flags), first)

    @classmethod
    def flagged(cls, flags: bytes, first: int = 0) -> "Marks":
        """Return the set of those numbers whose byte is 1. The bytes are those from chunk `first` on."""
        parts = (flags[start : start + CHUNK] for start in range(0, len(flags), CHUNK))
        read = ((at, int(part.translate(_DIGITS)[::-1], 2)) for at, part in enumerate(parts, first) if 1 in part)
        return cls(dict(read))

    def add(self, number: int) -> None:
        """Put a number in."""
        self._coming.append(number)

    def extend(self, numbers: Iterable[int]) -> None:
        """Put some numbers in."""
        self._coming.extend(numbers)

    def discard(self, number: int) -> None:
        """Take a number out, if it is in."""
        at = number >> _SHIFT
        left = self.chunks.get(at, 0) & ~(1 << (number & _MASK))
        if left:
            self._chunks[at] = left
        else:
            self._chunks.pop(at, None)

    def __contains__(self, number: int) -> bool:
        return bool(self.chunks.get(number >> _SHIFT, 0) >> (number & _MASK) & 1)

    def __len__(self) -> int:
        return sum(map(int.bit_count, self.chunks.values()))

    def __bool__(self) -> bool:
        return bool(self.chunks)

    def __and__(self, other: "Marks") -> "Marks":
        few, many = sorted((self.chunks, other.chunks), key=len)
        found = ((at, bits & many[at]) for at, bits in few.items() if at in many)
        return Marks({at: bits for at, bits in found if bits})

    def __or__(self, other: "Marks") -> "Marks":
        return Marks.union((self, other))

    def __sub__(self, other: "Marks") -> "Marks":
        gone = other.chunks
        left = ((at, bits & ~gone[at] if at in gone else bits) for at, bits in self.chunks.items())
        return Marks({at: bits for at, bits in left if bits})

    @classmethod
    def union(cls, many: Iterable["Marks"]) -> "Marks":
        """Return what is in any of them."""
        chunks: dict[int, int] = {}
        for one in many:
            for at, bits in one.chunks.items():
                chunks[at] = chunks.get(at, 0) | bits
        return cls(chunks)

    def __iter__(self) -> Iterator[int]:
        for at, bits in sorted(self.chunks.items()):
            digits = bin(bits)[:1:-1]
            place = digits.find("1")
            while place >= 0:
                yield (at << _SHIFT) + place
                place = digits.find("1", place + 1)

    def flags(self, size: int) -> bytes:
        """Return a byte for each number below `size`, and some more: 1 when it is in, else 0."""
        empty, chunks = bytes(CHUNK), self.chunks
        parts = (
            f"{chunks[at]:0{CHUNK}b}".encode()[::-1].translate(_FLAGS) if at in chunks else empty
            for at in range((size >> _SHIFT) + 1)
        )
        return b"".join(parts)
