"""Starting a contestant and taking down how it did."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.bench.load.processes import broker_of, cpu_seconds, peak_memory
from tests.bench.measured import Measured

ROOT = Path(__file__).resolve().parents[3]


class Contestant(Struct, frozen=True):
    """A program that takes part: its name, how it is started, what it guarantees, and how many records it can take."""

    name: str
    command: Sequence[str]
    on: str
    arguments: Sequence[str] = ()
    env: Mapping[str, str] = {}
    most: int | None = None


class LapReport(Struct, frozen=True):
    """What a contestant says of itself: records, wall seconds and CPU seconds from its first record to its last."""

    records: int
    seconds: float
    cpu: float


class GaveUp(Exception):
    """A contestant did not come to its end."""


def python(module: str) -> Sequence[str]:
    """Return the command that runs a module of this package."""
    return [sys.executable, "-m", f"tests.bench.contestants.{module}"]


def run(one: Contestant, bootstrap: str, source: str, target: str, wanted: int, folder: Path) -> list[Measured]:
    """Let a contestant read so many records; return what was measured. GaveUp when it does not come to its end."""
    command = [*one.command, bootstrap, source, target, str(wanted), *one.arguments]
    log, broker = folder / "contestant.log", [broker_of(bootstrap)]
    before = cpu_seconds(broker)
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **one.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=0,  # what is read ahead would not be seen by `select`
        )
    try:
        reported = _answer(process, patience=60 + wanted / 500)
        if reported is None:
            raise GaveUp(f"{one.name} did not come to its end: {log.read_text()[-3000:]}")
        return rows(one.name, one.on, reported, cpu_seconds(broker) - before, peak_memory(process.pid))
    finally:
        process.kill()
        process.communicate()


def rows(name: str, on: str, reported: LapReport, broker: float, memory: float) -> list[Measured]:
    """Return the figures that all who take part are compared by; `broker` is its CPU time meanwhile (s)."""
    return [
        Measured(name, "throughput", reported.records / reported.seconds, "events/s", on=on),
        Measured(name, "CPU", reported.cpu / reported.records * 1e6, "s/million events"),
        Measured(name, "CPU of the broker", broker / reported.records * 1e6, "s/million events"),
        Measured(name, "memory", memory, "MB"),
    ]


def _answer(process: subprocess.Popen[bytes], patience: float) -> LapReport | None:
    """Return what it reports on its standard output, after whatever else it says; None when it does not in time."""
    assert process.stdout is not None
    give_up = time.monotonic() + patience
    while select.select([process.stdout], [], [], max(0.0, give_up - time.monotonic()))[0]:
        said = process.stdout.readline()
        if not said:
            return None
        if said.startswith(b"{"):
            return msgspec.json.decode(said, type=LapReport)
    return None
