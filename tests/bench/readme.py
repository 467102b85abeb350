"""The figures as the README tells them: what was recorded, between two marks."""

import re

from tests.bench import report
from tests.bench.results import CHART, RECORDED, ROOT, Result, Results

README = ROOT / "README.md"
_BLOCK = re.compile(r"(?<=<!-- figures: `make bench` writes them -->\n).*?(?=\n<!-- end of figures -->)", re.DOTALL)


def told(text: str) -> str:
    """Return what a README tells of the figures; ValueError when it has no place for them."""
    found = _BLOCK.search(text)
    if found is None:
        raise ValueError("the README has no marks between which figures stand")
    return found[0]


def write_readme(results: Results) -> None:
    """Put the recorded figures into the README."""
    text = README.read_text()
    README.write_text(text.replace(told(text), figures(results)))


def figures(results: Results) -> str:
    """Return all that the README says of the figures: where they were taken, the throughputs, every bar."""
    whole = sorted(results.benchmarks.items())
    days = {one.at[:10] for _, one in whole}
    taken = f"Taken on {' and '.join(sorted(days))} on {results.machine}. {_busy(whole)}"
    chart = f"![events a second]({(RECORDED.parent / CHART).relative_to(ROOT)})"
    bars = report.bars((name, one.rows) for name, one in whole)
    return "\n\n".join(
        [
            taken,
            report.markdown(results.benchmarks["throughput"].rows),
            chart,
            _table(["", "", "measured", "bar", ""], bars),
        ]
    )


def _busy(whole: list[tuple[str, Result]]) -> str:
    """Say whether something else ran: the first of all benchmarks begins on a machine that does nothing."""
    load = min((one.at, one.load) for _, one in whole)[1]
    return f"The machine was busy with other work (load {load:.1f}): they are low." if load > 1 else "Nothing else ran."


def _table(heads: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, ["---"] * len(heads), *lines])
