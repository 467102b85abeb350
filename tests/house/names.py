"""Names: whether what is bound says something, and whether a type's name has one meaning."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.house.sources import EVERYTHING, PRODUCT, modules, shown

# Past participles and pronouns that could stand for anything: a name says what a thing is, not what was done to it.
_VAGUE_WORDS = """
anew asked became began came come coming done found given gone had heard here it judged kept known left made meant
more most named one ones put said seen shown sort spoken stuff such taken tell tells thing things told turn turned
wanted what where whole whom who
"""
VAGUE = frozenset(_VAGUE_WORDS.split())
# Private words that gave way to the field's own, which docs/glossary.md has.
RETIRED = {
    "lane": "input topic",
    "ledger": "notification log",
    "rung": "escalation step",
    "shard": "processor",
}


class Binding(NamedTuple):
    """A name that is bound, and where."""

    name: str
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line} {self.name}"


def bindings(roots: Sequence[str] = PRODUCT) -> Iterator[Binding]:
    """Yield every name that Python binds below some folders: functions, classes, parameters, variables, attributes."""
    for path, tree in modules(roots):
        for node in ast.walk(tree):
            if name := _bound_by(node):
                yield Binding(name, path, getattr(node, "lineno", 0))


def _bound_by(node: ast.AST) -> str | None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.ExceptHandler():
            return node.name
        case ast.arg():
            return node.arg if node.arg not in ("self", "cls") else None
        case ast.Name(ctx=ast.Store()):
            return node.id
        case ast.Attribute(ctx=ast.Store()):
            return node.attr
        case ast.MatchAs() | ast.MatchStar():
            return node.name
    return None


def is_vague(name: str) -> bool:
    """True when a name, leading underscores aside, could stand for anything."""
    return name.strip("_") in VAGUE


def retired_word(name: str) -> str | None:
    """Return the retired word in a name of any spelling, such as `shards` or `ShardFold`; None when there is none."""
    words = (word.lower().rstrip("s") for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name))
    return next((word for word in words if word in RETIRED), None)


def types_with_two_meanings() -> dict[str, list[str]]:
    """Return the names of types that are defined more than once, and where each time."""
    defined = defaultdict(list)
    for path, tree in modules(EVERYTHING):
        for name, line in _types_of(tree):
            defined[name].append(f"{shown(path)}:{line}")
    return {name: places for name, places in defined.items() if len(places) > 1}


def _types_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the classes of a module, and what it assigns under the name of a type: aliases and type variables."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name, node.lineno
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if _is_of_a_type(name):
                yield name, node.lineno


def _is_of_a_type(name: str) -> bool:
    stem = name.lstrip("_")
    return stem[:1].isupper() and not stem.isupper() and "_" not in stem
