"""The limits of a history: how many events an incident takes in, and which events lose their texts when it is long."""

from msgspec import Raw
from msgspec.structs import replace

from ioc.core.scalars import Priority, encode
from ioc.core.sources import is_own
from ioc.decider import urgency
from ioc.incident.event import Event
from ioc.incident.history_entry import HistoryEntry
from ioc.incident.lifecycle import OWN, TRANSITIONS, EventType
from ioc.incident.payloads import DECODE, Updated
from ioc.incident.state import Incident

# What one history may grow to: the state has to fit into one record, and is read again with every event.
MAX_NOTES = 200
MAX_WORDS = 256 * 1024
MAX_HISTORY = 1000
MAX_HISTORY_BYTES = 2 * MAX_WORDS
# More bytes than an entry takes besides its data: source and id have 256 characters each, of six bytes at most when
# escaped.
MAX_OVERHEAD = 4096
_ALWAYS_ROOM = frozenset(
    {EventType.RESOLVED, EventType.CANCELLED, EventType.REJECTED, EventType.MERGED, EventType.UNSHELVED, *OWN}
)


def count_words(old: Incident, event: Event) -> int | None:
    """Return the bytes of the payloads of all events, with one event more; None when it is one of them already."""
    words = len(event.data)
    for entry in old.history:
        if entry.id == event.id and entry.source == event.source:
            return None
        words += len(entry.data)
    return words


def is_full(old: Incident, event: Event, words: int) -> bool:
    """True when there is no room for an event, with which the payloads have `words` bytes.

    Events that close the incident, and the centre's own, may go to twice the limits, so that they find room.
    """
    count = len(old.history)
    if count * MAX_OVERHEAD + words <= MAX_HISTORY_BYTES:
        return False  # nearly always: the history need not be encoded to know its length
    max_events, max_bytes = MAX_HISTORY, MAX_HISTORY_BYTES
    if (event.event_type in _ALWAYS_ROOM or is_own(event.source)) and old.state in TRANSITIONS[event.event_type]:
        max_events, max_bytes = 2 * max_events, 2 * max_bytes
    return count >= max_events or len(encode(old.history)) + len(event.data) > max_bytes


def summarise(history: tuple[HistoryEntry, ...], words: int) -> tuple[HistoryEntry, ...]:
    """Return a history whose payloads have `words` bytes, without the texts of the oldest events if it is too long.

    The events' keys stay, to recognise duplicates, and so does what the fold needs.
    """
    if len(history) <= MAX_NOTES and words <= MAX_WORDS:
        return history
    entries = list(history)
    notes = words = 0
    for index in range(len(entries) - 1, -1, -1):
        entry = entries[index]
        notes += entry.event_type is EventType.NOTED
        words += len(entry.data)
        if words > MAX_WORDS or (notes > MAX_NOTES and entry.event_type is EventType.NOTED):
            entries[index] = _without_texts(entry)
    return tuple(entries)


def _without_texts(entry: HistoryEntry) -> HistoryEntry:
    if entry.event_type is EventType.REPORTED:  # its texts are the incident's own
        return entry
    payload = DECODE[entry.event_type](entry.data)
    if isinstance(payload, Updated) and payload.priority not in (None, Priority.URGENT):
        payload = urgency.shorten(payload)  # each refold checks again that it says who and why
    else:
        payload = replace(payload, actor=None, text=None)
    return replace(entry, data=Raw(encode(payload)))
