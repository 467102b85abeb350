"""The glossary has a word for every type of the domain, and one type for no two words."""

import ast
import re
from collections import Counter

import pytest

from tests.house.sources import ROOT, modules

# Payloads are called by their events; rows and files of the catalogue's reader by what they read.
_PASSED_OVER = re.compile(r"ioc/(incident/payloads|catalogue/reading/.*)\.py")
_WITH_A_ROW = frozenset({"Payload", "LocatedPayload", "Evidence", "Reporter"})


def _rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return cells[1:]


def _types_named() -> Counter[str]:
    return Counter(name for row in _rows() for name in re.findall(r"`(\w+)`", row[2]))


def _types_of_the_domain() -> set[str]:
    """Return the public classes of `ioc`."""
    names = set()
    for path, tree in modules(["ioc"]):
        classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        if _PASSED_OVER.fullmatch(str(path.relative_to(ROOT))):
            classes &= _WITH_A_ROW
        names |= {name for name in classes if not name.startswith("_")}
    return names


def test_every_type_of_the_domain_has_its_word_and_every_word_its_type() -> None:
    assert set(_types_named()) == _types_of_the_domain()


@pytest.mark.parametrize("column", [0, 1])
def test_no_word_stands_twice(column: int) -> None:
    words = Counter(row[column] for row in _rows())
    assert [word for word, times in words.items() if times > 1] == []


def test_no_type_has_two_words() -> None:
    assert [name for name, times in _types_named().items() if times > 1] == []
