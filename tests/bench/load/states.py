"""States of very many open incidents: those of one city at the height of its storm, and copies of them.

They are the bytes that a worker writes, and is restored from. All deadlines they had reached are announced, so that
what follows is the city's afternoon, and not the announcements of a day.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from console.publisher import KeyedValue
from ioc.catalogue.city import Catalogue
from ioc.core.records import ClockKind, Record
from ioc.core.times import HOUR, Instant
from ioc.core.topics import Topic
from ioc.processors.incident_change_set import IncidentChangeSet
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.serde import decode_incident
from tests.bench.load.workload import records, subject

SLICE = 2000
# Of a city's records so many are folded beforehand; the others are what comes while the incidents are open.
_BEFORE = 0.7


class Afternoon(Struct, frozen=True):
    """A city at the height of its storm: the open incidents' states by their keys, and the records still to come."""

    states: Mapping[bytes, bytes]
    coming: Sequence[KeyedValue]

    def open_incidents(self, count: int) -> Iterator[KeyedValue]:
        """Yield the states of so many open incidents, city after city."""
        number = 0
        while True:
            city, of_city = divmod(number, len(self.states))
            if of_city == 0:
                states = iter(self.states.items())
            if number == count:
                return
            key, state = next(states)
            yield _of_city(key, state, city)
            number += 1

    def cities(self, count: int) -> int:
        """Return among how many whole cities so many open incidents are."""
        return count // len(self.states)

    def records(self, cities: Sequence[int]) -> Iterator[KeyedValue]:
        """Yield what comes in some cities, side by side."""
        for key, value in self.coming:
            for city in cities:
                yield _of_city(key, value, city)


def _of_city(key: bytes, value: bytes, city: int) -> KeyedValue:
    slug, _, number = key.partition(b":")
    own = subject(number, city)
    return slug + b":" + own, value.replace(number, own)


def afternoon(catalogue: Catalogue, now: Instant) -> Afternoon:
    """Return the afternoon of one city; `now` (ms) is when it ends."""
    day = list(records(1, now))
    until = round(len(day) * _BEFORE)
    processor = IncidentProcessor(0, catalogue, ClockKind.WALL)
    states: dict[bytes, bytes] = {}
    fold(processor, as_records(day[:until], 0, now), states)
    while not (changes := processor.tick(now, SLICE)).empty:
        _write(processor, changes, states)
    is_open = {key for key, state in states.items() if _lasts(state, now)}
    return Afternoon({key: states[key] for key in states if key in is_open}, day[until:])


def fold(processor: IncidentProcessor, log: Sequence[Record], states: dict[bytes, bytes] | None = None) -> int:
    """Fold records slice by slice, and encode all that is written; the incidents' states go into `states`.

    Returns how many were refused.
    """
    refused = 0
    for start in range(0, len(log), SLICE):
        changes = processor.fold(log[start : start + SLICE])
        _write(processor, changes, states)
        refused += len(changes.dead_letters)
    return refused


def _write(processor: IncidentProcessor, changes: IncidentChangeSet, states: dict[bytes, bytes] | None) -> None:
    for topic, writes in changes.writes(0):
        if states is not None and topic is Topic.INCIDENTS:
            states.update((one.key, one.value) for one in writes if one.key and one.value)
        else:
            for _ in writes:
                pass
    processor.apply(changes)


def _lasts(state: bytes, now: Instant) -> bool:
    """True of an incident that is open, and whose next deadline is not reached while a benchmark runs."""
    incident = decode_incident(state)
    return incident.is_open and (incident.next_at is None or incident.next_at > now + HOUR // 4)


def as_records(events: Sequence[KeyedValue], first: int, now: Instant) -> list[Record]:
    """Return events as records of the log, which came just now."""
    return [Record(offset, now, key, value) for offset, (key, value) in enumerate(events, first)]
