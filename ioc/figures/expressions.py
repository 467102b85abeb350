"""Expressions over the sums of a period, such as `(resolved - not_good) / (resolved + standing.overdue)`."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from operator import attrgetter

from ioc.figures.aggregates import Measure
from ioc.figures.sums import BaselineComparison, Sums

Number = Callable[[Sums], int]
"""Computes a whole number of a period."""

_SIGNS = {"+": 1, "-": -1}


def total(text: str) -> Number:
    """Return the function that computes a sum such as `resolved - not_good`; ValueError when it names no such count."""
    first, *rest = text.split()
    if not rest:
        return _count(first)
    terms = [(1, _count(first))]
    terms += [(_SIGNS[sign], _count(name)) for sign, name in zip(rest[::2], rest[1::2], strict=True)]
    return lambda sums: sum(sign * count(sums) for sign, count in terms)


def quotient(text: str) -> tuple[Number, Number]:
    """Return the functions that compute the dividend and the divisor of `a / (b + c)`."""
    dividend, divisor = (total(side.strip("()")) for side in text.split(" / "))
    return dividend, divisor


def operands(text: str) -> Iterator[str]:
    """Yield the names of the measures an expression adds up, `*` unresolved, without what stands before their dot."""
    return (word.strip("()").rpartition(".")[2] for word in text.split() if word not in ("+", "-", "/"))


def _count(name: str) -> Number:
    namespace, _, stem = name.rpartition(".")
    match namespace:
        case "":
            return _flow(stem)
        case "standing":
            measure = Measure(stem)
            return lambda sums: sums.standing.get(measure, 0)
        case "comparison" if stem in BaselineComparison.__struct_fields__:
            return attrgetter(name)
    raise ValueError(f"not a count: {name}")


def _flow(pattern: str) -> Number:
    measures = [measure for measure in Measure if fnmatchcase(measure, pattern)]
    if not measures:
        raise ValueError(f"not a measure: {pattern}")
    return lambda sums: sum(sums.flow.count(measure) for measure in measures)
