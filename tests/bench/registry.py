"""The benchmarks there are, by name, in the order in which they run.

A new one is a function of its own file that takes the address of the broker and an empty folder and returns `Measured`
rows: those of one `what` are a line of the table, each `figure` a column, `at_least` and `at_most` the bar to meet.
"""

from collections.abc import Mapping
from pathlib import Path

from tests.bench.benchmarks.api import measure_api
from tests.bench.benchmarks.frames import measure_frames
from tests.bench.benchmarks.intake import measure_intake
from tests.bench.benchmarks.latency import measure_latency
from tests.bench.benchmarks.open_incidents import measure_open_incidents
from tests.bench.benchmarks.ratio import measure_ratio
from tests.bench.benchmarks.restore import measure_restore
from tests.bench.benchmarks.scaling import measure_scaling
from tests.bench.benchmarks.screens import measure_screens
from tests.bench.benchmarks.sensors import measure_sensors
from tests.bench.benchmarks.throughput import measure_throughput
from tests.bench.measured import Benchmark, Measured
from tests.bench.peers.install import peers

BENCHMARKS: Mapping[str, Benchmark] = {
    "throughput": measure_throughput,
    "sensors": measure_sensors,
    "scaling": measure_scaling,
    "latency": measure_latency,
    "open-incidents": measure_open_incidents,
    "restore": measure_restore,
    "intake": measure_intake,
    "api": measure_api,
    "screens": measure_screens,
    "frames": measure_frames,
    "ratio": measure_ratio,
}


def measure_with_peers(bootstrap: str, folder: Path) -> list[Measured]:
    """Return the throughput of all, those of other products included that can be installed here."""
    found, missing = peers()
    return [*measure_throughput(bootstrap, folder, found), *missing]


WITH_PEERS: Mapping[str, Benchmark] = {"throughput": measure_with_peers}
