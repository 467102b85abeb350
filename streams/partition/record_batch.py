"""TODO."""

from collections.abc import Iterable
from typing import Any


class Stretch(list[Any]):
    """Records of a partition, all there are from the offset `start` up to the last of them."""

    def __init__(self, records: Iterable[Any], start: int) -> None:
        super().__init__(records)
        self.start = start

    def part(self, first: int, end: int) -> "Stretch":
        """Return the records from one place in it up to another."""
        return Stretch(self[first:end], self[first - 1].offset + 1 if first else self.start)
