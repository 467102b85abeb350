"""Rules: the most specific one that fits applies, and two that can fit equally well are a tie."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ioc.catalogue.rule_ties import tied_rules
from ioc.catalogue.sla_policy import EscalationStep, Match, SlaPolicy, SlaRule, TimeKind
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import HOUR

WORDS = ("a", "b")
LEVELS = (Priority.NORMAL, Priority.URGENT)
SHARED = frozenset({"shared"})


def rule(name: str, match: Match) -> SlaRule:
    return SlaRule(name, match, "247", {TargetName.RESOLVE: HOUR})


def governing(rules: list[SlaRule], attributes: tuple[str, str | None, Priority, str, str | None]) -> str | None:
    applied = SlaPolicy(tuple(rules)).rule_for(*attributes)
    return applied.id if applied is not None else None


GENERAL = rule("general", Match())
SERVICE = rule("service", Match(service=frozenset({"trees", "lights"})))
URGENT = rule("urgent", Match(service=frozenset({"trees"}), priority=frozenset({Priority.URGENT})))
PLACE = rule("place", Match(category=frozenset({"park"}), source=frozenset({"app"}), unit=frozenset({"parks"})))


@pytest.mark.parametrize(
    ("attributes", "governs"),
    [
        (("noise", None, Priority.NORMAL, "app", None), "general"),
        (("lights", None, Priority.URGENT, "app", None), "service"),
        (("trees", "park", Priority.NORMAL, "app", None), "service"),
        (("trees", "park", Priority.URGENT, "app", "roads"), "urgent"),
        (("trees", "park", Priority.URGENT, "app", "parks"), "place"),
        (("noise", "park", Priority.LOW, "app", "parks"), "place"),
    ],
)
def test_the_most_specific_rule_wins_wherever_it_stands(
    attributes: tuple[str, str | None, Priority, str, str | None], governs: str
) -> None:
    rules = [GENERAL, SERVICE, URGENT, PLACE]
    assert tied_rules(rules) == []
    assert governing(rules, attributes) == governing(rules[::-1], attributes) == governs


def test_without_a_rule_that_fits_there_is_none() -> None:
    policy = SlaPolicy((SERVICE, URGENT))
    for _ in range(2):  # the second answer comes from the cache
        assert policy.rule_for("noise", None, Priority.NORMAL, "app", None) is None


def test_what_is_not_named_fits_no_side_that_is_fixed() -> None:
    only = [rule("only", Match(category=frozenset({"park"})))]
    assert governing(only, ("trees", None, Priority.NORMAL, "app", None)) is None
    assert governing(only, ("trees", "park", Priority.NORMAL, "app", None)) == "only"


@pytest.mark.parametrize(
    ("first", "second", "tied"),
    [
        (Match(), Match(), True),
        (Match(service=frozenset("a")), Match(service=frozenset("b")), False),
        (Match(service=frozenset("ab")), Match(service=frozenset("bc")), True),
        (Match(service=frozenset("a")), Match(unit=frozenset("u")), True),
        (Match(service=frozenset("a")), Match(service=frozenset("a"), unit=frozenset("u")), False),
        (
            Match(service=frozenset("a"), unit=frozenset("u")),
            Match(service=frozenset("a"), priority=frozenset({Priority.LOW})),
            True,
        ),
    ],
)
def test_ties(first: Match, second: Match, tied: bool) -> None:
    assert tied_rules([rule("first", first), rule("second", second)]) == ([("first", "second")] if tied else [])


def test_ties_are_told_in_the_order_of_the_rules() -> None:
    rules = [SERVICE, rule("unit", Match(unit=SHARED)), URGENT, rule("trees", Match(service=frozenset({"trees"})))]
    assert tied_rules(rules) == [("service", "unit"), ("service", "trees"), ("unit", "trees")]


def test_a_step_waits_in_working_time_and_says_it_once() -> None:
    step = EscalationStep(1, HOUR, "ioc", "screen")
    assert (step.waits_in, step.repeat) == (TimeKind.WORKING, None)


NAME_SETS = st.frozensets(st.sampled_from(WORDS), max_size=2)
MATCHES = st.builds(
    Match,
    service=NAME_SETS,
    category=NAME_SETS,
    priority=st.frozensets(st.sampled_from(LEVELS), max_size=2),
    source=NAME_SETS,
    unit=NAME_SETS,
)
ATTRIBUTES = [*product(WORDS, (*WORDS, None), LEVELS, WORDS, (*WORDS, None))]


@given(st.lists(MATCHES, max_size=5))
def test_there_is_a_tie_exactly_where_some_incident_fits_two_rules_equally_well(matches: list[Match]) -> None:
    rules = [rule(str(number), match) for number, match in enumerate(matches)]
    disputed = {
        (first.id, second.id)
        for attributes in ATTRIBUTES
        for first, second in product(rules, rules)
        if int(first.id) < int(second.id)
        and first.match.weight == second.match.weight
        and first.match.fits(attributes)
        and second.match.fits(attributes)
    }
    assert set(tied_rules(rules)) == disputed


@pytest.mark.parametrize("size", [500, 2000])
@pytest.mark.parametrize(
    "match",
    [
        lambda number: Match(service=frozenset({"shop"}), category=frozenset({str(number)})),
        lambda number: Match(unit=frozenset({str(number)}), priority=frozenset(LEVELS)),
        lambda number: Match(
            service=frozenset({"shop", str(number)}), category=frozenset({f"{number}", f"{number}b"}), unit=SHARED
        ),
        lambda number: Match(service=frozenset({str(number)}), **{"unit" if number % 2 else "category": SHARED}),
    ],
    ids=["procedures", "units", "several names", "two kinds"],
)
def test_many_rules_are_compared_with_few_others_each(
    size: int, match: Callable[[int], Match], monkeypatch: pytest.MonkeyPatch
) -> None:
    comparisons = 0

    def count_and_compare(self: Match, other: Match) -> bool:
        nonlocal comparisons
        comparisons += 1
        return overlaps(self, other)

    overlaps = Match.overlaps
    monkeypatch.setattr(Match, "overlaps", count_and_compare)
    assert tied_rules([rule(str(number), match(number)) for number in range(size)]) == []
    assert comparisons <= size


def test_of_many_rules_few_are_asked_about_an_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Match] = []
    fits = Match.fits
    monkeypatch.setattr(Match, "fits", lambda self, attributes: tried.append(self) or fits(self, attributes))
    shop = frozenset({"shop"})
    many = [rule(str(number), Match(service=shop, category=frozenset({str(number)}))) for number in range(1000)]
    assert governing([*many, GENERAL, SERVICE], ("shop", "7", Priority.NORMAL, "app", None)) == "7"
    assert len(tried) <= 3


@given(st.lists(MATCHES, max_size=5), st.randoms(use_true_random=False))
def test_without_ties_the_order_of_the_rules_does_not_matter(matches: list[Match], random: object) -> None:
    rules = [rule(str(number), match) for number, match in enumerate(matches)]
    assume(not tied_rules(rules))
    shuffled = sorted(rules, key=lambda _: random.random())  # type: ignore[attr-defined]
    policy, shuffled_policy = SlaPolicy(tuple(rules)), SlaPolicy(tuple(shuffled))
    for attributes in ATTRIBUTES:
        applied = policy.rule_for(*attributes)
        assert applied == shuffled_policy.rule_for(*attributes)
        weights = [rule.match.weight for rule in rules if rule.match.fits(attributes)]
        assert (applied.match.weight if applied is not None else None) == max(weights, default=None)
