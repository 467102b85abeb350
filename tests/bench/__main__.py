"""`make bench`: run all benchmarks, or those named, one after another on one broker."""

import argparse
import logging
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from rich import box
from rich.console import Console
from rich.table import Table

from ioc.core.times import to_rfc3339
from streams.clock import now_ms
from tests.bench import report
from tests.bench.chart import draw
from tests.bench.load.processes import broker_of, others_seconds
from tests.bench.load.warming import WARM, warm
from tests.bench.machine import this_machine
from tests.bench.measured import Benchmark, scale
from tests.bench.readme import write_readme
from tests.bench.registry import BENCHMARKS, WITH_PEERS
from tests.bench.results import BUILT, CHART, RECORDED, Result, Results, commit, record, write_results
from tests.conftest import local_broker

Returned = TypeVar("Returned")
out = Console(highlight=False)
out.width = max(out.width, 132)


def main(arguments: list[str]) -> int:
    """Run benchmarks on a broker of their own; return 1 when one failed, 2 when one is unknown."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it tells of every new topic that has no leader yet
    given = _parser().parse_args(arguments)
    known = WITH_PEERS if given.peers else BENCHMARKS
    if unknown := set(given.names) - set(known):
        out.print(f"There is no benchmark {', '.join(sorted(unknown))}: there are {', '.join(known)}.")
        return 2
    if given.record and scale() != 1:
        out.print("A rehearsal (BENCH_SCALE) is not recorded.")
        return 2
    wanted = given.names or known
    results = Results(this_machine(), scale())
    out.print(f"{results.machine}\n")
    for name, result in _run({name: known[name] for name in wanted}):
        results.benchmarks[name] = result
        _keep(results, given.record)
    _print_bars(results)
    return 0 if len(results.benchmarks) == len(wanted) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description="Benchmarks, on one broker in one run.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}; all when none is named")
    parser.add_argument("--peers", action="store_true", help="the throughput, with that of other products")
    parser.add_argument("--record", action="store_true", help="put the figures into docs/benchmarks and the README")
    return parser


def _run(benchmarks: dict[str, Benchmark]) -> Iterator[tuple[str, Result]]:
    """Yield what each benchmark measured; one that fails says why and is left out."""
    with local_broker("bench") as bootstrap:
        out.print(f"Measured on {WARM}.\n")
        _in_a_folder(warm, bootstrap)
        for name, benchmark in benchmarks.items():
            try:
                result = _measure(benchmark, bootstrap)
            except Exception:
                out.print(f"{name} failed:\n{traceback.format_exc()}")
            else:
                out.print(report.table(name, result.rows))
                out.print(f"  {result.took:.0f} s; other work took {result.load:.2f} cores meanwhile\n")
                yield name, result


def _measure(benchmark: Benchmark, bootstrap: str) -> Result:
    broker = broker_of(bootstrap)
    at, began, others = to_rfc3339(now_ms()), time.monotonic(), others_seconds(broker)
    rows = _in_a_folder(benchmark, bootstrap)
    took = time.monotonic() - began
    return Result(at, round(took, 1), round((others_seconds(broker) - others) / took, 2), commit(), rows)


def _in_a_folder(do: Callable[[str, Path], Returned], bootstrap: str) -> Returned:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return do(bootstrap, Path(folder))


def _keep(results: Results, recording: bool) -> None:
    """Write down what was measured so far: a run that is broken off has lost only what was still to come."""
    _write(results, BUILT / "latest.json")
    if recording:
        whole = record(results)
        _write(whole, RECORDED)
        write_readme(whole)


def _write(results: Results, path: Path) -> None:
    """Write results to a file, and the throughputs as a drawing beside it."""
    write_results(results, path)
    if throughput := results.benchmarks.get("throughput"):
        draw(throughput.rows, path.with_name(CHART))


def _print_bars(results: Results) -> None:
    shown = Table("", "", "measured", "bar", "", title="Bars", box=box.SIMPLE_HEAD, title_justify="left")
    lines: Iterable[list[str]] = report.bars((name, one.rows) for name, one in results.benchmarks.items())
    for line in lines:
        shown.add_row(*line)
    out.print(shown)
    took = sum(one.took for one in results.benchmarks.values())
    out.print(f"{took:.0f} s; written to {BUILT / 'latest.json'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
