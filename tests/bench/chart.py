"""The throughputs as a drawing: a bar for each program that took part."""

from collections.abc import Sequence
from pathlib import Path

from tests.bench.measured import Measured

_COLOUR = "#1f4e79"


def draw(rows: Sequence[Measured], path: Path) -> None:
    """Draw the throughputs among some rows into an SVG file, ours last as in the table."""
    # Here, as whatever is imported after it has to pass by its finder.
    import pygal
    from pygal.style import Style

    speeds = [(row.what, row.value) for row in rows if row.figure == "throughput" and row.value is not None]
    chart = pygal.HorizontalBar(
        style=Style(background="#fff", plot_background="#fff", colors=(_COLOUR,), opacity="1"),
        js=[],
        width=760,
        height=60 + 34 * len(speeds),
        show_legend=False,
        truncate_label=-1,
        title="Events a second",
        value_formatter=lambda value: f"{value:,.0f}",
        disable_xml_declaration=True,
        no_prefix=True,
    )
    chart.x_labels = [f"{what}: {value:,.0f}" for what, value in reversed(speeds)]
    chart.add("", [value for _, value in reversed(speeds)])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(chart.render() + "\n")
