"""Everything wrong with the rows of a catalogue is told in one message, and nothing that only follows from it.

The mistakes are in mistakes/, a file for each file of the catalogue. Below the name of a list, `+` is a row that is
added to it and `-` an error that the row makes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.unit.catalogue.broken_catalogue import add_row, errors_of


class Mistake(NamedTuple):
    """A row that is wrong, the list it is added to, and the errors it makes."""

    list_path: str
    row: str
    errors: list[str]


def read_mistakes() -> Iterator[Mistake]:
    for path in sorted((Path(__file__).parent / "mistakes").glob("*.txt")):
        for block in path.read_text().strip().split("\n\n"):
            list_path, rows = block.split("\n+ ", 1)
            for row, *errors in (mistake.split("\n- ") for mistake in rows.split("\n+ ")):
                yield Mistake(list_path, row, [f"{path.stem}.yml: {error.strip()}" for error in errors])


MISTAKES = list(read_mistakes())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.row[:20])
def test_a_mistake_is_told_and_nothing_that_only_follows_from_it(folder: Path, mistake: Mistake) -> None:
    add_row(folder, mistake.list_path, mistake.row)
    assert errors_of(folder) == sorted(mistake.errors)


def test_every_mistake_of_every_file_is_in_one_message(folder: Path) -> None:
    for mistake in MISTAKES:
        add_row(folder, mistake.list_path, mistake.row)
    assert errors_of(folder) == sorted(error for mistake in MISTAKES for error in mistake.errors)
