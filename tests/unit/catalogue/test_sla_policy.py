"""Rules: the most specific one that fits governs, and where two fit equally well they were a tie."""

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


def rule(id: str, match: Match) -> SlaRule:
    return SlaRule(id, match, "247", {TargetName.RESOLVE: HOUR})


def governing(rules: list[SlaRule], named: tuple[str, str | None, Priority, str, str | None]) -> str | None:
    found = SlaPolicy(tuple(rules)).rule_for(*named)
    return found.id if found is not None else None


GENERAL = rule("general", Match())
SERVICE = rule("service", Match(service=frozenset({"trees", "lights"})))
URGENT = rule("urgent", Match(service=frozenset({"trees"}), priority=frozenset({Priority.URGENT})))
PLACE = rule("place", Match(category=frozenset({"park"}), source=frozenset({"app"}), unit=frozenset({"parks"})))


@pytest.mark.parametrize(
    ("named", "governs"),
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
    named: tuple[str, str | None, Priority, str, str | None], governs: str
) -> None:
    rules = [GENERAL, SERVICE, URGENT, PLACE]
    assert tied_rules(rules) == []
    assert governing(rules, named) == governing(rules[::-1], named) == governs


def test_without_a_rule_that_fits_there_is_none() -> None:
    book = SlaPolicy((SERVICE, URGENT))
    for _ in range(2):  # an answer that was remembered is the same
        assert book.rule_for("noise", None, Priority.NORMAL, "app", None) is None


def test_what_is_not_named_fits_no_side_that_is_fixed() -> None:
    only = [rule("only", Match(category=frozenset({"park"})))]
    assert governing(only, ("trees", None, Priority.NORMAL, "app", None)) is None
    assert governing(only, ("trees", "park", Priority.NORMAL, "app", None)) == "only"


@pytest.mark.parametrize(
    ("one", "other", "tied"),
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
def test_ties(one: Match, other: Match, tied: bool) -> None:
    assert tied_rules([rule("one", one), rule("other", other)]) == ([("one", "other")] if tied else [])


def test_ties_are_told_in_the_order_of_the_rules() -> None:
    rules = [SERVICE, rule("unit", Match(unit=SHARED)), URGENT, rule("trees", Match(service=frozenset({"trees"})))]
    assert tied_rules(rules) == [("service", "unit"), ("service", "trees"), ("unit", "trees")]


def test_a_rung_waits_in_working_time_and_says_it_once() -> None:
    rung = EscalationStep(1, HOUR, "ioc", "screen")
    assert (rung.waits_in, rung.repeat) == (TimeKind.WORKING, None)


SIDES = st.frozensets(st.sampled_from(WORDS), max_size=2)
MATCHES = st.builds(
    Match,
    service=SIDES,
    category=SIDES,
    priority=st.frozensets(st.sampled_from(LEVELS), max_size=2),
    source=SIDES,
    unit=SIDES,
)
NAMED = [*product(WORDS, (*WORDS, None), LEVELS, WORDS, (*WORDS, None))]


@given(st.lists(MATCHES, max_size=5))
def test_there_is_a_tie_exactly_where_some_incident_fits_two_rules_equally_well(matches: list[Match]) -> None:
    rules = [rule(str(number), match) for number, match in enumerate(matches)]
    disputed = {
        (one.id, other.id)
        for named in NAMED
        for one, other in product(rules, rules)
        if int(one.id) < int(other.id)
        and one.match.weight == other.match.weight
        and one.match.fits(named)
        and other.match.fits(named)
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
    compared = 0

    def counted(self: Match, other: Match) -> bool:
        nonlocal compared
        compared += 1
        return overlaps(self, other)

    overlaps = Match.overlaps
    monkeypatch.setattr(Match, "overlaps", counted)
    assert tied_rules([rule(str(number), match(number)) for number in range(size)]) == []
    assert compared <= size


def test_of_many_rules_few_are_asked_about_an_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Match] = []
    fits = Match.fits
    monkeypatch.setattr(Match, "fits", lambda self, named: asked.append(self) or fits(self, named))
    shop = frozenset({"shop"})
    many = [rule(str(number), Match(service=shop, category=frozenset({str(number)}))) for number in range(1000)]
    assert governing([*many, GENERAL, SERVICE], ("shop", "7", Priority.NORMAL, "app", None)) == "7"
    assert len(asked) <= 3


@given(st.lists(MATCHES, max_size=5), st.randoms(use_true_random=False))
def test_without_ties_the_order_of_the_rules_does_not_matter(matches: list[Match], random: object) -> None:
    rules = [rule(str(number), match) for number, match in enumerate(matches)]
    assume(not tied_rules(rules))
    shuffled = sorted(rules, key=lambda _: random.random())  # type: ignore[attr-defined]
    book, other = SlaPolicy(tuple(rules)), SlaPolicy(tuple(shuffled))
    for named in NAMED:
        found = book.rule_for(*named)
        assert found == other.rule_for(*named)
        fitting = [one.match.weight for one in rules if one.match.fits(named)]
        assert (found.match.weight if found is not None else None) == max(fitting, default=None)
