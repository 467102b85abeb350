"""What the benchmarks fold must be what they say it is, and what the README tells of them what they measured."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from ioc.catalogue.reading.load import load_catalogue
from ioc.core.records import ClockKind
from ioc.core.rejections import Rejection
from ioc.core.times import DAY
from ioc.core.topics import Topic
from ioc.incident.event import Event
from ioc.incident.payloads import Reported
from ioc.processors.incidents import IncidentProcessor
from ioc.processors.reader import read_event
from ioc.processors.sensors import SensorProcessor as Sensors
from ioc.processors.serde import decode_incident
from streams.clock import now_ms
from tests.bench import report
from tests.bench.benchmarks.alone import fold_apart
from tests.bench.load.states import afternoon, as_records
from tests.bench.load.workload import catalogue_with_sensors, records, size
from tests.bench.machine import Machine
from tests.bench.measured import Measured, skipped
from tests.bench.readme import README, figures, told
from tests.bench.registry import BENCHMARKS
from tests.bench.results import ROOT, Result, Results, record, recorded, write_results
from tests.unit.samples import CITY

NOW = now_ms()
DAYS = list(records(3, NOW))


def test_the_readme_tells_what_was_recorded() -> None:
    results = recorded()
    assert results is not None
    assert told(README.read_text()) == figures(results)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_is_explained(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "docs" / "benchmarks.md").read_text()


def test_the_load_is_of_the_last_day_and_all_but_a_few_records_are_folded() -> None:
    read = [read_event(key, value) for key, value in DAYS]
    assert len(read) == 3 * size()
    times = [event.time for event in read if isinstance(event, Event)]
    assert NOW - DAY <= min(times) < NOW - DAY // 2
    assert NOW - DAY // 24 < max(times) <= NOW
    refused = sum(isinstance(event, Rejection) for event in read)
    assert 0 < refused < len(read) / 100


def test_the_same_cities_are_the_same_load_at_any_hour() -> None:
    later = list(records(3, NOW + DAY))
    assert [key for key, _ in later] == [key for key, _ in DAYS]
    assert [len(value) for _, value in later] == [len(value) for _, value in DAYS]


def test_cities_have_nothing_in_common() -> None:
    drawn = {key for key, _ in records(1, NOW)}
    assert len({key for key, _ in DAYS}) == 3 * len(drawn)
    events = [event for event in (read_event(key, value) for key, value in DAYS) if isinstance(event, Event)]
    places: dict[str, list[float]] = {}
    for event in events:
        if isinstance(event.payload, Reported) and event.payload.lon is not None:
            places.setdefault(_city(event.incident), []).append(event.payload.lon)
    spans = sorted((min(some), max(some)) for some in places.values())
    assert len(spans) == 3
    assert all(east < next_west for (_, east), (next_west, _) in pairwise(spans))


def _city(incident: str) -> str:
    found = re.search(r"c\d+$", incident)
    return found[0] if found else ""


def test_every_city_has_its_sensors(tmp_path: Path) -> None:
    catalogue = load_catalogue(catalogue_with_sensors(2, tmp_path))
    assert len(catalogue.sensors) == 2 * len(CITY.sensors)
    log = as_records(list(records(2, NOW, Topic.INDICATORS))[:4000], 0, NOW)
    changes = Sensors(0, catalogue, ClockKind.WALL).fold(log)
    assert len(changes.sensors) > len(CITY.sensors)
    assert len(changes.dead_letters) < len(log) / 100


def test_states_of_open_incidents_are_as_many_as_wanted_and_can_be_put_back() -> None:
    held = afternoon(CITY, NOW)
    count = 2 * len(held.states) + 1
    states = dict(held.open_incidents(count))
    assert len(states) == count
    assert all(decode_incident(state).is_open for state in states.values())
    assert all(decode_incident(state).id.encode() == key for key, state in states.items())
    processor = IncidentProcessor(0, CITY, ClockKind.WALL)
    for key, state in states.items():
        processor.restore(Topic.INCIDENTS, key, state)
    processor.build_indexes()
    coming = as_records(list(held.records([0, 1])), 0, NOW)
    changes = processor.fold(coming)
    assert processor.state_count == count
    assert len(changes.dead_letters) < len(coming) / 100


ROWS = [
    Measured("ours", "throughput", 51_234.6, "events/s", on="exactly once", at_least=50_000),
    Measured("ours", "of theirs", 0.2, "x", at_least=0.25),
    Measured("theirs", "throughput", 200_000, "events/s", on="at least once"),
    skipped("others", "throughput", "no Java"),
]


def test_a_line_of_the_table_is_what_was_measured_and_a_column_a_figure_of_it() -> None:
    assert report.grid(ROWS) == (
        ["", "throughput (events/s)", "of theirs (x)", "with"],
        [
            ["ours", "51,235", "0.2", "exactly once"],
            ["theirs", "200,000", "", "at least once"],
            ["others", "", "", "skipped: no Java"],
        ],
    )


def test_a_bar_is_met_or_missed() -> None:
    assert report.bars([("speed", ROWS)]) == [
        ["speed", "ours: throughput", "51,235 events/s", ">= 50,000 events/s", "met"],
        ["speed", "ours: of theirs", "0.2 x", ">= 0.25 x", "MISSED"],
    ]
    assert not Measured("ours", "delay", None, "ms", at_most=500).meets_bar


@pytest.mark.parametrize(
    ("value", "allowed", "verdict"),
    [
        (1.75, 1.9, "met; the machine allows 1.9 x"),
        (1.72, 1.4, "met; the machine allows 1.4 x"),
        (1.39, 1.9, "MISSED; the machine allows 1.9 x"),
        (1.39, 1.7, "MISSED; the machine allows 1.7 x"),
        (1.39, 1.4, "the machine allows 1.4 x"),
        (1.2, 1.4, "MISSED; the machine allows 1.4 x"),
        (None, 1.4, "MISSED"),
    ],
)
def test_a_bar_that_the_machine_does_not_reach_is_neither_met_nor_missed_by_who_comes_near_what_it_allows(
    value: float | None, allowed: float, verdict: str
) -> None:
    row = Measured("2 workers", "of one", value, "x", at_least=1.7, allowed=allowed)
    assert report.bars([("scaling", [row])])[0][-2:] == [">= 1.7 x where the cores allow", verdict]


def test_only_the_bar_of_two_workers_depends_on_what_the_machine_allows() -> None:
    passing = {
        path.name for path in (ROOT / "tests" / "bench").rglob("*.py") for call in _calls(path) if "allowed" in call
    }
    assert passing == {"scaling.py"}
    results = recorded()
    assert results is not None
    assert {
        (name, row.what, row.figure)
        for name, one in results.benchmarks.items()
        for row in one.rows
        if row.allowed is not None
    } <= {("scaling", "2 workers", "of one")}


def _calls(path: Path) -> Iterator[set[str]]:
    """Yield the names of the arguments of each call in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield {keyword.arg for keyword in node.keywords if keyword.arg}


def test_what_two_workers_are_held_against_are_two_processes_that_fold_everything() -> None:
    one, two = fold_apart(1, 1)
    assert (one.records, two.records) == (size(), 2 * size())
    assert 0.5 < one.records * two.cpu / two.records / one.cpu < 3


MACHINE = Machine("a processor", 2, 4, "3.11", "4.1", "0.14", "0.15")


def _result(day: str, load: float, *rows: Measured) -> Result:
    return Result(f"{day}T10:00:00.000Z", 1.0, load, "abc", list(rows))


def test_the_readme_says_when_all_was_taken_and_whether_something_else_ran() -> None:
    one = {"throughput": _result("2026-11-24", 0.1, *ROWS), "latency": _result("2026-11-24", 0.1)}
    text = figures(Results(MACHINE, benchmarks=one))
    assert text.startswith(f"Taken on 2026-11-24, nothing else running. The machine: {MACHINE}.\n")
    assert "| theirs | 200,000 |  | at least once |" in text
    assert "| throughput | ours: of theirs | 0.2 x | >= 0.25 x | MISSED |" in text


def test_the_readme_says_of_each_part_when_it_was_taken_where_that_differs() -> None:
    parts = {
        "throughput": _result("2026-11-24", 0.1, *ROWS),
        "latency": _result("2026-11-25", 0.1),
        "scaling": _result("2026-11-24", 2.13),
        "api": _result("2026-11-24", 0.2),
    }
    assert figures(Results(MACHINE, benchmarks=parts)).startswith(
        "Taken on 2026-11-24, beside other work (so they are low): scaling; "
        "on 2026-11-24, nothing else running: api, throughput; "
        "on 2026-11-25, nothing else running: latency. The machine: "
    )


def test_what_is_recorded_takes_the_place_of_the_same_and_leaves_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bench.results.RECORDED", tmp_path / "latest.json")
    before = {"throughput": _result("2026-11-24", 0.1, *ROWS), "latency": _result("2026-11-24", 0.1)}
    write_results(Results(MACHINE, benchmarks=before), tmp_path / "latest.json")
    new = {"latency": _result("2026-11-25", 0.1)}
    assert record(Results(MACHINE, benchmarks=new)).benchmarks == {**before, **new}
    other = Results(replace(MACHINE, cores=8), benchmarks=new)
    assert record(other).benchmarks == new, "figures of two machines are not put side by side"
