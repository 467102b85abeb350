"""Checking the events of the centre's own: each is in the log as often as the fold sent it. Pure: in words as others.

With the wall's clock a fold of the log cannot tell when a tick sent one. But what a moment brings about has an id made
of its cause, so it must not be there twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from console.written import Motion, Told, Written
from ioc.lane import Record
from ioc.moments import SOURCE
from ioc.sources import CENTRE


class OwnEvents:
    """Those that were found in the whole log, and those that were to be sent, of all partitions."""

    def __init__(self, log: Iterable[Record]) -> None:
        self._found = Counter(
            (one.key or b"", one.value or b"") for one in log if CENTRE.encode() in (one.value or b"")
        )
        self._sent: Counter[Told] = Counter()
        self._moving: Counter[Told] = Counter()

    def expect(self, made: Written, motion: Motion) -> None:
        """Take over what the recomputation of a partition sends, and what it may have sent meanwhile."""
        self._sent += made.told
        self._moving += motion.told

    def differences(self) -> Iterator[str]:
        """Yield what is missing, and what was told more often than it was sent."""
        for told, times in self._sent.items():
            there = self._found[told]
            if not times <= there <= times + self._moving[told]:
                yield f"own event {_name(told)} was sent {times} times and is there {there} times"
        for told, there in self._found.items():
            if there > 1 and SOURCE.encode() in told[1] and told not in self._sent:
                yield f"own event {_name(told)} is there {there} times"


def _name(told: Told) -> str:
    key, value = told
    return f"{key.decode()}/{msgspec.json.decode(value)['id']}"
