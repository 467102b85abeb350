"""Counts by key that can be added up and taken out again; what comes to 0 is not kept."""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=int | str)
Value = TypeVar("Value")


def tally(counts: dict[Key, int], key: Key, by: int) -> None:
    """Count something so often more, or fewer."""
    total = counts.get(key, 0) + by
    if total:
        counts[key] = total
    else:
        counts.pop(key, None)


def tally_all(counts: dict[Key, int], others: Mapping[Key, int], sign: int = 1) -> None:
    """Add all of other counts, or with sign -1 take them out."""
    for key, by in others.items():
        total = counts.get(key, 0) + sign * by
        if total:
            counts[key] = total
        else:
            counts.pop(key, None)


def in_order(kept: dict[Key, Value]) -> dict[Key, Value]:
    """Return the same by order of its keys, so that its bytes do not tell how it came about."""
    if len(kept) < 2:
        return kept
    keys = list(kept)
    ordered = sorted(keys)
    return kept if keys == ordered else {key: kept[key] for key in ordered}
