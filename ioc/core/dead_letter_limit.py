"""How much may be refused: a topic full of good events must not be emptied into the dead letters by a fault of ours."""

from collections.abc import Iterable

from msgspec import Struct


class RejectionCount(Struct, frozen=True, omit_defaults=True):
    """How many of the latest records of a partition were refused, and whether that was ever too many.

    It is part of the position, so that a worker that starts anew does not begin to count anew.
    """

    records: int = 0
    refused: int = 0
    exceeded: bool = False


class DeadLetterLimit(Struct, frozen=True):
    """Too many is more than `share` of the latest records, once there are `least` of them; `window` are looked at."""

    share: float = 0.5
    least: int = 100
    window: int = 1000

    def after(self, before: RejectionCount, refused: Iterable[bool]) -> RejectionCount:
        """Return the count with these records more, each refused or not, in their order."""
        records, total, exceeded = before.records, before.refused, before.exceeded
        for one in refused:
            records += 1
            total += one
            if total > self.share * records and records >= self.least:
                exceeded = True
            if records >= self.window:
                records = total = 0
        return RejectionCount(records, total, exceeded)


DEFAULT_LIMIT = DeadLetterLimit()
