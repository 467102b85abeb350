"""A city more is one file: what it says of a table becomes events, and all that is wrong with it is told at once."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from console.cities.city_map import UnreadableFile, read_events
from console.cities.registry import CityName, judging_map_of, map_of
from console.main import app
from ioc.core.records import ClockKind, Record
from ioc.core.times import parse_instant
from ioc.incident.state import Incident
from ioc.processors.incidents import IncidentProcessor
from tests.unit.samples import CITY

DATA = Path(__file__).parent / "data"
MAP, TABLE = DATA / "my-city.yml", DATA / "my-city.csv"

# A city of which as little is known as possible.
LEAST = "city: a\nzone: UTC\ncolumns: {id: no, reported: at}\n"


def incidents_of(city_map: Path, table: Path) -> dict[str, Incident]:
    """Return the incidents that a partition makes of a table."""
    processor = IncidentProcessor(0, CITY, ClockKind.EVENT)
    for offset, event in enumerate(read_events(map_of(str(city_map)), table)):
        changes = processor.fold([Record(offset, event.at, event.key, event.value)])
        assert changes.dead_letters == []
        processor.apply(changes)
    return processor.incidents


def test_a_table_becomes_events_by_a_file_alone() -> None:
    events = read_events(map_of(str(MAP)), TABLE)
    assert [event.key for event in events] == [b"my-city:K-1"] * 2 + [b"my-city:K-2"] * 2 + [b"my-city:K-3"] * 2 + [
        b"my-city:K-4"
    ]
    assert msgspec.json.decode(events[0].value) == {
        "specversion": "1.0",
        "id": "K-1-reported",
        "source": "/imported/my-city",
        "subject": "K-1",
        "type": "vn.ioc.incident.reported.v1",
        "time": "2025-10-27T14:30:00+07:00",
        "data": {
            "service": "imported",
            "category": "Cây",
            "title": "Cây đổ chắn đường",
            "unit": "Tổ cây xanh",
            "ward": "An Cựu",
            "channel": "Điện thoại",
            "lat": 16.46,
            "lon": 107.59,
            "address": "12 Hùng Vương",
            "due": {"resolve": "2025-10-28T14:30:00+07:00"},
        },
    }


def test_its_incidents_end_as_the_city_says() -> None:
    incidents = incidents_of(MAP, TABLE)
    states = {incident_id[-1]: incident.state for incident_id, incident in incidents.items()}
    assert states == {"1": "resolved", "2": "resolved", "3": "cancelled", "4": "reported"}
    assert incidents["my-city:K-2"].closed_at == parse_instant("2025-10-29T02:00:00Z")
    assert incidents["my-city:K-1"].on_time is True
    assert incidents["my-city:K-2"].on_time is False


def test_its_verdicts_are_the_centres() -> None:
    city_map, incidents = judging_map_of(str(MAP)), incidents_of(MAP, TABLE)
    rows = list(city_map.rows(TABLE))
    assert [city_map.verdict(row) for row in rows] == [True, False, None, None]
    for row in rows:
        assert city_map.verdict(row) in (None, incidents[city_map.key(row)].on_time)


def test_without_endings_what_is_over_was_resolved_and_times_may_have_a_zone(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(LEAST.replace("at}", "at, ended: end}"))
    (tmp_path / "a.csv").write_text("\ufeffno,at,end\n1,2025-10-27T14:30:00Z,2025-10-27 23:30:00+07:00\n")
    (incident,) = incidents_of(tmp_path / "a.yml", tmp_path / "a.csv").values()
    assert (incident.state, incident.closed_at) == ("resolved", parse_instant("2025-10-27T16:30:00Z"))


def test_every_error_of_a_map_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yml"
    file.write_text("""
        city: My City
        zone: Asia/Hue
        time: "%I:%M"
        delimiter: ""
        columns: {reported: at, lat: y, colour: c}
        endings: {column: s, words: {Done: finished}}
        verdicts: {column: v, on_time: [yes, late], overdue: [late]}
        colour: red
    """)
    with pytest.raises(UnreadableFile) as refused:
        map_of(str(file))
    assert str(refused.value).splitlines()[0] == f"The map {file} cannot be used:"
    assert sorted(error.partition(":")[0] for error in refused.value.errors) == [
        "city",
        "colour",
        "columns",
        "columns.colour",
        "columns.ended",
        "columns.id",
        "delimiter",
        "endings.words.Done",
        "time",
        "verdicts",
        "zone",
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "-: must be a mapping"),
        ("- a list", "-: must be a mapping"),
        ("city: [", ": not YAML: "),
        ("city: a\ncity: b\n", "there twice"),
        (LEAST.replace("UTC", '"+25:00"'), "zone: unknown time zone '+25:00'"),
        (LEAST.replace("UTC", "-5"), "zone: must be string"),
        (LEAST + 'time: "%Y-%d"\n', "time: must give the year, the month and the day"),
        (LEAST + 'time: "%Y-%m-%d %I:%M"\n', "time: hours of a clock of twelve need %p"),
        (LEAST + 'time: "%Y-%m-%d %Q"\n', "time: no format of times"),
    ],
)
def test_what_no_map_is_is_refused(tmp_path: Path, content: str, error: str) -> None:
    (tmp_path / "a.yml").write_text(content)
    with pytest.raises(UnreadableFile) as refused:
        map_of(str(tmp_path / "a.yml"))
    assert any(error in told for told in refused.value.errors), refused.value.errors


def test_every_request_that_cannot_be_read_is_told_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        LEAST.replace("at}", "at, ended: end, lat: y, lon: x}") + "endings: {column: s, words: {Done: resolved}}\n"
    )
    lines = ["no,at,end,y,x,s", "1,2025-10-27,,,,", "2,soon,,,,", ",2025-10-27,,,,", "4,,,,,", "5,2025-10-27,,north,1,"]
    (tmp_path / "a.csv").write_text("\n".join([*lines, "6,2025-10-27,2025-10-28,,,Lost", "7,2025-10-27,,,"]))
    with pytest.raises(UnreadableFile) as refused:
        read_events(map_of(str(tmp_path / "a.yml")), tmp_path / "a.csv")
    beginnings = [
        "request 2: at: ",
        "request 3: no: missing",
        "request 4: at: missing",
        "request 5: y: ",
        "request 6: s: ",
    ]
    assert [error.startswith(text) for error, text in zip(refused.value.errors, beginnings, strict=True)] == [True] * 5


def test_a_table_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(LEAST)
    (tmp_path / "a.csv").write_bytes("no,at\n1,Huế\n".encode("utf-16"))
    with pytest.raises(UnreadableFile, match="cannot be read:\n  -: 'utf-8' codec"):
        read_events(map_of(str(tmp_path / "a.yml")), tmp_path / "a.csv")


def test_every_column_that_is_missing_is_named() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_events(map_of(CityName.LOS_ANGELES), TABLE)
    assert len(refused.value.errors) == 11
    assert "column 'SRNumber' is missing" in refused.value.errors


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["replay", str(TABLE), "--map", "nowhere311"], "a map is a file, or one of boston311, chicago311, la311"),
        (["replay", str(TABLE), "--map", "la311"], "column 'CreatedDate' is missing"),
        (["replay", str(TABLE), "--map", str(TABLE)], "must be a mapping"),
        (["verdicts", str(TABLE), "--map", "la311"], "there is nothing to compare"),
    ],
)
def test_a_command_with_a_map_that_cannot_be_used_ends_with_2(command: list[str], words: str) -> None:
    ended = CliRunner().invoke(app, command)
    assert ended.exit_code == 2
    assert words in ended.stderr
