"""Comparing what was found with what a recomputation makes. Pure: mappings in, differences in words out.

The words name keys, places and fields, never what a record says of an incident or a person.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import fields

from console.verify.snapshot import RefusedRecord

ByName = Mapping[str, Any]


def compare(
    kind: str, expected: Mapping[Any, Any], actual: Mapping[Any, Any], skipped: Collection[Any] = ()
) -> Iterator[str]:
    """Yield which keys are missing, too many or differ, and in what fields; those `skipped` are not looked at."""
    for key in (expected.keys() | actual.keys()) - set(skipped):
        if key not in actual:
            yield f"{kind} {_key_text(key)} is missing"
        elif key not in expected:
            yield f"{kind} {_key_text(key)} should not be there"
        elif expected[key] != actual[key]:
            yield f"{kind} {_key_text(key)} differs{_differing_fields(expected[key], actual[key])}"


def _key_text(key: object) -> str:
    return "/".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _differing_fields(expected: object, actual: object) -> str:
    """Return which fields of two structs differ, by their names on the topics."""
    compared = fields(expected) if isinstance(expected, Struct) else ()
    differing = [
        field.encode_name for field in compared if getattr(expected, field.name) != getattr(actual, field.name)
    ]
    return f" in {', '.join(differing)}" if differing else ""


def compare_additions(kind: str, expected: ByName, motion: ByName, actual: ByName) -> Iterator[str]:
    """Yield the differences of records that are never changed: those in motion may be there or not."""
    yield from compare(kind, {**motion, **expected}, actual, motion.keys() - expected.keys() - actual.keys())


def repetitions(kind: str, keys: Iterable[str]) -> Iterator[str]:
    """Yield what was written more than once."""
    yield from (f"{kind} {key} was written {times} times" for key, times in Counter(keys).items() if times > 1)


class HoldsRefused(Protocol):
    """Holds refused records: those that were found, or those that are to be there."""

    dead_letters: list[RefusedRecord]


def refused_by_place(holder: HoldsRefused, partition: int) -> ByName:
    """Return refused records by their place, `partition:offset`."""
    return {f"{partition}:{offset}": content for offset, content in holder.dead_letters}


def foreign_records(places: Iterable[str]) -> Iterator[str]:
    """Yield that the records at some places are not written by any processor."""
    return (f"{place} is not of the streams' making" for place in places)
