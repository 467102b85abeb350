"""The examples of docs/catalogue.md are a catalogue, and what the page says of it is so."""

import re
from pathlib import Path

import pytest

from ioc.catalogue.channel import ChannelKind
from ioc.catalogue.city import Catalogue
from ioc.catalogue.duplicate_policy import DuplicateAction
from ioc.catalogue.reading.load import FILES, OPTIONAL_FILES, load_catalogue
from ioc.catalogue.service import Online
from ioc.catalogue.sla_policy import Match, OnPriority, OnReopen, TimeKind
from ioc.catalogue.thresholds import Direction
from ioc.core.scalars import Priority, TargetName
from ioc.core.times import MINUTE

PAGE = (Path(__file__).parents[3] / "docs" / "catalogue.md").read_text()
EXAMPLES = dict(re.findall(r"^## (\w+\.yml)\n\n```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))


@pytest.fixture
def town(tmp_path: Path) -> Catalogue:
    for file, text in EXAMPLES.items():
        (tmp_path / file).write_text(text)
    return load_catalogue(tmp_path)


def test_every_file_has_an_example_and_is_in_the_table() -> None:
    assert EXAMPLES.keys() == {*FILES, *OPTIONAL_FILES}
    listed = dict(re.findall(r"^\| \[`(\w+\.yml)`\].*\| (yes)? ?\|$", PAGE, re.MULTILINE))
    assert listed == {**dict.fromkeys(FILES, ""), **dict.fromkeys(OPTIONAL_FILES, "yes")}


def test_the_examples_are_a_catalogue(town: Catalogue) -> None:
    assert town.channels_of("roads") == ("message",)
    (_, step) = town.rules.by_id["urgent"].escalation_steps
    assert step.waits_in is TimeKind.WALL
    assert step.repeat is not None
    assert town.rules.by_id["urgent"].involve == ("centre", "roads")
    assert [key.owner for key in town.keys.values()] == ["ubnd", "centre"]
    assert [step.unit for step in town.directives.escalation_steps] == ["centre", "ubnd"]


def test_a_sensor_has_the_thresholds_of_its_kind_but_where_it_has_its_own(town: Catalogue) -> None:
    thresholds = {
        name: [(level.at, level.hold) for level in sensor.thresholds] for name, sensor in town.sensors.items()
    }
    assert thresholds == {
        "river-stations:kim-long": [(1.0, 10 * MINUTE), (2.0, 5 * MINUTE)],
        "river-stations:phu-oc": [(1.5, 15 * MINUTE), (2.0, 5 * MINUTE)],
    }


@pytest.mark.parametrize(
    ("category", "priority", "governs"),
    [("1.002", Priority.URGENT, "urgent"), ("1.002", Priority.NORMAL, "permits"), ("1.001", Priority.NORMAL, None)],
)
def test_the_rule_that_governs_is_the_one_it_says(
    town: Catalogue, category: str, priority: Priority, governs: str | None
) -> None:
    rule = town.rules.rule_for("one-stop-shop", category, priority, "web", None)
    assert (rule.id if rule is not None else None) == governs


@pytest.mark.parametrize(
    "words",
    [
        DuplicateAction,
        Match.__struct_fields__,
        TargetName,
        Online,
        ChannelKind,
        TimeKind,
        OnReopen,
        OnPriority,
        Direction,
    ],
)
def test_every_word_that_can_be_chosen_is_told(words: type) -> None:
    assert [word for word in words if f"`{word}`" not in PAGE] == []
