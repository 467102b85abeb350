"""How many records may be refused before a partition stops.

A fault of ours that refused every record would otherwise empty a topic full of good events into the dead letters.
"""

from collections.abc import Iterable

from msgspec import Struct


class RejectionCount(Struct, frozen=True, omit_defaults=True):
    """How many of the latest records of a partition were refused, and whether that ever exceeded the limit.

    It is part of the partition's position, so that a worker that restarts goes on counting where it stopped.
    """

    records: int = 0
    refused: int = 0
    exceeded: bool = False


class DeadLetterLimit(Struct, frozen=True):
    """The limit is exceeded when more than `share` of the latest records are refused, `least` records at least.

    The count begins again after every `window` records.
    """

    share: float = 0.5
    least: int = 100
    window: int = 1000

    def after(self, count: RejectionCount, verdicts: Iterable[bool]) -> RejectionCount:
        """Return the count after further records, in their order; a verdict is True for a refused one."""
        records, refused, exceeded = count.records, count.refused, count.exceeded
        for is_refused in verdicts:
            records += 1
            refused += is_refused
            if refused > self.share * records and records >= self.least:
                exceeded = True
            if records >= self.window:
                records = refused = 0
        return RejectionCount(records, refused, exceeded)


DEFAULT_LIMIT = DeadLetterLimit()
