"""Ties between SLA rules: pairs that an incident could fit equally well, so that neither is the more specific one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations_with_replacement, product

from ioc.catalogue.sla_policy import CRITERIA, SlaRule, Term, terms_of

_Criteria = frozenset[int]
_NumberedRule = tuple[int, SlaRule]


def tied_rules(rules: Iterable[SlaRule]) -> list[tuple[str, str]]:
    """Return the ids of each pair of tied rules, in the order of the rules.

    Rules are compared only with those that share a term with them, so that checking many rules for many services takes
    no longer than reading them.
    """
    numbered = list(enumerate(rules))
    by_weight: dict[int, dict[_Criteria, list[_NumberedRule]]] = defaultdict(lambda: defaultdict(list))
    for number, rule in numbered:
        by_weight[rule.match.weight][_criteria_of(rule)].append((number, rule))
    ties = {
        tie
        for by_criteria in by_weight.values()
        for (criteria, group), (other_criteria, other_group) in combinations_with_replacement(by_criteria.items(), 2)
        for tie in _ties_between(group, other_group, criteria & other_criteria)
    }
    return [(numbered[first][1].id, numbered[second][1].id) for first, second in sorted(ties)]


def _criteria_of(rule: SlaRule) -> _Criteria:
    """Return the criteria of a rule that name something."""
    return frozenset(criterion for criterion in CRITERIA if rule.match.criteria()[criterion])


def _ties_between(
    group: Sequence[_NumberedRule], other_group: Sequence[_NumberedRule], shared: _Criteria
) -> Iterator[tuple[int, int]]:
    """Yield the ties between two groups of rules that have the `shared` criteria in common, the lower number first."""
    for (number, rule), (other_number, other_rule) in _neighbours(group, other_group, shared):
        if group is other_group and number >= other_number:
            continue
        if rule.match.overlaps(other_rule.match):
            yield min(number, other_number), max(number, other_number)


def _neighbours(
    group: Sequence[_NumberedRule], other_group: Sequence[_NumberedRule], shared: _Criteria
) -> Iterator[tuple[_NumberedRule, _NumberedRule]]:
    """Yield the pairs with a common term of the shared criterion that has fewest; all pairs when none is shared."""
    if not shared:
        yield from product(group, other_group)
        return
    criterion = min(shared, key=lambda criterion: _count_pairs(group, _by_term(other_group, criterion), criterion))
    by_term = _by_term(other_group, criterion)
    for numbered in group:
        for term in terms_of(numbered[1], criterion):
            yield from ((numbered, neighbour) for neighbour in by_term.get(term, ()))


def _by_term(rules: Sequence[_NumberedRule], criterion: int) -> Mapping[Term, list[_NumberedRule]]:
    by_term: dict[Term, list[_NumberedRule]] = defaultdict(list)
    for numbered in rules:
        for term in terms_of(numbered[1], criterion):
            by_term[term].append(numbered)
    return by_term


def _count_pairs(rules: Sequence[_NumberedRule], by_term: Mapping[Term, list[_NumberedRule]], criterion: int) -> int:
    return sum(len(by_term.get(term, ())) for _, rule in rules for term in terms_of(rule, criterion))
