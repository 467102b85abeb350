"""What the documents show must be so."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from api.http.settings import ApiSettings, AuthSettings
from console.cities.table_format import read_table_format
from ioc.core.records import ClockKind, Record
from ioc.incident.event import Event
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.processors.sensors import SensorProcessor as Sensors
from streams.fail_fast import Exit
from streams.notifier.settings import NotifierSettings
from streams.settings import WorkerSettings
from tests.unit.samples import CITY, at

ROOT = Path(__file__).parents[3]


def test_the_event_of_the_readme_is_accepted() -> None:
    shown = re.search(r"```json\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown is not None
    key = b"field-reports:PA-000123"
    assert isinstance(read_event(key, shown[1].encode()), Event)
    changes = IncidentProcessor(0, CITY, ClockKind.WALL).fold(
        [Record(0, at("2026-04-14 09:00"), key, shown[1].encode())]
    )
    assert changes.dead_letters == []


def test_the_map_of_a_city_of_the_readme_is_one() -> None:
    shown = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert shown is not None
    assert read_table_format("my-city.yml", shown[1].encode()).city == "my-city"


def test_the_observation_that_is_shown_is_accepted() -> None:
    shown = re.search(r"```json\n(.*?)```", (ROOT / "docs" / "indicators.md").read_text(), re.DOTALL)
    assert shown is not None
    key = b"river-stations:kim-long"
    changes = Sensors(0, CITY, ClockKind.WALL).fold([Record(0, at("2025-10-27 08:31"), key, shown[1].encode())])
    assert changes.dead_letters == []
    assert changes.sensors[key.decode()].value == 2.35


@pytest.mark.parametrize("settings", [ApiSettings, AuthSettings, WorkerSettings, NotifierSettings])
def test_the_settings_a_person_sets_are_told(settings: type[BaseSettings]) -> None:
    prefix = settings.model_config.get("env_prefix", "")
    text = (ROOT / "docs" / "operations.md").read_text()
    inner = {"tick_every", "fires_a_tick"}  # nobody need change them
    missing = [name for name in settings.model_fields if name not in inner and f"{prefix}{name.upper()}`" not in text]
    assert missing == []


def test_every_exit_code_is_told() -> None:
    text = (ROOT / "docs" / "decisions" / "2-stop-in-doubt.md").read_text()
    assert [code for code in Exit if f"| {code:d} |" not in text] == []


def test_every_test_that_plays_a_capability_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs" / "capabilities.md").read_text())
    assert len(named) > 30
    missing = [(file, test) for file, test in named if f"def {test}" not in _source(file)]
    assert missing == []


def _source(file: str) -> str:
    path = ROOT / file
    return path.read_text() if path.exists() else ""
