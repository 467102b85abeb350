"""Which charts a report holds: the course of the period, on-time rates by service, and overdue by unit."""

from collections.abc import Iterator

from api.figures.scope import Dimension
from api.report import charts
from api.report.charts import Chart, ChartSeries
from api.report.writer import ReportWriter, formula_of
from ioc.figures.formulas import FORMULAS, PLAIN

# At most this many units are ranked by what is overdue.
_MAX_RANKED = 10


def report_charts(writer: ReportWriter) -> Iterator[tuple[str, Chart]]:
    """Yield the charts by their names."""
    t, steps = writer.locale, writer.content.steps
    labels = [t.step(step.start, steps.width) for step in steps.periods]
    yield "flow", charts.bars("flow", labels, list(_flow(writer)), t.number)
    yield "standing", charts.lines("standing", labels, list(_standing(writer)), t.number)
    yield from _on_time_rates(writer)
    yield from _overdue(writer)


def _flow(writer: ReportWriter) -> Iterator[ChartSeries]:
    """Yield the bars of what was received and resolved in each step."""
    for name in ("received", "resolved"):
        values = [figures[name] for figures in writer.content.course]
        yield ChartSeries(writer.locale.name(formula_of(PLAIN, name)), values)


def _standing(writer: ReportWriter) -> Iterator[ChartSeries]:
    """Yield the lines of what stood open at the end of each step; future steps have no values."""
    content = writer.content
    course = [
        figures["standing"] if step.start <= content.now else None
        for figures, step in zip(content.course, content.steps.periods, strict=True)
    ]
    for formula in FORMULAS["standing"]:
        values = [None if standing is None else standing[formula.name] for standing in course]
        yield ChartSeries(writer.locale.name(formula), values)


def _on_time_rates(writer: ReportWriter) -> Iterator[tuple[str, Chart]]:
    rows = [row for row in writer.content.by[Dimension.SERVICE] if row.figures["qd766"]["to_be_handled"]]
    if len(rows) > 1:
        rows.sort(key=lambda row: row.figures["qd766"]["on_time_rate"])
        rates = [row.figures["qd766"]["on_time_rate"] for row in rows]
        names = writer.names_of(Dimension.SERVICE, rows)
        yield "rates", charts.ranks("rates", names, rates, writer.locale.percent, scale_end=1)


def _overdue(writer: ReportWriter) -> Iterator[tuple[str, Chart]]:
    rows = [row for row in writer.content.by[Dimension.UNIT] if row.figures["standing"]["overdue"]][:_MAX_RANKED]
    if len(rows) > 1:
        counts = [row.figures["standing"]["overdue"] for row in rows]
        yield "overdue", charts.ranks("overdue", writer.names_of(Dimension.UNIT, rows), counts, writer.locale.number)
