"""The benchmarks there are, by name, in the order in which they run.

A new one is a function of its own file that takes the address of the broker and an empty folder and returns `Measured`
rows: those of one `what` are a line of the table, each `figure` a column, `at_least` and `at_most` the bar to meet.
"""

from collections.abc import Mapping

from tests.bench.measured import Benchmark
from tests.bench.throughput import measure_throughput

BENCHMARKS: Mapping[str, Benchmark] = {
    "throughput": measure_throughput,
}
