"""A copy of the shipped catalogue for each test to break."""

import shutil
from pathlib import Path

import pytest

from ioc.catalogue.reading.load import hue_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue, to be broken."""
    return Path(shutil.copytree(hue_folder(), tmp_path / "city"))
