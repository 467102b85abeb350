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


class _Source(Struct, frozen=True):
    """Where a rate is found: a figure of the last row whose name begins so. `bar` stands in when it is not."""

    benchmark: str
    what: str
    figure: str
    bar: float


_SOURCES: Mapping[str, _Source] = {
    "worker": _Source("throughput", "our worker", "CPU", 20),
    "restore": _Source("restore", "killed, another", "rebuilt", 100_000),
    "held": _Source("open-incidents", "", "memory", 1_500),
    "shown": _Source("api", "", "memory an incident", 2_000),
    "read": _Source("api", "", "read", 100_000),
    "intake_single": _Source("intake", "one event a request", "CPU of the API", 700),
    "intake_batched": _Source("intake", "batches", "CPU of the API", 50),
    "open311": _Source("intake", "Open311", "CPU of the API", 1_100),
    "screens": _Source("api", "", "screens", 500),
    "changes": _Source("api", "", "changes", 1_000),
}


def rates_of(results: Results) -> Rates:
    """Return the rates that results tell, and for each that they do not the bar it has to meet."""
    found = {name: _found(source, results) for name, source in _SOURCES.items()}
    values = {
        name: source.bar if one is None else one
        for (name, source), one in zip(_SOURCES.items(), found.values(), strict=True)
    }
    told = {name: _BAR if one is None else _told(_SOURCES[name].benchmark, results) for name, one in found.items()}
    return Rates(**values, told=told)


_BAR = "the bar"


def _told(benchmark: str, results: Results) -> str:
    """Return which measurement it is, and how busy the machine was: a busy one makes all figures worse."""
    result = results.benchmarks[benchmark]
    return f"`{benchmark}`, {result.at[:10]}, load {result.load:.1f}"


def _found(source: _Source, results: Results) -> float | None:
    measured = results.benchmarks.get(source.benchmark)
    rows: list[Measured] = [] if measured is None else measured.rows
    fitting = [row.value for row in rows if row.what.startswith(source.what) and row.figure == source.figure]
    return next((value for value in reversed(fitting) if value is not None), None)


def read_inputs() -> Inputs:
    """Return what was recorded."""
    return msgspec.json.decode(INPUTS.read_bytes(), type=Inputs)


def write_inputs(inputs: Inputs) -> None:
    """Record what was measured."""
    INPUTS.parent.mkdir(parents=True, exist_ok=True)
    INPUTS.write_bytes(msgspec.json.format(msgspec.json.encode(inputs)) + b"\n")
