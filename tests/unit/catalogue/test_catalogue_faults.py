"""What rows of a catalogue say together: cycles, ties, secrets, and what is no mistake."""

import shutil
from pathlib import Path

import pytest
from msgspec import Struct

from ioc.catalogue.reading.load import hue_folder, load_catalogue
from ioc.core.schema import schema_errors
from tests.unit.catalogue.test_catalogue_mistakes import add, faults


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue, to be spoilt."""
    return Path(shutil.copytree(hue_folder(), tmp_path / "city"))


def test_units_above_one_another_are_told_each(folder: Path) -> None:
    for unit, parent in ("ab", "bc", "ca", "da"):
        add(folder, "units.yml/units", f"code: {unit}, name: A, parent: {parent}")
    assert faults(folder) == [f"units.yml: {unit}: is above itself" for unit in "abc"]


def test_rules_that_tie_are_told_with_all_that_they_tie_with(folder: Path) -> None:
    for id, match in (
        ("a", "service: [health, education], unit: hepco, source: x"),
        ("b", "service: education, unit: [hepco, ioc], source: [x, y]"),
        ("c", "service: health, unit: [hepco, ioc], source: [x, z]"),
    ):
        add(folder, "rules.yml/rules", f"@only({id}), match: {{{match}}}")
    assert faults(folder) == ["rules.yml: a: ties with 'b', 'c': an incident can fit both equally well"]


def test_of_many_rules_that_a_rule_ties_with_some_are_named(folder: Path) -> None:
    for n in range(8):
        add(folder, "rules.yml/rules", f"@only(r{n}), match: {{service: health, source: x, unit: hepco}}")
    found = faults(folder)
    assert len(found) == 7
    assert found[0].startswith("rules.yml: r0: ties with 'r1', 'r2', 'r3', 'r4', 'r5' and 2 more: ")
    assert found[6].startswith("rules.yml: r6: ties with 'r7': ")


def test_a_rule_for_one_category_ties_with_the_urgent_one_unless_it_leaves_urgent_out(folder: Path) -> None:
    add(folder, "rules.yml/rules", "@only(births), match: {service: one-stop-shop, category: EX-001}")
    assert faults(folder) == ["rules.yml: urgent: ties with 'births': an incident can fit both equally well"]


class Form(Struct, forbid_unknown_fields=True):
    """A document with names of its author's in it."""

    marks: dict[str, int] = {}


def test_what_nobody_knows_is_named_to_its_author_and_to_no_other() -> None:
    form = {"An": 1, "marks": {"Binh": "x"}}
    assert [fault.field for fault in schema_errors(Form, form, is_author=True)] == ["An", "marks.Binh"]
    assert [(fault.field, fault.reason) for fault in schema_errors(Form, form)] == [
        ("", "has a field nobody knows"),
        ("marks.*", "must be integer"),
    ]


SECRETS = [
    'kind: webhook, url: "https://centre:hunter2@hook.example/", signing_key: IOC_KEY',
    'kind: webhook, url: "https://hook.example/?token=hunter2&to=${IOC_ROOM}", signing_key: IOC_KEY',
    'kind: webhook, url: "https://hook.example/T01/hunter2hunter2hunter2/${IOC_REST}", signing_key: IOC_KEY',
    'kind: webhook, url: "https://hook.example/", signing_key: hunter2',
    'kind: apprise, url: "json://${IOC_USER}:hunter2@hook.example"',
    'kind: pigeon, url: "json://${IOC_USER}:hunter2@hook.example", colour: red',
]


@pytest.mark.parametrize("row", SECRETS)
def test_a_secret_that_is_written_out_is_refused_and_not_repeated(folder: Path, row: str) -> None:
    add(folder, "channels.yml/channels", f"id: x, {row}")
    found = faults(folder)
    assert any("a secret belongs in an environment variable" in fault for fault in found)
    assert "hunter2" not in "".join(found)


OFFICE = "id: a, calendar: hanh-chinh, targets: {resolve: 1h}, @match(a)"
GOOD = [
    (
        "channels.yml/channels",
        'id: x, kind: webhook, url: "https://c:${IOC_A}@hook.example/v1?token=${IOC_B}&to=duty", signing_key: IOC_KEY',
    ),
    ("channels.yml/channels", 'id: x, kind: apprise, url: "tgram://${IOC_BOT}/$IOC_ROOM", quiet: ["22:00-00:00"]'),
    ("channels.yml/channels", "id: wall, kind: screen, per_minute: 1"),
    ("channels.yml/channels", "id: screen, kind: screen"),
    ("procedures.yml/procedures", "code: p, @names, service: one-stop-shop, unit: ioc, online: none, target: 3653d"),
    ("rules.yml/rules", "@only(a), match: {service: one-stop-shop, category: EX-001, priority: [low, normal, high]}"),
    ("rules.yml/rules", "@only(a), match: {service: imported, category: anything}"),
    ("rules.yml/rules", f"{OFFICE}, ladder: [@late(wall), @later(working)]"),
    ("rules.yml/rules", f"{OFFICE}, ladder: [{{level: 1, whom: ioc}}, @later(wall)]"),
    ("rules.yml/rules", "@rule(a), ladder: [@late(working), @later(wall)]"),
    ("rules.yml/rules", "@rule(a), ladder: [{level: 9, whom: ioc, repeat: {every: 1m, times: 100}}]"),
    (
        "calendars.yml/calendars",
        "id: long, @mornings, holidays: [{date: 1970-01-01, to: 1971-01-02, name: A}, {date: 2099-12-31, name: A}]",
    ),
    ("calendars.yml/calendars", 'id: night, week: {sat-sun: ["00:00-06:00", "22:00-00:00"]}'),
]


@pytest.mark.parametrize(("place", "row"), GOOD)
def test_what_is_right_is_taken(folder: Path, place: str, row: str) -> None:
    add(folder, place, row)
    load_catalogue(folder)


def test_a_rung_repeats_and_waits_as_it_is_written(folder: Path) -> None:
    add(folder, "rules.yml/rules", "@rule(a), ladder: [{level: 1, whom: ioc, in: wall, repeat: {every: 2h, times: 3}}]")
    (rung,) = load_catalogue(folder).rules.by_id["a"].escalation_steps
    assert rung.waits_in == "wall"
    assert rung.repeat is not None
    assert (rung.repeat.every, rung.repeat.times) == (7_200_000, 3)


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("https://meet.example/hunter2", "must name an environment variable"),
        ("5", "must name an environment variable"),
        ('"https://${IOC_ROOM}@meet.example/?token=hunter2"', "seems to hold a secret"),
        ('"https://meet.example/${room}"', "must name environment variables"),
    ],
)
def test_the_link_to_the_war_room_is_a_secret(folder: Path, link: str, fault: str) -> None:
    channels = folder / "channels.yml"
    text = channels.read_text()
    assert load_catalogue(folder).war_room == "${IOC_WAR_ROOM_URL}"
    channels.write_text(text.replace('war_room: "${IOC_WAR_ROOM_URL}"', f"war_room: {link}"))
    (found,) = faults(folder)
    assert found.startswith("channels.yml: war_room: ")
    assert fault in found
    assert "hunter2" not in found
