"""A file of a catalogue that is missing, no YAML, or not what it should be is told, once, with all the others."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ioc.catalogue.reading.documents.errors import CatalogueError
from ioc.catalogue.reading.load import FILES, OPTIONAL_FILES, hue_folder, load_catalogue
from tests.unit.catalogue.broken_catalogue import errors_of

ALL_FILES = (*FILES, *OPTIONAL_FILES)


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_told_once_and_nothing_else(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert errors_of(folder) == [f"{file}: -: the file is missing"]


def test_a_catalogue_that_lacks_everything_says_so_of_each_file(tmp_path: Path) -> None:
    expected = sorted(f"{file}: -: the file is missing" for file in FILES)
    assert errors_of(tmp_path) == errors_of(tmp_path / "nowhere") == expected


def test_a_catalogue_may_do_without_the_optional_files(folder: Path) -> None:
    for file in OPTIONAL_FILES:
        (folder / file).unlink()
    rules = (folder / "rules.yml").read_text()
    for channel in ("message", "call"):
        rules = rules.replace(f"channel: {channel}", "channel: screen")
    (folder / "rules.yml").write_text(rules)
    city = load_catalogue(folder)
    assert (city.procedures, city.routes, city.baselines) == ({}, {}, {})
    assert (city.indicators, city.sensors) == ({}, {})
    assert city.channels.keys() == {"screen"}


@pytest.mark.parametrize("file", ALL_FILES)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "-: the file is empty"),
        ("# nothing yet\n", "-: the file is empty"),
        ("{name}: [", "line 2: not YAML: "),
        ("{name}: []\nname: \tx: y", "line 2: not YAML: "),
        ("5", "-: must be a mapping with {name}"),
        ("- a", "-: must be a mapping with {name}"),
        ("{name}: 5", "{name}: must be a list"),
        ("{name}:", "{name}: must be a list"),
        ("{name}: {{a: b}}", "{name}: must be a list"),
        ("{{}}", "{name}: missing"),
        ("{name}: []\n{name}s: []", "{name}s: unknown field"),
        ("{name}: []\n{name}: []", "line 2: '{name}' is there twice"),
        ("{name}: [null, a, [b]]", "{name}[n]: must be a mapping"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_told(folder: Path, file: str, text: str, reason: str) -> None:
    name = file.removesuffix(".yml")
    (folder / file).write_text(text.format(name=name))
    second = {"channels.yml: routes: missing", "indicators.yml: sensors: missing"}
    errors = [error for error in errors_of(folder) if error.startswith(file) and error not in second]
    assert errors
    assert [error for error in errors if not error.startswith(f"{file}: {reason.format(name=name)}")] == []


def test_what_an_unreadable_file_would_name_is_not_called_unknown(folder: Path) -> None:
    for file in ("services.yml", "units.yml", "channels.yml", "calendars.yml"):
        (folder / file).write_text("5")
    assert [error.split(": ")[:2] for error in errors_of(folder)] == [
        [file, "-"] for file in ("calendars.yml", "channels.yml", "services.yml", "units.yml")
    ]


def test_a_folder_in_place_of_a_file_is_told(folder: Path) -> None:
    (folder / "wards.yml").unlink()
    (folder / "wards.yml").mkdir()
    assert errors_of(folder) == ["wards.yml: -: cannot be read: Is a directory"]


def test_a_file_that_is_not_text_is_told(folder: Path) -> None:
    (folder / "wards.yml").write_bytes(b"wards: \xff\xfe")
    (error,) = errors_of(folder)
    assert error.startswith("wards.yml: -: not YAML: ")


@pytest.mark.parametrize(
    ("zone", "reason"),
    [
        ("Nowhere/X", "'Nowhere/X' is not a time zone such as Asia/Ho_Chi_Minh"),
        ("Asia", "'Asia' is not a time zone such as Asia/Ho_Chi_Minh"),
        ("/etc/localtime", "'/etc/localtime' is not a time zone such as Asia/Ho_Chi_Minh"),
        ('""', "'' is not a time zone such as Asia/Ho_Chi_Minh"),
        ("", "must be text such as Asia/Ho_Chi_Minh"),
        ("7", "must be text such as Asia/Ho_Chi_Minh"),
    ],
)
def test_a_zone_that_is_none_is_told_once(folder: Path, zone: str, reason: str) -> None:
    calendars = (folder / "calendars.yml").read_text()
    (folder / "calendars.yml").write_text(calendars.replace("zone: Asia/Ho_Chi_Minh", f"zone: {zone}"))
    assert errors_of(folder) == [f"calendars.yml: zone: {reason}"]


def test_a_zone_that_is_left_out_is_the_citys(folder: Path) -> None:
    calendars = (folder / "calendars.yml").read_text()
    (folder / "calendars.yml").write_text(calendars.replace("zone: Asia/Ho_Chi_Minh\n", ""))
    assert load_catalogue(folder).zone == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("duration", "reason"),
    [
        ("often", "a duration looks like 30m, 8h, 1h30m or 2d"),
        ("1h", "shorter than a day"),
        ("[40d]", "must be a duration such as 40d"),
    ],
)
def test_how_long_items_are_kept_is_a_duration_of_days(folder: Path, duration: str, reason: str) -> None:
    services = (folder / "services.yml").read_text()
    (folder / "services.yml").write_text(services.replace("items_kept: 40d", f"items_kept: {duration}"))
    assert errors_of(folder) == [f"services.yml: items_kept: {reason}"]


JUNK = yaml.safe_load("""
  [null, true, 5, -1, .inf, "", x, mon, 0m, 99999999999999999999999d, "a\\nb", "22:00-22:00", "${A}", $, "http://[",
  [], [[]], [null], [5], [x, x], [{}], [{level: 1}], [{date: x}], {}, {a: 1}, {5: {x: []}}, {null: 1}]
""")
CITY_FILES = {file: yaml.safe_load((hue_folder() / file).read_text()) for file in ALL_FILES}
CITY_FILES["wards.yml"]["wards"] = CITY_FILES["wards.yml"]["wards"][:2]


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of each value within a value, and its own."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner_path for key, member in inner for inner_path in paths_in(member, (*path, key)))]


def replace_at(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replace_at(value[path[0]], path[1:], junk)
    return copy


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(hue_folder(), tmp_path_factory.mktemp("spoilt") / "city"))


@given(
    st.sampled_from(ALL_FILES).flatmap(
        lambda file: st.tuples(st.just(file), st.sampled_from(paths_in(CITY_FILES[file])))
    ),
    st.sampled_from(JUNK),
)
def test_whatever_stands_anywhere_in_a_file_nothing_but_faults_is_raised(
    spoilt: Path, location: tuple[str, tuple[Any, ...]], junk: Any
) -> None:
    file, path = location
    (spoilt / file).write_text(yaml.safe_dump(replace_at(CITY_FILES[file], path, junk)))
    try:
        with suppress(CatalogueError):
            load_catalogue(spoilt)
    finally:
        shutil.copy(hue_folder() / file, spoilt / file)
