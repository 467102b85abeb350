"""What benchmarks measured, as JSON files: of the last run under `build/`, of what the README quotes under `docs/`."""

import subprocess
from pathlib import Path

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from tests.bench.machine import Machine
from tests.bench.measured import Measured

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build" / "bench"
RECORDED = ROOT / "docs" / "benchmarks" / "latest.json"
CHART = "throughput.svg"


class Result(Struct, frozen=True):
    """What one benchmark measured: when it began (RFC 3339), how long it took (s), of which commit.

    `load` is how many cores other work took while it ran: figures of a busy machine are low.
    """

    at: str
    took: float
    load: float
    commit: str
    rows: list[Measured]


class Results(Struct, frozen=True):
    """What was measured on a machine, by the name of the benchmark; at less than full size (`scale`) a rehearsal."""

    machine: Machine
    scale: float = 1.0
    benchmarks: dict[str, Result] = field(default_factory=dict)


def write_results(results: Results, path: Path) -> None:
    """Write results to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")


def recorded() -> Results | None:
    """Return what the README quotes; None as long as nothing was recorded."""
    return msgspec.json.decode(RECORDED.read_bytes(), type=Results) if RECORDED.exists() else None


def record(results: Results) -> Results:
    """Return what is recorded on this machine, with results in the place of those of the same benchmarks."""
    before = recorded()
    kept = before.benchmarks if before is not None and before.machine == results.machine else {}
    return replace(results, benchmarks={**kept, **results.benchmarks})


def commit() -> str:
    """Return the commit that is measured, with a `+` when files were changed since."""
    head = _git("rev-parse", "--short=12", "HEAD")
    return f"{head}+" if _git("status", "--porcelain", "--", "ioc", "streams", "api", "console") else head


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout.strip()
