"""When two reports are duplicates: the rules of duplicates.yml, by the service and category of a report."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from ioc.core.times import Millis

# Every incident within the radius of a report is compared with it, which this keeps cheap (metres).
MAX_RADIUS_M = 5000


class DuplicateAction(StrEnum):
    """What happens to a duplicate: it is merged into the earlier incident, or that is proposed to people."""

    MERGE = "merge"
    PROPOSE = "propose"


class DuplicateRule(Struct, frozen=True):
    """Reports of a service in one category are duplicates within `radius_m` metres and `within` (ms) of the latest one.

    Without `categories` the rule applies to all categories of the service that no other rule names.
    """

    id: str
    service: str
    radius_m: float
    within: Millis
    action: DuplicateAction = DuplicateAction.MERGE
    categories: frozenset[str] = frozenset()


class DuplicatePolicy:
    """The rules, indexed by service and category."""

    def __init__(self, rules: Iterable[DuplicateRule] = ()) -> None:
        self.rules = tuple(rules)
        self._by_kind: Mapping[tuple[str, str | None], DuplicateRule] = {
            (rule.service, category): rule for rule in self.rules for category in rule.categories or (None,)
        }

    def rule_for(self, service: str, category: str | None) -> DuplicateRule | None:
        """Return the rule for a report; None when it can be no duplicate."""
        if not self._by_kind:
            return None
        return self._by_kind.get((service, category)) or self._by_kind.get((service, None))
