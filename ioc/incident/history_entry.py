"""The entries of an incident's history, and the order in which the fold takes them."""

from msgspec import Raw, Struct

from ioc.core.rejections import Reason
from ioc.core.times import Instant
from ioc.incident.lifecycle import RANK, EventType


class HistoryEntry(Struct, array_like=True, omit_defaults=True, gc=False):
    """One event in an incident's history. `data` is its payload as JSON; `refused` says why it changed nothing.

    `unknown` lists the payload's fields whose value the catalogue did not know when the event came. It is stored so
    that a later edition of the catalogue does not change the judgement. `on_time` is the verdict of a solution.
    """

    time: Instant
    event_type: EventType
    source: str
    id: str
    data: Raw
    refused: Reason | None = None
    unknown: tuple[str, ...] = ()
    on_time: bool | None = None


EntryOrder = tuple[bool, Instant, int, str, str]
"""Sort key of an entry: not the report, time, rank of the event type, source, id."""


def fold_order(entry: HistoryEntry) -> EntryOrder:
    """Return the sort key of the fold: the report first, then time, rank of the event type, source and id.

    The report comes first even when the clock of another service dates that service's event before it.
    """
    return (entry.event_type is not EventType.REPORTED, entry.time, RANK[entry.event_type], entry.source, entry.id)


def comes_after(entry: HistoryEntry, last: HistoryEntry) -> bool:
    """True when an entry comes after the last one of a history in the order of the fold."""
    if entry.time > last.time and entry.event_type is not EventType.REPORTED:
        return True  # nearly always: the two keys need not be made
    return fold_order(entry) > fold_order(last)
