"""Breaking the shipped catalogue: rows are added to its files, and the errors of loading it are returned."""

import re
from pathlib import Path

import pytest

from ioc.catalogue.reading.documents.errors import CatalogueError
from ioc.catalogue.reading.load import load_catalogue

# What begins with @ in a row stands for fields that do not matter to the test. A rule with a @match ties with no other.
SHORTHANDS = {
    r"@kind\((\w+)\)": r"kind: \1, name_vi: A, name_en: A, measure: m, silent_after: 1h",
    r"@level\((\d+); (\d+)\)": r"thresholds: [@one(1; \1; \2)]",
    r"@one\((\d+); (\d+); (\d+)\)": r"{level: \1, at: \2, clear_at: \3, @titles}",
    r"@first": "level: 1, at: 5, clear_at: 4, @titles",
    r"@titles": "title_vi: A, title_en: A",
    r"@names": "name_vi: A, name_en: A",
    r"@mornings": 'week: {mon-fri: ["08:00-12:00"]}',
    r"@rule\((\w+)\)": r"@only(\1), @match(\1)",
    r"@only\((\w+)\)": r'id: \1, calendar: "247", targets: {resolve: 1h}',
    r"@until\((\w+)\)": r"{date: 2026-04-01, to: \1, name: A}",
    r"@late\((\w+)\)": r"{level: 1, whom: ioc, after: 1h, in: \1}",
    r"@later\((\w+)\)": r"{level: 2, whom: ioc, after: 2h, in: \1}",
    r"@match\((\w+)\)": r"match: {category: tree, source: \1, unit: ioc}",
}


def add_row(folder: Path, list_path: str, row: str) -> None:
    """Add a row at the end of a list, which is named by `file/list`."""
    for shorthand, fields in SHORTHANDS.items():
        row = re.sub(shorthand, fields, row)
    file, _, name = list_path.partition("/")
    head, start, tail = (folder / file).read_text().partition(f"{name}:\n")
    rows, blank, rest = tail.partition("\n\n#")
    (folder / file).write_text(f"{head}{start}{rows}\n  - {{{row}}}\n{blank}{rest}")


def errors_of(folder: Path) -> list[str]:
    """Return the errors of a catalogue, sorted; the index of a row, which depends on the rows before it, as [n]."""
    with pytest.raises(CatalogueError) as raised:
        load_catalogue(folder)
    assert str(raised.value).splitlines() == raised.value.errors, "one message tells them all"
    assert len(set(raised.value.errors)) == len(raised.value.errors), "and each once"
    return sorted(re.sub(r"\[\d+\]", "[n]", error) for error in raised.value.errors)
