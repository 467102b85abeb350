"""A batch of records that knows where it begins, so that a missing record can be told from a transaction marker."""

from collections.abc import Iterable
from typing import Any


class RecordBatch(list[Any]):
    """Records of a partition: all there are from the offset `start` up to the last of them."""

    def __init__(self, records: Iterable[Any], start: int) -> None:
        super().__init__(records)
        self.start = start

    def part(self, first: int, end: int) -> "RecordBatch":
        """Return the records from the index `first` up to, not including, the index `end`."""
        return RecordBatch(self[first:end], self[first - 1].offset + 1 if first else self.start)
