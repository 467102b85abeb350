"""What an event costs with ten thousand, a hundred thousand and a million incidents open, and what those take."""

import subprocess
import sys
from pathlib import Path

import msgspec

from tests.bench.benchmarks.held import Held
from tests.bench.measured import Measured, scaled
from tests.bench.results import ROOT

COUNTS = (10_000, 100_000, 1_000_000)
ON = "all rules, in one process, Kafka left out; the least CPU time of three turns"


def measure_open_incidents(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the figures at each number of incidents, each in a process of its own."""
    found = [_held(max(COUNTS[0], scaled(count))) for count in COUNTS]
    least, most = found[0], found[-1]
    return [
        *(row for one in found for row in _rows(one, at_most=1500 if one is most else None)),
        Measured(_name(most), "of the event at the fewest", most.event / least.event, "x", at_most=1.2),
    ]


def _rows(one: Held, at_most: float | None) -> list[Measured]:
    return [
        Measured(_name(one), "CPU", one.event, "µs an event", on=ON),
        Measured(_name(one), "memory", one.bytes, "bytes an incident", at_most=at_most),
        Measured(_name(one), "put back", one.restored, "states a CPU second"),
    ]


def _name(one: Held) -> str:
    return f"{one.incidents:,} open incidents"


def _held(count: int) -> Held:
    command = [sys.executable, "-m", "tests.bench.benchmarks.held", str(count)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, timeout=600)
    return msgspec.json.decode(done.stdout, type=Held)
