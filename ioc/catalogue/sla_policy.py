"""The SLA rules of a city: the targets of an incident, the calendar they run by and their escalation (rules.yml)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field

from ioc.core.scalars import Priority, TargetName
from ioc.core.times import Millis


class OnReopen(StrEnum):
    """How the clock of the resolution goes on when an incident is reopened."""

    CONTINUE = "continue"
    RESET = "reset"
    NEVER_PAUSED = "never-paused"


class OnPriority(StrEnum):
    """How running clocks are carried over when another rule begins to apply."""

    RETROACTIVE = "retroactive"
    KEEP_ELAPSED = "keep-elapsed"
    RESET = "reset"
    PROPORTIONAL = "proportional"


class TimeKind(StrEnum):
    """Which time is counted: working time by a calendar, or all time."""

    WORKING = "working"
    WALL = "wall"


class Match(Struct, frozen=True):
    """Which incidents a rule applies to. A criterion without names accepts all."""

    service: frozenset[str] = frozenset()
    category: frozenset[str] = frozenset()
    priority: frozenset[Priority] = frozenset()
    source: frozenset[str] = frozenset()
    unit: frozenset[str] = frozenset()

    def criteria(self) -> tuple[frozenset[str], ...]:
        """Return the five criteria in the order of the arguments of `SlaPolicy.rule_for`."""
        return (self.service, self.category, self.priority, self.source, self.unit)

    @property
    def weight(self) -> int:
        """How many criteria name something: the more, the more specific."""
        return sum(bool(names) for names in self.criteria())

    def fits(self, attributes: tuple[str | None, ...]) -> bool:
        """True when every criterion accepts the attribute of an incident."""
        return all(not names or name in names for names, name in zip(self.criteria(), attributes, strict=True))

    def overlaps(self, other: "Match") -> bool:
        """True when an incident can fit both."""
        pairs = zip(self.criteria(), other.criteria(), strict=True)
        return all(not names or not other_names or names & other_names for names, other_names in pairs)


class Repeat(Struct, frozen=True):
    """How often an escalation step is repeated when nothing has happened: `times` more, every `every` ms."""

    every: Millis
    times: int


class EscalationStep(Struct, frozen=True):
    """A step of an escalation policy: `after` ms past the deadline, `unit` is notified through `channel`.

    `waits_in` says in which time `after` and the repeats are counted. Only the last step of a policy repeats.
    """

    level: int
    after: Millis
    unit: str
    channel: str
    waits_in: TimeKind = TimeKind.WORKING
    repeat: Repeat | None = None


class SlaRule(Struct, frozen=True):
    """The targets (ms of working time) of the incidents it applies to, and what happens when they are not met.

    `warn` is the share of a target after which a warning is sent. What has been acknowledged must be begun within
    `acknowledged_for` ms of working time; None for any time. The units of `involve` are brought in as soon as the rule
    applies to an incident.
    """

    id: str
    match: Match
    calendar: str
    targets: Mapping[TargetName, Millis]
    warn: float | None = None
    escalation_steps: tuple[EscalationStep, ...] = ()
    on_reopen: OnReopen = OnReopen.CONTINUE
    on_priority: OnPriority = OnPriority.KEEP_ELAPSED
    acknowledged_for: Millis | None = None
    involve: tuple[str, ...] = ()


CRITERIA = range(len(Match.__struct_fields__))
Term = tuple[int, str | None]
"""The number of a criterion, and a name it accepts."""

_MAX_CACHED = 100_000


class SlaPolicy(Struct):
    """All rules. The most specific rule that fits an incident applies; the reader of rules.yml refuses ties."""

    rules: tuple[SlaRule, ...]
    by_id: dict[str, SlaRule] = field(default_factory=dict)
    _unconditional: list[SlaRule] = field(default_factory=list)
    _by_term: dict[Term, list[SlaRule]] = field(default_factory=dict)
    _cache: dict[tuple[str | None, ...], SlaRule | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {rule.id: rule for rule in self.rules}
        self._unconditional, self._by_term = _indexed(self.rules)

    def rule_for(
        self, service: str, category: str | None, priority: Priority, source: str, unit: str | None
    ) -> SlaRule | None:
        """Return the rule that applies to an incident with these attributes; None when none fits."""
        attributes = (service, category, priority, source, unit)
        try:
            return self._cache[attributes]
        except KeyError:
            if len(self._cache) > _MAX_CACHED:
                self._cache.clear()
            fitting = (rule for rule in self._candidates(attributes) if rule.match.fits(attributes))
            return self._cache.setdefault(attributes, max(fitting, key=lambda rule: rule.match.weight, default=None))

    def _candidates(self, attributes: tuple[str | None, ...]) -> Iterator[SlaRule]:
        yield from self._unconditional
        for term in enumerate(attributes):
            yield from self._by_term.get(term, ())


def _indexed(rules: Sequence[SlaRule]) -> tuple[list[SlaRule], dict[Term, list[SlaRule]]]:
    """Return the rules without criteria, and the others by the terms of that criterion whose terms are rarest."""
    frequency = Counter(term for rule in rules for criterion in CRITERIA for term in terms_of(rule, criterion))
    unconditional: list[SlaRule] = []
    by_term: dict[Term, list[SlaRule]] = defaultdict(list)
    for rule in rules:
        criteria = [terms for criterion in CRITERIA if (terms := terms_of(rule, criterion))]
        if not criteria:
            unconditional.append(rule)
            continue
        for term in min(criteria, key=lambda terms: sum(frequency[term] for term in terms)):
            by_term[term].append(rule)
    return unconditional, dict(by_term)


def terms_of(rule: SlaRule, criterion: int) -> list[Term]:
    """Return the terms of one criterion of a rule."""
    return [(criterion, name) for name in rule.match.criteria()[criterion]]
