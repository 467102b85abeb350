"""`make bench`: run all benchmarks, or those named."""

import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.bench.latency import measure_latency
from tests.bench.throughput import measure_throughput
from tests.conftest import local_broker

BENCHMARKS = {"latency": measure_latency, "throughput": measure_throughput}


def main(names: list[str]) -> int:
    """Run benchmarks on a broker of their own; return an exit code."""
    console = Console(highlight=False)
    if unknown := set(names) - set(BENCHMARKS):
        console.print(f"There is no benchmark {', '.join(sorted(unknown))}: there are {', '.join(BENCHMARKS)}.")
        return 2
    with local_broker("bench") as bootstrap:
        for name in names or BENCHMARKS:
            with tempfile.TemporaryDirectory() as folder:
                console.print(BENCHMARKS[name](bootstrap, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
