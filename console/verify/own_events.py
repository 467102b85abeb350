"""Checking the events of the centre's own: each is in the log as often as a processor sent it. Pure.

With the wall's clock a fold of the log cannot tell when a tick sent one. But what a scheduled event brings about has an
id made of its cause, so it must not be there twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec
from msgspec import Struct

from console.verify.outputs import SentCounts, SentRecord
from ioc.core.records import Record
from ioc.core.sources import CENTRE
from ioc.decider import merging
from ioc.duplicates import candidates
from ioc.sla.scheduled_events import SOURCE

_FOLD_SOURCES = tuple(f'"source":"{CENTRE}{part}/'.encode() for part in (merging.COMPONENT, candidates.PART))


class _OwnEventId(Struct):
    id: str = ""
    incident: str = ""


class HoldsSent(Protocol):
    """Holds what a recomputed processor sends."""

    sent: SentCounts


class OwnEvents:
    """The centre's own events of all partitions: those in the whole log, and those that were to be sent."""

    def __init__(self, log: Iterable[Record]) -> None:
        own = (record for record in log if CENTRE.encode() in (record.value or b""))
        self._log_counts = Counter(map(_sent_record, own))
        self._expected: SentCounts = Counter()
        self._moving: SentCounts = Counter()

    def expect(self, output: HoldsSent, motion: HoldsSent) -> None:
        """Take over what a recomputation of a partition sends, and what it may have sent meanwhile."""
        self._expected += output.sent
        self._moving += motion.sent

    def see_candidates(self, accepted: Iterable[Record]) -> None:
        """Take over the candidates that the search for duplicates accepted: all of them are of the centre's own."""
        self._log_counts.update(map(_sent_record, accepted))

    def invented(self) -> Iterator[str]:
        """Yield what relatives and duplicates are said to have sent and have not. Only of what is at rest."""
        for record in self._log_counts.keys() - self._expected.keys() - self._moving.keys():
            if any(source in record[1] for source in _FOLD_SOURCES) or _is_candidate(record[1]):
                yield f"own event {_name(record)} should not be there"

    def differences(self) -> Iterator[str]:
        """Yield what is missing, and what is there more often than it was sent."""
        for record, times in self._expected.items():
            count = self._log_counts[record]
            if not times <= count <= times + self._moving[record]:
                yield f"own event {_name(record)} was sent {times} times and is there {count} times"
        for record, count in self._log_counts.items():
            if count > 1 and SOURCE.encode() in record[1] and record not in self._expected:
                yield f"own event {_name(record)} is there {count} times"


def _sent_record(record: Record) -> SentRecord:
    return record.key or b"", record.value or b""


def _name(record: SentRecord) -> str:
    key, value = record
    try:
        event = msgspec.json.decode(value, type=_OwnEventId)
    except msgspec.DecodeError:  # not the centre's, whatever it looks like
        return key.decode(errors="replace")
    return f"{key.decode(errors='replace')}/{event.id or event.incident}"


def _is_candidate(value: bytes) -> bool:
    return CENTRE.encode() not in value
