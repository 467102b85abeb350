"""Counts by key that can be added and subtracted; a count of 0 is not stored."""

from collections.abc import Mapping
from typing import TypeVar

CountKeyT = TypeVar("CountKeyT", bound=int | str)
CountedT = TypeVar("CountedT")


def tally(counts: dict[CountKeyT, int], key: CountKeyT, by: int) -> None:
    """Add to the count of a key; `by` may be negative."""
    total = counts.get(key, 0) + by
    if total:
        counts[key] = total
    else:
        counts.pop(key, None)


def tally_all(counts: dict[CountKeyT, int], added: Mapping[CountKeyT, int], sign: int = 1) -> None:
    """Add all counts of `added`, or subtract them with sign -1."""
    for key, by in added.items():
        total = counts.get(key, 0) + sign * by
        if total:
            counts[key] = total
        else:
            counts.pop(key, None)


def in_order(counts: dict[CountKeyT, CountedT]) -> dict[CountKeyT, CountedT]:
    """Return the same sorted by key, so that its bytes do not depend on the order of the additions."""
    if len(counts) < 2:
        return counts
    keys = list(counts)
    ordered = sorted(keys)
    return counts if keys == ordered else {key: counts[key] for key in ordered}
