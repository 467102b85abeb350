"""What a history may grow to: how many events an incident takes in, and whose words are dropped where they are many."""

from msgspec import Raw
from msgspec.structs import replace

from ioc.core.scalars import Priority, encode
from ioc.core.sources import is_own
from ioc.decider import urgency
from ioc.incident.event import Event
from ioc.incident.lifecycle import OWN, TRANSITIONS, EventType
from ioc.incident.payloads import DECODE, Updated
from ioc.incident.state import HistoryEntry, Incident

# What one incident may grow to: a state has to fit into one record, and be read again with every event.
MAX_NOTES = 200
MAX_WORDS = 256 * 1024
MAX_HISTORY = 1000
MAX_HISTORY_BYTES = 2 * MAX_WORDS
# More than an entry takes besides its data: source and id have 256 characters each, of six bytes at most when escaped.
MOST_BESIDES = 4096
_ALWAYS = frozenset(
    {EventType.RESOLVED, EventType.CANCELLED, EventType.REJECTED, EventType.MERGED, EventType.UNSHELVED, *OWN}
)


def count_words(old: Incident, event: Event) -> int | None:
    """Return the bytes of all that an incident's events say, with one event more; None when it is one of them."""
    words = len(event.data)
    for entry in old.history:
        if entry.id == event.id and entry.source == event.source:
            return None
        words += len(entry.data)
    return words


def is_full(old: Incident, event: Event, words: int) -> bool:
    """True when there is no room for an event, with which there are so many `words`.

    What closes the matter, or is told by the centre, always finds some.
    """
    count = len(old.history)
    if count * MOST_BESIDES + words <= MAX_HISTORY_BYTES:
        return False  # of nearly all it need not be known to the byte how long they are
    most, most_bytes = MAX_HISTORY, MAX_HISTORY_BYTES
    if (event.event_type in _ALWAYS or is_own(event.source)) and old.state in TRANSITIONS[event.event_type]:
        most, most_bytes = 2 * most, 2 * most_bytes
    return count >= most or len(encode(old.history)) + len(event.data) > most_bytes


def summarise(history: tuple[HistoryEntry, ...], words: int) -> tuple[HistoryEntry, ...]:
    """Return a history of so many `words` with those of the oldest events dropped where they are too many.

    Their keys stay, to know duplicates, and so does what the fold needs of them.
    """
    if len(history) <= MAX_NOTES and words <= MAX_WORDS:
        return history
    kept = list(history)
    notes = words = 0
    for place in range(len(kept) - 1, -1, -1):
        entry = kept[place]
        notes += entry.event_type is EventType.NOTED
        words += len(entry.data)
        if words > MAX_WORDS or (notes > MAX_NOTES and entry.event_type is EventType.NOTED):
            kept[place] = _wordless(entry)
    return tuple(kept)


def _wordless(entry: HistoryEntry) -> HistoryEntry:
    if entry.event_type is EventType.REPORTED:  # its words are the incident's own
        return entry
    payload = DECODE[entry.event_type](entry.data)
    if isinstance(payload, Updated) and payload.priority not in (None, Priority.URGENT):
        payload = urgency.shorten(payload)  # with each refold it is judged again by whether it says who and why
    else:
        payload = replace(payload, actor=None, text=None)
    return replace(entry, data=Raw(encode(payload)))
