"""Print the tables of docs/growth.md, or measure their inputs anew and rewrite it."""

import argparse
from pathlib import Path

import msgspec

from tests.bench.growth.footprint import measure_footprint
from tests.bench.growth.inputs import Inputs, rates_of, read_inputs, write_inputs
from tests.bench.growth.paper import PAPER, tables, written
from tests.bench.results import RECORDED, Results


def main() -> None:
    """Do so."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth")
    parser.add_argument(
        "--record", action="store_true", help="measure the footprint, take the rates, rewrite the paper"
    )
    parser.add_argument("--rates", type=Path, default=RECORDED, help="results of the benchmarks to take the rates from")
    given = parser.parse_args()
    if given.record:
        results = msgspec.json.decode(given.rates.read_bytes(), type=Results)
        if results.scale != 1:
            parser.error(f"{given.rates} is a rehearsal (BENCH_SCALE {results.scale})")
        write_inputs(Inputs(measure_footprint(), rates_of(results)))
        PAPER.write_text(written(PAPER.read_text(), read_inputs()))
    for table in tables(read_inputs()).values():
        print(table, end="\n\n")


if __name__ == "__main__":
    main()
