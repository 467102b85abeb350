"""The catalogue: the one that is shipped is whole, and everything wrong with another is told in one message."""

import shutil
from pathlib import Path

import pytest

from ioc.catalogue import FILES, CatalogueError, hue_folder, load_catalogue
from ioc.payloads import Priority, TargetName
from ioc.times import HOUR, MINUTE
from tests.unit.samples import CITY


def faults(folder: Path) -> list[str]:
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(folder)
    assert str(refused.value).splitlines() == refused.value.faults, "one message tells them all"
    return refused.value.faults


def add(folder: Path, file: str, *rows: str) -> None:
    with (folder / file).open("a") as lines:
        lines.writelines(f"\n  - {{{row}}}\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue, to be spoilt."""
    return Path(shutil.copytree(hue_folder(), tmp_path / "city"))


def test_the_shipped_city_is_whole() -> None:
    inside = [service for service in CITY.services.values() if not service.external]
    assert len(inside) == 14
    assert [code for code, service in CITY.services.items() if service.external] == ["imported"]
    assert len(CITY.wards) == 40
    assert all(service.unit in CITY.units and service.categories for service in inside)
    assert CITY.zone == "Asia/Ho_Chi_Minh"
    assert CITY.services["flood-rain"].cadence == 30 * MINUTE


def test_every_ward_lies_in_hue_and_has_a_committee() -> None:
    committees = {unit.name.removeprefix("UBND ").lower() for unit in CITY.units.values() if unit.kind == "ward"}
    for ward in CITY.wards.values():
        assert len(ward.code) == 5
        assert ward.name.lower() in committees
        assert 15.9 < ward.lat < 16.9
        assert 107.0 < ward.lon < 108.4
        assert ward.area_km2 > 0


def test_every_city_service_has_a_rule_and_another_round_the_clock_when_urgent() -> None:
    for service in CITY.services.values():
        normal, urgent = (
            CITY.rules.rule_for(service.code, None, priority, service.code, service.unit)
            for priority in (Priority.NORMAL, Priority.URGENT)
        )
        if service.external:
            assert normal is urgent is None
            continue
        assert normal is not None
        assert urgent is not None
        assert urgent.calendar == "247"
        assert TargetName.RESOLVE in normal.targets
    field_reports = CITY.rules.by_id["field-reports"]
    assert field_reports.targets == {"acknowledge": HOUR, "assign": 2 * HOUR, "resolve": 16 * HOUR}


def test_urgent_is_never_slower_than_normal() -> None:
    """Urgent runs round the clock, so the same number of hours in office time is never sooner."""
    for service in CITY.services.values():
        for category in (None, *(one.code for one in service.categories)):
            normal, urgent = (
                CITY.rules.rule_for(service.code, category, priority, service.code, service.unit)
                for priority in (Priority.NORMAL, Priority.URGENT)
            )
            if normal is not None and urgent is not None:
                slower = [name for name, within in normal.targets.items() if urgent.targets[name] > within]
                assert slower == [], (service.code, category)


def rule(id: str, more: str = "", match: str = "", calendar: str = '"247"', targets: str = "resolve: 1h") -> str:
    """Return a rule that cannot tie with another: it fixes more sides than those shipped, and a category of its own."""
    sides = f"match: {{{match or f'category: {id}, source: x, unit: ioc'}}}"
    return f"id: {id}, calendar: {calendar}, targets: {{{targets}}}, {sides}, {more}"


# A row that is added, and the fault it makes.
FAULTY = [
    ("services.yml", "code: s1, name_vi: A, name_en: A, unit: nobody", "s1: unknown unit 'nobody'"),
    ("services.yml", "code: s2, name_vi: A, name_en: A, cadence: often", "s2: a duration looks like"),
    ("services.yml", "code: health, name_vi: A, name_en: A", "'health' is there twice"),
    ("units.yml", "code: ioc, name: A", "'ioc' is there twice"),
    ("units.yml", "code: u1, name: A, parent: nowhere", "u1: unknown parent 'nowhere'"),
    ("units.yml", "code: u2, name: A, parent: u3", "u2: is above itself"),
    ("units.yml", "code: u3, name: A, parent: u2", "u3: is above itself"),
    ("units.yml", "code: u4, name: A, parent: u3, boss: x", f"units[{len(CITY.units) + 4}]: "),
    (
        "wards.yml",
        "code: 19753, name: A, short_name: A, lat: 16, lon: 107, area_km2: 1",
        ".code: must be string",
    ),
    ("wards.yml", 'code: "1", name: A, short_name: A, lat: 16, lon: 107', ".area_km2: missing"),
    ("calendars.yml", "id: c1, week: {mon-fri: []}", "c1: no working time"),
    ("calendars.yml", 'id: c2, week: {monday: ["08:00-12:00"]}', "c2: "),
    ("calendars.yml", 'id: c3, week: {mon: ["8h-12h"]}', "c3: "),
    ("calendars.yml", 'id: "247", always: true', "'247' is there twice"),
    ("rules.yml", rule("r1", match="service: astrology, category: a, source: x"), "r1: unknown service 'astrology'"),
    ("rules.yml", rule("r2", match="category: f, source: x, unit: nobody"), "r2: unknown unit 'nobody'"),
    ("rules.yml", rule("r3", calendar="moon"), "r3: unknown calendar 'moon'"),
    ("rules.yml", rule("r4", targets="assign: 0m"), "r4.assign: a target must be more"),
    ("rules.yml", rule("r5", targets="assign: -2h"), "r5.assign: a duration looks"),
    ("rules.yml", rule("r6", "on_priority: guess"), ".on_priority: must be one"),
    ("rules.yml", rule("r7", "on_reopen: guess"), ".on_reopen: must be one"),
    ("rules.yml", rule("r8", "warn: 80"), "r8: the warning must be a share"),
    ("rules.yml", rule("r9", match="mood: bad, category: b, source: x, unit: ioc"), "r9.match.mood: not a side"),
    ("rules.yml", rule("r10", match="priority: dire, category: c, source: x"), "r10.match.priority: 'dire' is not"),
    ("rules.yml", rule("r11", "ladder: [{level: 2, whom: ioc}, {level: 1, whom: ioc}]"), "r11: the levels of a ladder"),
    ("rules.yml", rule("r12", "ladder: [{level: 1, whom: mayor}]"), "r12: unknown unit 'mayor'"),
    ("rules.yml", rule("r13", match="service: [health, education], category: d, source: x"), "r13: ties with 'r14'"),
    ("rules.yml", rule("r14", match="service: education, category: [d, e], source: [x, y]"), "r13: ties with 'r14'"),
]


def test_every_fault_of_every_file_is_in_one_message(folder: Path) -> None:
    for file, row, _ in FAULTY:
        add(folder, file, row)
    found = faults(folder)

    def tells(fault: str, file: str, what: str) -> bool:
        return fault.startswith(f"{file}: ") and what in fault

    assert [what for file, _, what in FAULTY if not any(tells(fault, file, what) for fault in found)] == []
    assert [fault for fault in found if not any(tells(fault, file, what) for file, _, what in FAULTY)] == []


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert f"{file}: -: the file is missing" in faults(folder)


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_yaml_is_named(folder: Path, file: str) -> None:
    (folder / file).write_text("rules: [")
    assert any(fault.startswith(f"{file}: -: not YAML") for fault in faults(folder))


def test_a_catalogue_that_lacks_everything_says_so_of_each_file(tmp_path: Path) -> None:
    assert {fault.split(":")[0] for fault in faults(tmp_path)} == set(FILES)
