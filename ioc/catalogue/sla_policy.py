"""Deadline rules: which incidents, by when, by which calendar, and who hears of it when the moment passes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations_with_replacement, product

from msgspec import Struct, field

from ioc.core.scalars import Priority, TargetName
from ioc.core.times import Millis


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


class TimeKind(StrEnum):
    """Which time is counted: that of a calendar, or that of the clock on the wall."""

    WORKING = "working"
    WALL = "wall"


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


class Repeat(Struct, frozen=True):
    """How often a rung says the same again when nothing has happened: `times` more, `every` ms."""

    every: Millis
    times: int


class EscalationStep(Struct, frozen=True):
    """One rung of the ladder: `after` ms past the due, `whom` is told through `channel`.

    `waits_in` says which time `after` and the repeats are counted in. Only the last rung of a ladder repeats.
    """

    level: int
    after: Millis
    whom: str
    channel: str
    waits_in: TimeKind = TimeKind.WORKING
    repeat: Repeat | None = None


class SlaRule(Struct, frozen=True):
    """Targets in ms of working time, a warning at a share of each, the ladder, and the two policies.

    `acknowledged_for` is the working time (ms) within which what was acknowledged must be begun, None for any.
    `involve` are units that are brought in as soon as the rule comes to govern an incident.
    """

    id: str
    match: Match
    calendar: str
    targets: Mapping[TargetName, Millis]
    warn: float | None = None
    ladder: tuple[EscalationStep, ...] = ()
    on_reopen: OnReopen = OnReopen.CONTINUE
    on_priority: OnPriority = OnPriority.KEEP_ELAPSED
    acknowledged_for: Millis | None = None
    involve: tuple[str, ...] = ()


_SIDES = len(Match.__struct_fields__)
_Sides = frozenset[int]
_Word = tuple[int, str | None]  # a side, and one of the names it is fixed to
_Numbered = tuple[int, SlaRule]


class RuleBook(Struct):
    """All rules; the most specific one that fits governs. Ties were refused when it was loaded."""

    rules: tuple[SlaRule, ...]
    by_id: dict[str, SlaRule] = field(default_factory=dict)
    _open: list[SlaRule] = field(default_factory=list)
    _fixed: dict[_Word, list[SlaRule]] = field(default_factory=dict)
    _found: dict[tuple[str | None, ...], SlaRule | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {rule.id: rule for rule in self.rules}
        self._open, self._fixed = _filed(self.rules)

    def rule_for(
        self, service: str, category: str | None, priority: Priority, source: str, unit: str | None
    ) -> SlaRule | None:
        """Return the rule for an incident so named, or None."""
        named = (service, category, priority, source, unit)
        try:
            return self._found[named]
        except KeyError:
            if len(self._found) > 100_000:
                self._found.clear()
            fitting = (rule for rule in self._candidates(named) if rule.match.fits(named))
            return self._found.setdefault(named, max(fitting, key=lambda rule: rule.match.weight, default=None))

    def _candidates(self, named: tuple[str | None, ...]) -> Iterator[SlaRule]:
        yield from self._open
        for word in enumerate(named):
            yield from self._fixed.get(word, ())


def _filed(rules: Sequence[SlaRule]) -> tuple[list[SlaRule], dict[_Word, list[SlaRule]]]:
    """Return the rules that fix nothing, and the others under the words of that side which fewest rules share."""
    common = Counter(word for rule in rules for side in range(_SIDES) for word in _words(rule, side))
    unfixed: list[SlaRule] = []
    fixed: dict[_Word, list[SlaRule]] = defaultdict(list)
    for rule in rules:
        sides = [words for side in range(_SIDES) if (words := _words(rule, side))]
        if not sides:
            unfixed.append(rule)
            continue
        for word in min(sides, key=lambda words: sum(common[word] for word in words)):
            fixed[word].append(rule)
    return unfixed, dict(fixed)


def _words(rule: SlaRule, side: int) -> list[_Word]:
    return [(side, name) for name in rule.match.sides()[side]]


def ties(rules: Iterable[SlaRule]) -> list[tuple[str, str]]:
    """Return the pairs of rules that one incident could fit equally well, in the order of the rules.

    Rules are compared only with those that share a word with them, so many rules for many services take no longer
    than reading them.
    """
    numbered = list(enumerate(rules))
    alike: dict[int, dict[_Sides, list[_Numbered]]] = defaultdict(lambda: defaultdict(list))
    for one in numbered:
        alike[one[1].match.weight][_fixed_sides(one[1])].append(one)
    found = {
        pair
        for by_sides in alike.values()
        for (one_side, ones), (other_side, others) in combinations_with_replacement(by_sides.items(), 2)
        for pair in _ties_between(ones, others, one_side & other_side)
    }
    return [(numbered[one][1].id, numbered[other][1].id) for one, other in sorted(found)]


def _fixed_sides(rule: SlaRule) -> _Sides:
    return frozenset(side for side, names in enumerate(rule.match.sides()) if names)


def _ties_between(ones: Sequence[_Numbered], others: Sequence[_Numbered], shared: _Sides) -> Iterator[tuple[int, int]]:
    """Yield the ties between rules of two kinds, both of which fix the `shared` sides; the lower number first."""
    for (number, one), (other_number, other) in _neighbours(ones, others, shared):
        if ones is others and number >= other_number:
            continue
        if one.match.meets(other.match):
            yield min(number, other_number), max(number, other_number)


def _neighbours(
    ones: Sequence[_Numbered], others: Sequence[_Numbered], shared: _Sides
) -> Iterator[tuple[_Numbered, _Numbered]]:
    """Yield the pairs with a name in common on the shared side where there are fewest such; all when none is shared."""
    if not shared:
        yield from product(ones, others)
        return
    side = min(shared, key=lambda side: _crowd(ones, _by_word(others, side), side))
    by_word = _by_word(others, side)
    for one in ones:
        for word in _words(one[1], side):
            yield from ((one, other) for other in by_word.get(word, ()))


def _by_word(rules: Sequence[_Numbered], side: int) -> Mapping[_Word, list[_Numbered]]:
    filed: dict[_Word, list[_Numbered]] = defaultdict(list)
    for one in rules:
        for word in _words(one[1], side):
            filed[word].append(one)
    return filed


def _crowd(rules: Sequence[_Numbered], by_word: Mapping[_Word, list[_Numbered]], side: int) -> int:
    """Return how many pairs have a name of that side in common."""
    return sum(len(by_word.get(word, ())) for _, rule in rules for word in _words(rule, side))
