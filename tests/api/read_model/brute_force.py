"""What the read model should answer, found by looking at every incident: the rule itself, without any index."""

from collections.abc import Iterable, Sequence
from heapq import nsmallest

from api.read_model.index.entry import IndexEntry, WorkOrder, folded
from api.read_model.index.filter import Filter
from ioc.catalogue.city import Catalogue
from ioc.core.times import Instant
from ioc.incident.lifecycle import CLOSED
from ioc.incident.state import Incident
from ioc.notifications.maintenance import MaintenanceWindow

SIDES = ("state", "service", "unit", "ward", "parent")


class Plain:
    """Incidents as a list, with the windows that are active."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.incidents: dict[str, Incident] = {}
        self.holding: Sequence[MaintenanceWindow] = ()

    def cards(self) -> list[IndexEntry]:
        return [self.card(one) for one in self.incidents.values()]

    def card(self, one: Incident) -> IndexEntry:
        card = IndexEntry(one)
        over = (window.id for window in self.holding if card.is_open and window.scope.covers(one))
        card.maintenance = next(over, None)
        return card

    def page(
        self, wanted: Filter, now: Instant, limit: int, after: WorkOrder | None
    ) -> tuple[list[str], WorkOrder | None, int]:
        fitting = [card for card in self.cards() if self.fits(card, wanted, now)]
        rest = (card for card in fitting if after is None or card.order > after)
        first = nsmallest(limit + 1, rest, key=lambda card: card.order)
        ids = [card.incident.id for card in first[:limit]]
        return ids, first[limit - 1].order if len(first) > limit else None, len(fitting)

    def fits(self, card: IndexEntry, wanted: Filter, now: Instant) -> bool:
        one = card.incident
        return (
            all(not getattr(wanted, side) or (getattr(one, side) or "") in getattr(wanted, side) for side in SIDES)
            and (not wanted.severity or card.severity in wanted.severity)
            and (wanted.overdue is None or (card.due is not None and card.due < now) is wanted.overdue)
            and (wanted.shelved is None or one.is_shelved is wanted.shelved)
            and (wanted.open is None or (one.state not in CLOSED) is wanted.open)
            and (wanted.maintenance is None or (card.maintenance is not None) is wanted.maintenance)
            and self.says(one, folded(wanted.text).split())
        )

    def says(self, one: Incident, words: Iterable[str]) -> bool:
        ward, unit = self.catalogue.wards.get(one.ward or ""), self.catalogue.units.get(one.unit or "")
        names = (ward.name if ward is not None else one.ward, unit.name if unit is not None else one.unit)
        parts = (one.id, one.title, one.text, one.address, one.category, one.assignee, *names)
        said = folded(" ".join(part for part in parts if part))
        return all(word in said for word in words)

    def groups(self, now: Instant, least: int) -> list[dict[str, object]]:
        """Return what is told of each group, but for the words in which it is told."""
        by_key: dict[tuple[str, str], list[IndexEntry]] = {}
        for card in self.cards():
            one = card.incident
            for id, cause in self.catalogue.causes.items():
                if card.is_open and cause.brings(one.service, one.category):
                    by_key.setdefault((id, one.ward or ""), []).append(card)
        found = []
        for (cause, ward), cards in by_key.items():
            cards.sort(key=lambda card: card.order)
            late = sum(card.overdue(now) for card in cards)
            group = {
                "cause": cause,
                "ward": ward or None,
                "open": len(cards),
                "reports": len(cards) + sum(card.children for card in cards),
                "overdue": late,
                "gravest": cards[0].severity,
                "oldest": min(card.incident.reported_at for card in cards),
                "ids": [card.incident.id for card in cards[:10]],
            }
            found.append(((cards[0].order.gravity, -late, -len(cards), cause, ward), group))
        return [group for _, group in sorted(found, key=lambda one: one[0]) if group["open"] >= least]
