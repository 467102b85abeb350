"""What the read model should answer, found by looking at every incident: the rule itself, without any index."""

from collections.abc import Iterable, Sequence
from heapq import nsmallest

from api.read_model.index.entry import IndexEntry
from api.read_model.index.filter import Filter
from api.read_model.index.folding import fold_text
from api.read_model.index.work_order import WorkOrder
from ioc.catalogue.city import Catalogue
from ioc.core.times import Instant
from ioc.incident.lifecycle import CLOSED
from ioc.incident.state import Incident
from ioc.notifications.maintenance import MaintenanceWindow

FACETS = ("state", "service", "unit", "ward", "parent")


class BruteForceModel:
    """Incidents as a list, with the maintenance windows that are active."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.incidents: dict[str, Incident] = {}
        self.active: Sequence[MaintenanceWindow] = ()

    def entries(self) -> list[IndexEntry]:
        return [self.entry(incident) for incident in self.incidents.values()]

    def entry(self, incident: Incident) -> IndexEntry:
        entry = IndexEntry(incident)
        over = (window.id for window in self.active if entry.is_open and window.scope.covers(incident))
        entry.maintenance = next(over, None)
        return entry

    def page(
        self, criteria: Filter, now: Instant, limit: int, after: WorkOrder | None
    ) -> tuple[list[str], WorkOrder | None, int]:
        matches = [entry for entry in self.entries() if self.matches(entry, criteria, now)]
        rest = (entry for entry in matches if after is None or entry.order > after)
        first = nsmallest(limit + 1, rest, key=lambda entry: entry.order)
        ids = [entry.incident.id for entry in first[:limit]]
        return ids, first[limit - 1].order if len(first) > limit else None, len(matches)

    def matches(self, entry: IndexEntry, criteria: Filter, now: Instant) -> bool:
        incident = entry.incident
        return (
            all(self.has_value(incident, facet, getattr(criteria, facet)) for facet in FACETS)
            and (not criteria.severity or entry.severity in criteria.severity)
            and (criteria.overdue is None or (entry.due is not None and entry.due < now) is criteria.overdue)
            and (criteria.shelved is None or incident.is_shelved is criteria.shelved)
            and (criteria.open is None or (incident.state not in CLOSED) is criteria.open)
            and (criteria.maintenance is None or (entry.maintenance is not None) is criteria.maintenance)
            and self.holds_words(incident, fold_text(criteria.text).split())
        )

    @staticmethod
    def has_value(incident: Incident, facet: str, values: Sequence[str]) -> bool:
        return not values or (getattr(incident, facet) or "") in values

    def holds_words(self, incident: Incident, words: Iterable[str]) -> bool:
        ward = self.catalogue.wards.get(incident.ward or "")
        unit = self.catalogue.units.get(incident.unit or "")
        names = (ward.name if ward is not None else incident.ward, unit.name if unit is not None else incident.unit)
        texts = (incident.id, incident.title, incident.text, incident.address, incident.category, incident.assignee)
        text = fold_text(" ".join(text for text in (*texts, *names) if text))
        return all(word in text for word in words)

    def groups(self, now: Instant, least: int) -> list[dict[str, object]]:
        """Return the summary of each group, with instants as numbers."""
        by_key: dict[tuple[str, str], list[IndexEntry]] = {}
        for entry in self.entries():
            incident = entry.incident
            for cause_id, cause in self.catalogue.causes.items():
                if entry.is_open and cause.brings(incident.service, incident.category):
                    by_key.setdefault((cause_id, incident.ward or ""), []).append(entry)
        groups = [self.group(key, entries, now) for key, entries in by_key.items()]
        return [group for _, group in sorted(groups, key=lambda pair: pair[0]) if group["open"] >= least]  # type: ignore[operator]

    @staticmethod
    def group(
        key: tuple[str, str], entries: list[IndexEntry], now: Instant
    ) -> tuple[tuple[int, int, int, str, str], dict[str, object]]:
        """Return what a group is sorted by, and its summary."""
        entries.sort(key=lambda entry: entry.order)
        overdue = sum(entry.is_overdue(now) for entry in entries)
        summary = {
            "cause": key[0],
            "ward": key[1] or None,
            "open": len(entries),
            "reports": len(entries) + sum(entry.children for entry in entries),
            "overdue": overdue,
            "gravest": entries[0].severity,
            "oldest": min(entry.incident.reported_at for entry in entries),
            "ids": [entry.incident.id for entry in entries[:10]],
        }
        return (entries[0].order.gravity, -overdue, -len(entries), *key), summary
