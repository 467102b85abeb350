"""How much may be refused: a topic full of good events must not be emptied into the dead letters by a fault of ours."""

from streams.doubt import Exit, stop_at_once


class RefusalLimit:
    """Stops the worker when more than `share` of the last full window of records was refused."""

    def __init__(self, share: float, window: int) -> None:
        self.share = share
        self.window = window
        self._records = self._refused = 0

    def check(self, records: int, refused: int) -> None:
        """Count a slice, and judge each full window."""
        self._records += records
        self._refused += refused
        if self._records < self.window:
            return
        if self._refused > self.share * self._records:
            stop_at_once(Exit.TOO_MANY_REFUSED, f"{self._refused} of the last {self._records} records were refused")
        self._records = self._refused = 0
