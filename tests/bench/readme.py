"""The figures as the README tells them: what was recorded, between two marks."""

import re
from collections.abc import Mapping

from tests.bench import report
from tests.bench.results import CHART, RECORDED, ROOT, Result, Results

# So many cores the system takes itself, and the browser's processes that nobody waits for.
_OWN = 0.3
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
    """Return all that the README says of the figures: where and when they were taken, the throughputs, every bar."""
    whole = dict(sorted(results.benchmarks.items()))
    parts = [f"Taken {_taken(whole)} The machine: {results.machine}."]
    if throughput := whole.get("throughput"):
        chart = f"![events a second]({(RECORDED.parent / CHART).relative_to(ROOT)})"
        parts += [report.markdown(throughput.rows), chart]
    bars = report.bars((name, one.rows) for name, one in whole.items())
    return "\n\n".join([*parts, _table(["", "", "measured", "bar", ""], bars)])


def _taken(whole: Mapping[str, Result]) -> str:
    """Say when all was taken, or each part that was taken on a day or a machine as busy of its own."""
    runs: dict[str, list[str]] = {}
    for name, one in whole.items():
        runs.setdefault(f"on {one.at[:10]}, {_busy(one)}", []).append(name)
    if len(runs) == 1:
        return f"{next(iter(runs))}."
    return "; ".join(f"{run}: {', '.join(names)}" for run, names in sorted(runs.items())) + "."


def _busy(one: Result) -> str:
    """Say whether something else ran meanwhile; the system itself takes a little."""
    return "beside other work (so they are low)" if one.load > _OWN else "nothing else running"


def _table(heads: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, ["---"] * len(heads), *lines])
