"""The project's own source files: what is written by hand, tests included, and nothing vendored or generated."""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("ioc", "streams", "api", "console")
EVERYTHING = (*PRODUCT, "deploy", "tests")
CODE = frozenset({".py", ".js", ".mjs", ".css", ".html", ".java"})
_PASSED_OVER = frozenset({"vendor", "__pycache__", "node_modules"})


def source_files(roots: Sequence[str] = EVERYTHING, suffixes: frozenset[str] = CODE) -> Iterator[Path]:
    """Yield the source files below some folders of the project, in the order of their paths."""
    for root in roots:
        for path in sorted((ROOT / root).rglob("*")):
            if path.suffix in suffixes and not _PASSED_OVER.intersection(path.parts):
                yield path


def modules(roots: Sequence[str] = EVERYTHING) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the Python files below some folders, with their syntax trees."""
    for path in source_files(roots, frozenset({".py"})):
        yield path, _parsed(path)


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def shown(path: Path) -> str:
    """Return a path as it is written in the project."""
    return str(path.relative_to(ROOT))
