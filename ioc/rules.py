"""Deadline rules: which incidents, by when, by which calendar, and who hears of it when the moment passes."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import combinations

from msgspec import Struct, field

from ioc.payloads import Priority, TargetName
from ioc.times import Millis


class OnReopen(StrEnum):
    """How the clock of the solution goes on after a reopening."""

    CONTINUE = "continue"
    RESET = "reset"
    NEVER_PAUSED = "never-paused"


class OnPriority(StrEnum):
    """How running clocks are carried over when another rule comes to govern."""

    RETROACTIVE = "retroactive"
    KEEP_ELAPSED = "keep-elapsed"
    RESET = "reset"
    PROPORTIONAL = "proportional"


class Match(Struct, frozen=True):
    """Which incidents a rule is for. An empty set leaves that side open."""

    service: frozenset[str] = frozenset()
    category: frozenset[str] = frozenset()
    priority: frozenset[Priority] = frozenset()
    source: frozenset[str] = frozenset()
    unit: frozenset[str] = frozenset()

    def sides(self) -> tuple[frozenset[str], ...]:
        """Return the five sides in the order of `RuleBook.rule_for`."""
        return (self.service, self.category, self.priority, self.source, self.unit)

    @property
    def weight(self) -> int:
        """How many sides are fixed: the more, the more specific."""
        return sum(bool(side) for side in self.sides())

    def fits(self, named: tuple[str | None, ...]) -> bool:
        """True when every fixed side holds what is named."""
        return all(not side or name in side for side, name in zip(self.sides(), named, strict=True))

    def meets(self, other: "Match") -> bool:
        """True when one incident can fit both."""
        sides = zip(self.sides(), other.sides(), strict=True)
        return all(not one or not two or one & two for one, two in sides)


class Rung(Struct, frozen=True):
    """One rung of the ladder: `after` ms of working time past the due, `whom` is told through `channel`."""

    level: int
    after: Millis
    whom: str
    channel: str


class Rule(Struct, frozen=True):
    """Targets in ms of working time, a warning at a share of each, the ladder, and the two policies."""

    id: str
    match: Match
    calendar: str
    targets: Mapping[TargetName, Millis]
    warn: float | None = None
    ladder: tuple[Rung, ...] = ()
    on_reopen: OnReopen = OnReopen.CONTINUE
    on_priority: OnPriority = OnPriority.KEEP_ELAPSED


class RuleBook(Struct):
    """All rules; the most specific one that fits governs. Ties were refused when it was loaded."""

    rules: tuple[Rule, ...]
    by_id: dict[str, Rule] = field(default_factory=dict)
    _found: dict[tuple[str | None, ...], Rule | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {rule.id: rule for rule in self.rules}

    def rule_for(
        self, service: str, category: str | None, priority: Priority, source: str, unit: str | None
    ) -> Rule | None:
        """Return the rule for an incident so named, or None."""
        named = (service, category, priority, source, unit)
        if named not in self._found:
            if len(self._found) > 100_000:
                self._found.clear()
            fitting = (rule for rule in self.rules if rule.match.fits(named))
            self._found[named] = max(fitting, key=lambda rule: rule.match.weight, default=None)
        return self._found[named]


def ties(rules: Iterable[Rule]) -> list[tuple[str, str]]:
    """Return the pairs of rules that one incident could fit equally well."""
    by_weight: dict[int, list[Rule]] = {}
    for rule in rules:
        by_weight.setdefault(rule.match.weight, []).append(rule)
    return [
        (one.id, other.id)
        for alike in by_weight.values()
        for one, other in combinations(alike, 2)
        if one.match.meets(other.match)
    ]
