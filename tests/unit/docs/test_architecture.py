"""docs/architecture.md and the README's map of folders name files and folders that exist."""

import re
from collections.abc import Iterator

from tests.house.sources import ROOT

_PAGE = (ROOT / "docs" / "architecture.md").read_text()
_FILE = re.compile(r"`([\w/.-]+\.(?:py|js|toml|yml|md))`")


def _steps() -> Iterator[str]:
    """Yield the numbered steps of the walks and the rows of the table, each whole."""
    yield from re.findall(r"^(?:\d+\. |\| ).*(?:\n   .*)*", _PAGE, re.MULTILINE)


def _files() -> Iterator[str]:
    """Yield the files each step names; one without a folder lies beside the one before it."""
    for step in _steps():
        folder = ""
        for name in _FILE.findall(step):
            folder = name.rpartition("/")[0] or folder
            yield f"{folder}/{name.rpartition('/')[2]}"


def test_every_file_of_a_walk_exists() -> None:
    files = list(_files())
    assert len(files) > 60
    assert [name for name in files if not (ROOT / name).exists()] == []


def test_every_folder_of_the_readme_exists() -> None:
    rows = re.findall(r"^\| (`[\w/]+/`.*?) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    folders = [name for row in rows for name in re.findall(r"`([\w/]+/)`", row)]
    assert len(folders) >= 15
    assert [name for name in folders if not (ROOT / name).is_dir()] == []


def test_every_folder_of_the_packages_is_in_the_drawing() -> None:
    drawing = re.search(r"```\n(.*?)```", _PAGE, re.DOTALL)
    assert drawing is not None
    words = set(re.findall(r"\w+", drawing[1]))
    folders = {
        folder.name
        for package in ("ioc", "streams", "api", "console")
        for folder in (ROOT / package).iterdir()
        if folder.is_dir() and (folder / "__init__.py").exists()
    }
    assert folders - words == set()
