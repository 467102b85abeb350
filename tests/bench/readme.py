"""The figures as the README tells them: what was recorded, between two marks."""

import re

from tests.bench import report
from tests.bench.results import ROOT, Results

README = ROOT / "README.md"
_BLOCK = re.compile(r"(?<=<!-- figures -->\n).*?(?=\n<!-- end of figures -->)", re.DOTALL)


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
    """Return all that the README says of the figures."""
    throughput = results.benchmarks["throughput"]
    day = min(one.at for one in results.benchmarks.values())[:10]
    return "\n\n".join(
        [
            f"Measured on {day} on {results.machine}.",
            report.markdown(throughput.rows),
            _bars(results),
        ]
    )


def _bars(results: Results) -> str:
    lines = report.bars((name, one.rows) for name, one in results.benchmarks.items())
    heads = ["benchmark", "what", "measured", "bar", ""]
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, ["---"] * 5, *lines])
