"""The fold of one slice of records: what all processors have in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from msgspec.structs import replace

from ioc.core.dead_letter_limit import DeadLetterLimit
from ioc.core.records import Position, Record
from ioc.core.rejections import FieldError, Reason, Rejection

STRAY = Rejection(Reason.WRONG_PARTITION, (FieldError("key", "sent to another partition than the key's"),))


class SliceFold(ABC):
    """Folds a slice record by record, and counts: `now` is the partition's clock, which never runs back."""

    def __init__(self, before: Position, dead_letter_limit: DeadLetterLimit) -> None:
        self.now = before.clock
        self.duplicates = 0
        self._before = before
        self._dead_letter_limit = dead_letter_limit

    @abstractmethod
    def take(self, record: Record) -> bool:
        """Fold one record; return True when it was refused."""

    def take_all(self, records: Sequence[Record]) -> Position:
        """Fold a slice of records; return the position of the partition after it."""
        refused = [self.take(record) for record in records]
        return replace(
            self._before,
            next=records[-1].offset + 1,
            clock=self.now,
            folded=self._before.folded + len(refused),
            refused=self._before.refused + sum(refused),
            duplicates=self._before.duplicates + self.duplicates,
            recent=self._dead_letter_limit.after(self._before.recent, refused),
        )
