"""The catalogue of the tests of policies."""

import shutil
from pathlib import Path

import pytest

from ioc.catalogue.reading.load import hue_folder
from tests.streams.policies.rules import RULES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a catalogue with rules for these tests, for all processes. Its office calendar is that of V1 to V14."""
    folder = tmp_path / "catalogue"
    shutil.copytree(hue_folder(), folder)
    (folder / "rules.yml").write_text("rules:\n" + "\n".join(RULES) + "\n")
    monkeypatch.setenv("IOC_CATALOGUE", str(folder))
    return folder
