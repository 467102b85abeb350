"""What was measured, as text: a row for each thing measured, a column for each figure of it."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group
from rich.table import Table

from tests.bench.measured import Measured


def table(name: str, rows: Sequence[Measured]) -> Group:
    """Return the figures of a benchmark as a table for the terminal, and below it what was on."""
    heads, lines = grid(rows)
    shown = Table(title=name, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for head in heads[:-1]:
        shown.add_column(head, justify="right" if head else "left")
    for line in lines:
        shown.add_row(*line[:-1])
    told = (f"  {'all' if len(whats) == len(lines) else ' / '.join(whats)}: {on}" for on, whats in _with(lines).items())
    return Group(shown, *told, "")


def _with(lines: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Return what was on, and for which lines of a table."""
    found: dict[str, list[str]] = {}
    for what, *_, on in lines:
        if on:
            found.setdefault(on, []).append(what)
    return found


def markdown(rows: Sequence[Measured]) -> str:
    """Return the figures of a benchmark as a table for a document."""
    heads, lines = grid(rows)
    rules = ["---", *["---:"] * (len(heads) - 2), "---"]
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, rules, *lines])


def bars(results: Iterable[tuple[str, Sequence[Measured]]]) -> list[list[str]]:
    """Return each bar that was set, in the words of a table: benchmark, what, measured, bar, whether it is met."""
    return [
        [name, f"{row.what}: {row.figure}", _said(row, unit=True), bar(row), verdict(row)]
        for name, rows in results
        for row in rows
        if row.has_bar
    ]


def bar(row: Measured) -> str:
    """Return the bar of a figure."""
    least = [f">= {_number(row.at_least)}"] if row.at_least is not None else []
    most = [f"<= {_number(row.at_most)}"] if row.at_most is not None else []
    told = " and ".join([*least, *most]) + (f" {row.unit}" if row.unit else "")
    return told if row.allowed is None else f"{told} where the cores allow"


def verdict(row: Measured) -> str:
    """Return whether a figure meets its bar, and what the machine allows where the bar depends on that."""
    met = "met" if row.meets_bar else "MISSED"
    if row.allowed is None or row.value is None:
        return met
    allows = f"the machine allows {_number(row.allowed)} {row.unit}"
    return allows if row.reaches_allowed and not (row.meets_bar or row.bar_applies) else f"{met}; {allows}"


def grid(rows: Sequence[Measured]) -> tuple[list[str], list[list[str]]]:
    """Return the heads and the lines of a table: what, each figure there is, and what was on."""
    figures = {(row.figure, row.unit): None for row in rows if row.value is not None}
    heads = ["", *(f"{figure} ({unit})" if unit else figure for figure, unit in figures), "with"]
    return heads, [_line(what, rows, list(figures)) for what in {row.what: None for row in rows}]


def _line(what: str, rows: Sequence[Measured], figures: Sequence[tuple[str, str]]) -> list[str]:
    own = [row for row in rows if row.what == what]
    by_figure = {(row.figure, row.unit): _said(row) for row in own}
    on = {row.on: None for row in own if row.on}
    return [what, *(by_figure.get(figure, "") for figure in figures), "; ".join(on)]


def _said(row: Measured, unit: bool = False) -> str:
    if row.value is None:
        return "not measured"
    return f"{_number(row.value)} {row.unit}".strip() if unit else _number(row.value)


def _number(value: float) -> str:
    """Return a number with three figures at least."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
