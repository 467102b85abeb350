"""What the paper is computed from: the footprint of a day, and the rates that the benchmarks measured, in one file."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from tests.bench.growth.capacity import Assumed, Rates
from tests.bench.growth.footprint import Footprint
from tests.bench.measured import Measured
from tests.bench.results import ROOT, Results

INPUTS = ROOT / "docs" / "benchmarks" / "growth.json"


class Inputs(Struct, frozen=True):
    """All that the tables of docs/growth.md depend on."""

    footprint: Footprint
    rates: Rates
    assumed: Assumed = Assumed()


class RateSource(Struct, frozen=True):
    """Where a rate is found: a figure of this row, or of the last one that has it. `bar` stands in when it is not."""

    benchmark: str
    what: str
    figure: str
    bar: float


SOURCES: Mapping[str, RateSource] = {
    "worker": RateSource("throughput", "our worker", "CPU", 20),
    "restore": RateSource("restore", "killed, another started at once", "rebuilt", 100_000),
    "held": RateSource("open-incidents", "", "memory", 1_500),
    "shown": RateSource("api", "", "memory", 2_000),
    "read": RateSource("api", "", "read at the start", 100_000),
    "intake_single": RateSource("intake", "one event a request", "CPU of the API", 700),
    "intake_batched": RateSource("intake", "batches of 100", "CPU of the API", 50),
    "open311": RateSource("intake", "Open311 reports", "CPU of the API", 1_100),
    "changes": RateSource("screens", "500 screens", "changes", 1_000),
}
# What a benchmark is run with, and is no figure of it.
_GIVEN: Mapping[str, float] = {"screens": 500}


def rates_of(results: Results) -> Rates:
    """Return the rates that results tell, and for each that they do not the bar it has to meet."""
    found = {name: _found(source, results) for name, source in SOURCES.items()}
    values = {
        name: source.bar if one is None else one
        for (name, source), one in zip(SOURCES.items(), found.values(), strict=True)
    }
    told = {name: _BAR if one is None else _told(SOURCES[name].benchmark, results) for name, one in found.items()}
    return Rates(**values, **_GIVEN, told={**told, **dict.fromkeys(_GIVEN, _BAR)})


_BAR = "the bar"


def _told(benchmark: str, results: Results) -> str:
    """Return which measurement it is, and how busy the machine was: a busy one makes all figures worse."""
    result = results.benchmarks[benchmark]
    return f"`{benchmark}`, {result.at[:10]}, load {result.load:.1f}"


def _found(source: RateSource, results: Results) -> float | None:
    measured = results.benchmarks.get(source.benchmark)
    rows: list[Measured] = [] if measured is None else measured.rows
    fitting = [row.value for row in rows if source.what in ("", row.what) and row.figure == source.figure]
    return next((value for value in reversed(fitting) if value is not None), None)


def read_inputs() -> Inputs:
    """Return what was recorded."""
    return msgspec.json.decode(INPUTS.read_bytes(), type=Inputs)


def write_inputs(inputs: Inputs) -> None:
    """Record what was measured."""
    INPUTS.parent.mkdir(parents=True, exist_ok=True)
    INPUTS.write_bytes(msgspec.json.format(msgspec.json.encode(inputs)) + b"\n")
