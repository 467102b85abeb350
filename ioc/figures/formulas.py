"""The figures of a period: one table of formulas, read from formulas.toml.

JSON, CSV, the report and the OpenAPI document are made from the table, so a figure is added in one place: a row of the
file, and the measures it is computed from.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any, NamedTuple, assert_never

import msgspec
from msgspec import Struct

from ioc.core.times import SECOND
from ioc.figures.aggregates import LEVELS, Aggregate, Measure, Timing
from ioc.figures.expressions import operands, quotient, total
from ioc.figures.sketch import ERROR
from ioc.figures.sums import Sums

FigureValue = int | float | dict[str, Any] | None
"""What a formula gives: a number, the parts of a timing, or None where there is nothing to divide by."""


class Shape(StrEnum):
    """What kind of value a formula gives: a count, a share of 1, seconds, a plain number, or a timing's parts."""

    COUNT = "count"
    RATE = "rate"
    SECONDS = "seconds"
    NUMBER = "number"
    TIMING = "timing"


class Formula(NamedTuple):
    """One figure: its name in its group, how it is computed, its names in both languages, and what they leave out."""

    name: str
    shape: Shape
    compute: Callable[[Sums], FigureValue]
    en: str
    vi: str
    description: str = ""


QUANTILES = (50, 90, 99)
TIMING_PARTS = ("count", "mean_s", *(f"p{q}_s" for q in QUANTILES), "error")


def _computation(shape: Shape, expression: str) -> Callable[[Sums], FigureValue]:
    match shape:
        case Shape.COUNT:
            return total(expression)
        case Shape.RATE | Shape.NUMBER:
            dividend, divisor = quotient(expression)
            return lambda sums: _share(dividend(sums), divisor(sums))
        case Shape.SECONDS:
            millis, count = quotient(expression)
            return lambda sums: _mean_seconds(millis(sums), count(sums))
        case Shape.TIMING:
            timing = Timing(expression)
            return lambda sums: _timing_parts(sums.flow, timing)
        case _:
            assert_never(shape)


def _share(dividend: int, divisor: int) -> float | None:
    """Return a share of 1 to six digits; None of nothing."""
    return round(dividend / divisor, 6) if divisor > 0 else None


def _timing_parts(flow: Aggregate, timing: Timing) -> dict[str, Any]:
    """Return how many durations there are, their exact mean, and quantiles with the bound of their error."""
    sketch = flow.timings.get(timing)
    if sketch is None:
        return {**dict.fromkeys(TIMING_PARTS), "count": 0, "error": ERROR}
    quantiles = {f"p{q}_s": _seconds(sketch.quantile(q / 100)) for q in QUANTILES}
    return {"count": sketch.count, "mean_s": _seconds(sketch.mean), **quantiles, "error": ERROR}


def _mean_seconds(millis: int, count: int) -> float | None:
    return _seconds(millis / count) if count else None


def _seconds(millis: float | None) -> float | None:
    return None if millis is None else round(millis / SECOND, 3)


class _FormulaRow(Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """A row of formulas.toml, without its name."""

    shape: Shape
    expression: str
    en: str
    vi: str
    description: str = ""


PLAIN = ""
"""The group whose figures stand beside the other groups."""


def _read_rows() -> dict[str, dict[str, _FormulaRow]]:
    """Return the rows of the file by group and by name, one for each level where they have an {n}."""
    text = files("ioc.figures").joinpath("formulas.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    plain = {name: row for name, row in document.items() if isinstance(row, list)}
    groups = {PLAIN: plain} | {group: rows for group, rows in document.items() if group not in plain}
    return msgspec.convert(
        {group: dict(_by_level(rows)) for group, rows in groups.items()}, dict[str, dict[str, _FormulaRow]]
    )


def _by_level(rows: Mapping[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    for name, cells in rows.items():
        if "{n}" not in name:
            yield name, cells
            continue
        for level in LEVELS:
            yield name.format(n=level), [cell.format(n=level) for cell in cells]


def _formula(name: str, row: _FormulaRow) -> Formula:
    return Formula(name, row.shape, _computation(row.shape, row.expression), row.en, row.vi, row.description)


def _read_formulas() -> Mapping[str, tuple[Formula, ...]]:
    """Return the formulas by group; ValueError names the measures and timings that none of them shows."""
    groups = _read_rows()
    patterns = {name for rows in groups.values() for row in rows.values() for name in operands(row.expression)}
    hidden = [name for name in (*Measure, *Timing) if not any(fnmatchcase(name, pattern) for pattern in patterns)]
    if hidden:
        raise ValueError(f"formulas.toml shows no {', '.join(hidden)}")
    return {group: tuple(_formula(name, row) for name, row in rows.items()) for group, rows in groups.items()}


FORMULAS = _read_formulas()


def figures_of(sums: Sums) -> dict[str, Any]:
    """Return the figures as JSON: those of the plain group, and one object for each other group."""
    groups = {group: {row.name: row.compute(sums) for row in formulas} for group, formulas in FORMULAS.items()}
    return {**groups.pop(PLAIN), **groups}


class Column(NamedTuple):
    """A single value of the figures: a formula's, or one part of its timing."""

    group: str
    formula: Formula
    part: str = ""

    @property
    def name(self) -> str:
        """The name of the column in a table of figures."""
        return "_".join(word for word in (self.group, self.formula.name, self.part) if word)

    def find(self, figures: Mapping[str, Any]) -> Any:
        """Return the column's value in the figures of a period."""
        inner = figures[self.group] if self.group else figures
        value = inner[self.formula.name]
        return value[self.part] if self.part else value


def columns() -> Iterator[Column]:
    """Yield a column for every single value of the figures, in the order of the table."""
    for group, formulas in FORMULAS.items():
        for formula in formulas:
            parts = TIMING_PARTS if formula.shape is Shape.TIMING else ("",)
            yield from (Column(group, formula, part) for part in parts)
