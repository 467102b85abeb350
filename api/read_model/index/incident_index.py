"""All incidents with their indexes, kept in step as incidents come, change and go."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from api.read_model.index.counters import CountTargets, LiveCounters, OpenCellKey
from api.read_model.index.entry import IndexEntry
from api.read_model.index.facets import Facets
from api.read_model.index.groups import IncidentGroup, IncidentGroups
from api.read_model.index.id_index import IdIndex
from api.read_model.index.sorted_index import by_instant, by_work_order
from api.read_model.index.store import IncidentStore
from api.read_model.index.work_order import LAST_KEY
from ioc.catalogue.cause import Cause
from ioc.core.times import Instant
from ioc.incident.lifecycle import State
from ioc.processors import serde


def dossier_code(incident_id: str) -> str:
    """Return the code of a dossier as it is looked up: its source's own number, in one case."""
    return incident_id.partition(":")[2].casefold()


class IncidentIndex:
    """The incidents that are shown: in the order of work, by when they were reported and closed, by facet and text.

    Incidents whose report has not come are left out.
    """

    def __init__(self, causes: Mapping[str, Cause]) -> None:
        self.store = IncidentStore()
        self.facets = Facets(IdIndex(self.store.id_of))
        self.counters = LiveCounters()
        self.groups = IncidentGroups(causes)
        self.open, self.closed = by_work_order(), by_work_order()
        self.by_report, self.by_closing = by_instant(), by_instant()
        self._targets: dict[tuple[OpenCellKey, str | None], tuple[CountTargets, list[IncidentGroup]]] = {}
        self._dossiers: dict[str, tuple[int, ...]] = {}

    def put(self, record: bytes) -> IndexEntry | None:
        """Take over an incident's record; return its entry, or None when what is stored is as new."""
        after = IndexEntry(serde.decode_incident(record))
        incident, number = after.incident, self.store.number_of(after.incident.id)
        if incident.state is State.PENDING or (number is not None and self.store.versions[number] >= incident.version):
            return None
        before = None if number is None else self.store.entry(number)
        self._replace(self.store.put(after, record), before, after)
        return after

    def remove(self, incident_id: str) -> bool:
        """Forget an incident; return whether it was stored."""
        number = self.store.number_of(incident_id)
        if number is None:
            return False
        self._replace(number, self.store.entry(number), None)
        self.store.remove(incident_id)
        return True

    def _replace(self, number: int, before: IndexEntry | None, after: IndexEntry | None) -> None:
        self.facets.change(number, before, after)
        if before is not None:
            self._remove(number, before)
        if after is not None:
            self._add(number, after)

    def _add(self, number: int, entry: IndexEntry) -> None:
        incident = entry.incident
        (self.open if entry.is_open else self.closed).add(entry.key, number)
        self.by_report.add(incident.reported_at, number)
        if entry.is_open:
            targets, groups = self._targets_of(entry)
            self.counters.add(number, entry, targets)
            for group in groups:
                group.add(number, entry)
        elif incident.state is not State.MERGED:
            self.by_closing.add(incident.closed_at or 0, number)
        if incident.dossier is not None:
            code = dossier_code(incident.id)
            self._dossiers[code] = (*self._dossiers.get(code, ()), number)

    def _remove(self, number: int, entry: IndexEntry) -> None:
        incident = entry.incident
        (self.open if entry.is_open else self.closed).remove(entry.key, number)
        self.by_report.remove(incident.reported_at, number)
        if entry.is_open:
            self.counters.remove(number, entry)
            for group in self._targets_of(entry)[1]:
                group.remove(number, entry)
        elif incident.state is not State.MERGED:
            self.by_closing.remove(incident.closed_at or 0, number)
        if incident.dossier is not None:
            self._remove_dossier(dossier_code(incident.id), number)

    def _remove_dossier(self, code: str, number: int) -> None:
        rest = tuple(same_code for same_code in self._dossiers[code] if same_code != number)
        if rest:
            self._dossiers[code] = rest
        else:
            del self._dossiers[code]

    def _targets_of(self, entry: IndexEntry) -> tuple[CountTargets, list[IncidentGroup]]:
        """Return the counts and groups of an open incident: the same for all of its cell and category."""
        incident = entry.incident
        key = ((incident.service, incident.unit, incident.ward), incident.category)
        targets = self._targets.get(key)
        if targets is None:
            groups = self.groups.of(entry)
            counts = self.counters.targets(entry, [group.counts for group in groups])
            targets = self._targets[key] = counts, groups
        return targets

    def flush_steps(self) -> Iterator[Callable[[], object]]:
        """Yield the calls that carry out what is pending in the indexes, each of them short."""
        sorted_indexes = (self.open, self.closed, self.by_closing, self.by_report)
        yield from (index.flush for index in sorted_indexes)
        yield from chain(self.facets.flush_steps(), self.counters.flush_steps(), self.groups.flush_steps())

    def ids_of(self, numbers: Iterable[int]) -> list[str]:
        """Return the ids of incidents in the order of their numbers."""
        return list(map(self.store.id_of, numbers))

    def key_of_open(self, count: int) -> bytes:
        """Return the key of the order of work before which the first `count` open incidents lie, or all there are."""
        return self.open.key_at(count) if len(self.open) > count else LAST_KEY

    def open_between(self, low: bytes, high: bytes) -> list[str]:
        """Return the ids of the open incidents from one key of the order of work up to another, in that order."""
        return self.ids_of(self.open.between(low, high))

    def is_open_from(self, incident_id: str, key: bytes) -> bool:
        """True of an open incident at this key of the order of work or after it."""
        number = self.store.number_of(incident_id)
        return number is not None and self.store.keys[number] >= key and self.counters.has(number)

    def start_of_closed(self, start: Instant, count: int) -> Instant:
        """Return from when the last `count` were closed, or `start` when fewer were closed from then on."""
        surplus = len(self.by_closing) - count
        return max(start, self.by_closing.key_at(surplus)) if surplus > 0 else start

    def closed_between(self, low: Instant, high: Instant) -> list[str]:
        """Return the ids of the incidents closed from `low` up to `high`, in that order, but for the merged ones."""
        return self.ids_of(self.by_closing.between(low, high))

    def dossiers(self, code: str) -> tuple[int, ...]:
        """Return the numbers of the dossiers with a code, whatever its case: one for each source that has it."""
        return self._dossiers.get(code.strip().casefold(), ())
