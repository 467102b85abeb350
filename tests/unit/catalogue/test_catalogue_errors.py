"""Errors of several rows together: cycles and ties; secrets in URLs; and what is no error."""

from pathlib import Path

import pytest
from msgspec import Struct

from ioc.catalogue.reading.load import load_catalogue
from ioc.core.schema import schema_errors
from tests.unit.catalogue.broken_catalogue import add_row, errors_of


def test_units_above_one_another_are_told_each(folder: Path) -> None:
    for unit, parent in ("ab", "bc", "ca", "da"):
        add_row(folder, "units.yml/units", f"code: {unit}, name: A, parent: {parent}")
    assert errors_of(folder) == [f"units.yml: {unit}: is above itself" for unit in "abc"]


def test_rules_that_tie_are_told_with_all_that_they_tie_with(folder: Path) -> None:
    for rule, match in (
        ("a", "service: [health, education], unit: hepco, source: x"),
        ("b", "service: education, unit: [hepco, ioc], source: [x, y]"),
        ("c", "service: health, unit: [hepco, ioc], source: [x, z]"),
    ):
        add_row(folder, "rules.yml/rules", f"@only({rule}), match: {{{match}}}")
    assert errors_of(folder) == ["rules.yml: a: ties with 'b', 'c': an incident can fit both equally well"]


def test_of_many_rules_that_a_rule_ties_with_some_are_named(folder: Path) -> None:
    for number in range(8):
        add_row(folder, "rules.yml/rules", f"@only(r{number}), match: {{service: health, source: x, unit: hepco}}")
    errors = errors_of(folder)
    assert len(errors) == 7
    assert errors[0].startswith("rules.yml: r0: ties with 'r1', 'r2', 'r3', 'r4', 'r5' and 2 more: ")
    assert errors[6].startswith("rules.yml: r6: ties with 'r7': ")


def test_a_rule_for_one_category_ties_with_the_urgent_one_unless_it_leaves_urgent_out(folder: Path) -> None:
    add_row(folder, "rules.yml/rules", "@only(births), match: {service: one-stop-shop, category: EX-001}")
    assert errors_of(folder) == ["rules.yml: urgent: ties with 'births': an incident can fit both equally well"]


class AuthoredDocument(Struct, forbid_unknown_fields=True):
    """A document with names of its author's in it."""

    marks: dict[str, int] = {}


def test_what_nobody_knows_is_named_to_its_author_and_to_no_other() -> None:
    document = {"An": 1, "marks": {"Binh": "x"}}
    assert [error.field for error in schema_errors(AuthoredDocument, document, is_author=True)] == ["An", "marks.Binh"]
    assert [(error.field, error.reason) for error in schema_errors(AuthoredDocument, document)] == [
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
    add_row(folder, "channels.yml/channels", f"id: x, {row}")
    errors = errors_of(folder)
    assert any("a secret belongs in an environment variable" in error for error in errors)
    assert "hunter2" not in "".join(errors)


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


@pytest.mark.parametrize(("list_path", "row"), GOOD)
def test_what_is_right_is_taken(folder: Path, list_path: str, row: str) -> None:
    add_row(folder, list_path, row)
    load_catalogue(folder)


def test_a_step_repeats_and_waits_as_it_is_written(folder: Path) -> None:
    ladder = "[{level: 1, whom: ioc, in: wall, repeat: {every: 2h, times: 3}}]"
    add_row(folder, "rules.yml/rules", f"@rule(a), ladder: {ladder}")
    (step,) = load_catalogue(folder).rules.by_id["a"].escalation_steps
    assert step.waits_in == "wall"
    assert step.repeat is not None
    assert (step.repeat.every, step.repeat.times) == (7_200_000, 3)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("https://meet.example/hunter2", "must name an environment variable"),
        ("5", "must name an environment variable"),
        ('"https://${IOC_ROOM}@meet.example/?token=hunter2"', "seems to hold a secret"),
        ('"https://meet.example/${room}"', "must name environment variables"),
    ],
)
def test_the_link_to_the_war_room_is_a_secret(folder: Path, link: str, reason: str) -> None:
    channels = folder / "channels.yml"
    text = channels.read_text()
    assert load_catalogue(folder).war_room == "${IOC_WAR_ROOM_URL}"
    channels.write_text(text.replace('war_room: "${IOC_WAR_ROOM_URL}"', f"war_room: {link}"))
    (error,) = errors_of(folder)
    assert error.startswith("channels.yml: war_room: ")
    assert reason in error
    assert "hunter2" not in error
