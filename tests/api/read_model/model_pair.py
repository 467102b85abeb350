"""The read model and the rule itself, given the same records."""

from collections.abc import Sequence

from hypothesis import HealthCheck, settings

from api.http.json import raw_json
from api.incidents.serializer import row
from api.read_model.index.filter import Filter
from api.read_model.index.work_order import WorkOrder
from api.read_model.read_model import ReadModel
from ioc.catalogue.city import Catalogue
from ioc.incident.lifecycle import State
from ioc.incident.state import Incident
from ioc.notifications.maintenance import MaintenanceWindow
from ioc.processors import serde
from tests.api.read_model.brute_force import BruteForceModel
from tests.api.read_model.strategies import NOW

MANY_EXAMPLES = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])

# An incident's state, a maintenance window, the id of an incident that is taken out, or what the clock shows.
Step = Incident | MaintenanceWindow | str | int


class ModelPair:
    def __init__(self, catalogue: Catalogue) -> None:
        self.now = NOW
        self.model = ReadModel(catalogue, lambda: self.now)
        self.expected = BruteForceModel(catalogue)

    def take(self, step: Step) -> None:
        match step:
            case Incident():
                existing = self.expected.incidents.get(step.id)
                is_newer = existing is None or step.version > existing.version
                assert self.model.upsert(serde.encode(step)) is is_newer
                if is_newer:
                    self.expected.incidents[step.id] = step
            case MaintenanceWindow():
                self.model.maintenance.put(step.id, step)
            case str():
                self.model.remove(step)
                self.expected.incidents.pop(step, None)
            case int():
                self.now = step
        self.refresh_maintenance()

    def load(self, steps: Sequence[Step]) -> None:
        """Take the incidents there are before anybody reads."""
        self.model.loading = True
        for step in steps:
            if isinstance(step, Incident):
                self.take(step)
        for _ in self.model.flush_steps():
            assert self.model.loading
        assert not self.model.dirty

    def refresh_maintenance(self) -> None:
        before = self.windows_over()
        self.expected.active = self.model.maintenance.active(self.now)
        dirty, self.model.dirty = self.model.dirty, set()
        self.model.refresh_maintenance()
        after = self.windows_over()
        assert self.model.dirty == {incident_id for incident_id in after if after[incident_id] != before[incident_id]}
        self.model.dirty |= dirty

    def windows_over(self) -> dict[str, str | None]:
        return {entry.incident.id: entry.maintenance for entry in self.expected.entries()}

    def rows(self, max_open: int, max_closed: int) -> dict[str, bytes]:
        """Return the rows that belong on a screen, the open ones first and in their order."""
        entries = sorted(self.expected.entries(), key=lambda entry: entry.order)
        closed = [entry for entry in entries if not entry.is_open and entry.incident.state is not State.MERGED]
        closed.sort(key=lambda entry: entry.incident.closed_at or 0)
        latest = [entry.incident.closed_at or 0 for entry in closed[-max_closed:]]
        start = max(self.now - 2, latest[0] if len(closed) > max_closed else 0)
        first = [entry for entry in entries if entry.is_open][:max_open]
        last = [entry for entry in closed if (entry.incident.closed_at or 0) >= start]
        return {entry.incident.id: bytes(raw_json(row(entry, self.now))) for entry in (*first, *last)}

    def agree_on_page(self, criteria: Filter, limit: int, after: WorkOrder | None = None) -> None:
        page = self.model.page(criteria, limit, after)
        summary = [entry.incident.id for entry in page.entries], page.next, page.total
        assert summary == self.expected.page(criteria, self.now, limit, after)
