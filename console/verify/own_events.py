"""Checking the events of the centre's own: each is in the log as often as the fold sent it. Pure: in words as others.

With the wall's clock a fold of the log cannot tell when a tick sent one. But what a moment brings about has an id made
of its cause, so it must not be there twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from console.verify.snapshot import IncidentMotion, IncidentOutput, SentCounts, SentRecord
from ioc.core.records import Record
from ioc.core.sources import CENTRE
from ioc.decider import merging
from ioc.duplicates import candidates as sightings
from ioc.sla.scheduled_events import SOURCE

_OF_FOLDS = tuple(f'"source":"{CENTRE}{part}/'.encode() for part in (merging.PART, sightings.PART))


class _OwnEventId(Struct):
    id: str = ""
    incident: str = ""


class OwnEvents:
    """Those that were found in the whole log, and those that were to be sent, of all partitions."""

    def __init__(self, log: Iterable[Record]) -> None:
        self._found = Counter(
            (one.key or b"", one.value or b"") for one in log if CENTRE.encode() in (one.value or b"")
        )
        self._sent: Counter[SentRecord] = Counter()
        self._moving: Counter[SentRecord] = Counter()

    def expect(self, made: IncidentOutput, motion: IncidentMotion) -> None:
        """Take over what the recomputation of a partition sends, and what it may have sent meanwhile."""
        self._sent += made.told
        self._moving += motion.told

    def see(self, sightings: Iterable[Record]) -> None:
        """Take over what incidents told of where they are: all of it is of the centre's own."""
        self._found.update((one.key or b"", one.value or b"") for one in sightings)

    def expect_of_matters(self, made: SentCounts, motion: SentCounts) -> None:
        """Take over what the recomputed fold of matters answers, and what it may have answered meanwhile."""
        self._sent += made
        self._moving += motion

    def invented(self) -> Iterator[str]:
        """Yield what relatives and duplicates are said to have told and have not. Only of what is at rest."""
        for told in self._found.keys() - self._sent.keys() - self._moving.keys():
            if any(part in told[1] for part in _OF_FOLDS) or _is_sighting(told[1]):
                yield f"own event {_name(told)} should not be there"

    def differences(self) -> Iterator[str]:
        """Yield what is missing, and what was told more often than it was sent."""
        for told, times in self._sent.items():
            there = self._found[told]
            if not times <= there <= times + self._moving[told]:
                yield f"own event {_name(told)} was sent {times} times and is there {there} times"
        for told, there in self._found.items():
            if there > 1 and SOURCE.encode() in told[1] and told not in self._sent:
                yield f"own event {_name(told)} is there {there} times"


def _name(told: SentRecord) -> str:
    key, value = told
    try:
        said = msgspec.json.decode(value, type=_OwnEventId)
    except msgspec.DecodeError:  # not the centre's, whatever it looks like
        return key.decode(errors="replace")
    return f"{key.decode(errors='replace')}/{said.id or said.incident}"


def _is_sighting(value: bytes) -> bool:
    return CENTRE.encode() not in value
