"""The read model: everything the workers wrote, kept for reading.

A record changes it only when it is newer than what is known, so reading the topics again changes nothing. What lists,
figures and groups ask of the incidents is kept in indexes, which follow as incidents and the clock change.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from api.http.json import Json
from api.read_model.aggregate_store import AggregateStore
from api.read_model.clock import PipelineClock
from api.read_model.index.counters import LiveCounters
from api.read_model.index.coverage import MaintenanceCoverage
from api.read_model.index.entry import IndexEntry
from api.read_model.index.filter import Filter
from api.read_model.index.incident_index import IncidentIndex
from api.read_model.index.search import IncidentSearch
from api.read_model.index.work_order import WorkOrder, id_of_report_key, key_of, report_key_of
from api.read_model.notification_log import NotificationIndex
from api.read_model.queues import Queues
from api.read_model.sensors import Sensors
from ioc.catalogue.city import Catalogue
from ioc.core.records import Position
from ioc.core.sources import CENTRE
from ioc.core.times import Instant
from ioc.core.topics import Topic
from ioc.incident.state import Incident
from ioc.notifications.maintenance import MaintenanceWindow, MaintenanceWindows
from ioc.processors.serde import Heartbeat
from ioc.sensors.state import SensorState


class EntryPage(Struct, frozen=True):
    """A page of a list: the entries, where the next page begins, and how many there are in all."""

    entries: list[IndexEntry]
    next: WorkOrder | None
    total: int


class ReadModel:
    """Everything the API answers from.

    While it is `loading`, until `flush_steps` is done, changes are published to nobody: every screen starts from what
    is read by then. `dirty` holds the incidents that have changed since the feed looked; `wake` is called with each.
    """

    def __init__(self, catalogue: Catalogue, wall: Callable[[], Instant]) -> None:
        self.catalogue = catalogue
        self.clock = PipelineClock(wall)
        self.aggregates = AggregateStore()
        self.notifications = NotificationIndex()
        self.maintenance = MaintenanceWindows()
        self.positions: dict[int, Position] = {}
        self.heartbeats: dict[int, Heartbeat] = {}
        self.last_seen: dict[str, Instant] = {}
        self.loading = False
        self.dirty: set[str] = set()
        self.wake: Callable[[], None] = lambda: None
        self.queues = Queues()
        self.sensors = Sensors(catalogue)
        self.incidents = IncidentIndex(catalogue.causes)
        self._coverage = MaintenanceCoverage(self.incidents.facets)
        self._search = IncidentSearch(catalogue, self.incidents, self._coverage)

    def __len__(self) -> int:
        return len(self.incidents.store)

    def flush_steps(self) -> Iterator[None]:
        """Get ready for readers step by step, once all there was has been read. Afterwards changes are published."""
        for flush in self.incidents.flush_steps():
            flush()
            yield
        self.take_overdue_changes()
        self.loading = False

    def now(self) -> Instant:
        """Return the pipeline's present instant in ms."""
        return self.clock.now()

    def entry(self, incident_id: str) -> IndexEntry | None:
        """Return an incident by its id; None when there is none to show."""
        number = self.incidents.store.number_of(incident_id)
        return None if number is None else self._entry(number)

    def _entry(self, number: int) -> IndexEntry:
        entry = self.incidents.store.entry(number)
        entry.maintenance = self._coverage.window_over(entry)
        return entry

    def upsert(self, record: bytes) -> bool:
        """Take over an incident's record unless what is known is as new; return whether anything changed."""
        entry = self.incidents.put(record)
        if entry is None:
            return False
        self._publish_change(entry.incident.id)
        self._see(entry.incident)
        return True

    def remove(self, incident_id: str) -> None:
        """Forget an incident that was taken out of the log."""
        if self.incidents.remove(incident_id):
            self._publish_change(incident_id)

    def _publish_change(self, incident_id: str) -> None:
        if not self.loading:
            self._mark_dirty(incident_id)

    def _mark_dirty(self, incident_id: str) -> None:
        self.dirty.add(incident_id)
        self.wake()

    def _see(self, incident: Incident) -> None:
        """Note when the source of an incident was last heard of."""
        for entry in reversed(incident.history):
            # What the centre says itself tells nothing of whether a source is alive.
            if not entry.source.startswith(CENTRE):
                seen = self.last_seen.get(incident.service, 0)
                self.last_seen[incident.service] = entry.time if entry.time > seen else seen
                return

    def put_heartbeat(self, heartbeat: Heartbeat) -> None:
        """Take over a heartbeat unless a newer one of its partition is known; only those of events move the clock."""
        if heartbeat.topic is Topic.INDICATORS:
            self.sensors.put_heartbeat(heartbeat)
        if heartbeat.topic is not Topic.EVENTS:
            return
        latest = self.heartbeats.get(heartbeat.partition)
        if latest is None or heartbeat.at >= latest.at:
            self.heartbeats[heartbeat.partition] = heartbeat
            self.clock.put(heartbeat)

    def put_sensor(self, state: SensorState) -> None:
        """Take over the state of a sensor; a measurement is a sign of life of its service, too."""
        sensor = self.catalogue.sensors.get(state.id)
        if self.sensors.put(state) and sensor is not None and state.time is not None:
            service = sensor.indicator.service
            self.last_seen[service] = max(self.last_seen.get(service, 0), state.time)

    def refresh_maintenance(self) -> None:
        """Take over which maintenance windows are active now; the open incidents that this changes are dirty."""
        changed = self._coverage.update(self.maintenance.active(self.now()))
        for incident_id in self.incidents.ids_of(changed):
            self._mark_dirty(incident_id)

    def count_covered(self, window: MaintenanceWindow) -> int:
        """Return how many open incidents lie in the scope of a window."""
        return self._coverage.count(window)

    def counters(self, now: Instant | None = None) -> LiveCounters:
        """Return the live counts as of now, or of another instant."""
        return self.incidents.counters.advance(self.now() if now is None else now)

    def groups(self, least: int, cause: str | None = None, ward: str | None = None) -> list[Json]:
        """Return the groups of `least` open incidents or more, the gravest first."""
        self.counters()
        return self.incidents.groups.summaries(least, cause, ward)

    def take_overdue_changes(self) -> list[str]:
        """Return the incidents that time has made overdue, or no longer so, since this was last called."""
        counters = self.counters()
        changes, counters.overdue_changes = counters.overdue_changes, set()
        return self.incidents.ids_of(changes)

    def dossiers(self, code: str) -> Iterator[IndexEntry]:
        """Yield the dossiers with a code, whatever its case: one for each source that has it."""
        return map(self._entry, self.incidents.dossiers(code))

    def open_entries(self) -> Iterator[IndexEntry]:
        """Yield every open incident, in the order of work."""
        return map(self._entry, self.incidents.open.between())

    def reported(
        self, start: Instant, end: Instant, criteria: Filter | None = None, *, newest_first: bool = False
    ) -> Iterator[IndexEntry]:
        """Yield the incidents reported from `start` up to `end` in that order, each as it stands when it is yielded.

        Given criteria, only those that match now. Incidents that are removed meanwhile are left out.
        """
        index, keys = self.incidents.by_report, self.incidents.store.keys
        numbers: Iterable[int] = index.between(start, end)
        if criteria is not None:
            numbers = index.matching(self._search.matches(criteria, self.now()), start, end)
        report_keys = sorted((report_key_of(keys[number]) for number in numbers), reverse=newest_first)
        entries = (self.entry(id_of_report_key(report_key)) for report_key in report_keys)
        return (entry for entry in entries if entry is not None)

    def page(self, criteria: Filter, limit: int, after: WorkOrder | None = None) -> EntryPage:
        """Return the first `limit` incidents that match, from behind `after` in the order of work."""
        key = b"" if after is None else key_of(after)
        numbers, total = self._search.first(criteria, self.now(), limit + 1, key)
        entries = list(map(self._entry, numbers[:limit]))
        return EntryPage(entries, entries[-1].order if len(numbers) > limit else None, total)
