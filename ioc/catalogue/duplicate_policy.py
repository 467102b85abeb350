"""When two reports are one matter: the rules of duplicates.yml, by the service and category of a report."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from ioc.core.times import Millis

# Those around a report are looked through, within so many metres at most.
WIDEST = 5000


class Action(StrEnum):
    """What is done with a report of a matter that is known: it is merged into it, or people are asked."""

    MERGE = "merge"
    PROPOSE = "propose"


class DuplicateRule(Struct, frozen=True):
    """Reports of a service and one category are one matter within `radius_m` metres and `within` (ms) of its latest.

    Without `categories` the rule is for all of the service that no other rule names.
    """

    id: str
    service: str
    radius_m: float
    within: Millis
    action: Action = Action.MERGE
    categories: frozenset[str] = frozenset()


class DuplicateRules:
    """The rules, found by service and category."""

    def __init__(self, rules: Iterable[DuplicateRule] = ()) -> None:
        self.rules = tuple(rules)
        self._by: Mapping[tuple[str, str | None], DuplicateRule] = {
            (rule.service, category): rule for rule in self.rules for category in rule.categories or (None,)
        }

    def rule_for(self, service: str, category: str | None) -> DuplicateRule | None:
        """Return the rule for a report; None when it is never the same matter as another."""
        if not self._by:
            return None
        return self._by.get((service, category)) or self._by.get((service, None))
