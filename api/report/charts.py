"""Charts as SVG to be part of a page, without scripts, comments or styles of their own."""

import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

import pygal
from pygal.graph.graph import Graph
from pygal.style import Style

# pygal adds an import finder of the old kind, which later Python versions do not support.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

_FONT = "inherit"
# Distinct in grey print and to the colour-blind: they differ in brightness first, in hue second.
_COLOURS = ("#1f4e79", "#8fb8de", "#b3541e")
_ALARM = "#b3541e"
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#222",
    foreground_strong="#222",
    foreground_subtle="#666",
    colors=_COLOURS,
    opacity="1",
    font_family=_FONT,
    label_font_size=12,
    major_label_font_size=12,
    legend_font_size=13,
    value_font_size=12,
)
_ALARM_STYLE = Style(**{**_STYLE.__dict__, "colors": (_ALARM,)})
# This many labels of steps have room side by side.
_MAX_LABELS = 16


class Chart(NamedTuple):
    """A chart's drawing, and the style rules it needs on its page."""

    svg: str
    css: str


class ChartSeries(NamedTuple):
    """The values of a line or of bars of one colour."""

    name: str
    values: Sequence[float | None]


def bars(chart_id: str, labels: Sequence[str], series: Sequence[ChartSeries], number: Callable[[float], str]) -> Chart:
    """Return bars side by side at each label."""
    chart = pygal.Bar(**_options(number, 168))
    return _draw(_fill(chart, labels, series), chart_id)


def lines(chart_id: str, labels: Sequence[str], series: Sequence[ChartSeries], number: Callable[[float], str]) -> Chart:
    """Return lines over the labels, the last one in the alarm colour."""
    chart = pygal.Line(**_options(number, 168), dots_size=2.5, include_x_axis=True)
    chart.config.style = Style(**{**_STYLE.__dict__, "colors": (_COLOURS[0], _ALARM)})
    return _draw(_fill(chart, labels, series), chart_id)


def ranks(
    chart_id: str,
    labels: Sequence[str],
    values: Sequence[float],
    number: Callable[[float], str],
    scale_end: float | None = None,
) -> Chart:
    """Return a horizontal bar for each label from top to bottom, its number beside the label.

    Without an end of the scale the scale ends at the highest value, and the bars have the alarm colour.
    """
    chart = pygal.HorizontalBar(**_options(number, 50 + 22 * len(labels)), show_legend=False)
    chart.config.style = _ALARM_STYLE if scale_end is None else _STYLE
    chart.range = (0, scale_end if scale_end is not None else max(values, default=1))
    chart.x_labels = [f"{label}: {number(value)}" for label, value in zip(labels, values, strict=True)][::-1]
    chart.add("", list(reversed(values)))
    return _draw(chart, chart_id)


def _options(number: Callable[[float], str], height: int) -> dict[str, object]:
    return {
        "js": [],
        "disable_xml_declaration": True,
        "explicit_size": False,
        "width": 720,
        "height": height,
        "margin": 4,
        "margin_right": 18,
        "max_scale": 6,
        "legend_at_bottom": True,
        "legend_box_size": 11,
        "truncate_label": -1,
        "truncate_legend": -1,
        "value_formatter": number,
        "style": _STYLE,
    }


def _fill(chart: Graph, labels: Sequence[str], series: Sequence[ChartSeries]) -> Graph:
    chart.x_labels = labels
    every = -(-len(labels) // _MAX_LABELS)
    chart.x_labels_major = labels[::every]
    chart.show_minor_x_labels = every == 1
    highest = max((value or 0 for line in series for value in line.values), default=0)
    chart.range = (0, 1.05 * highest or 1)
    for line in series:
        chart.add(line.name, list(line.values))
    return chart


def _draw(chart: Graph, chart_id: str) -> Chart:
    """Draw, and take out of the drawing what a page with a strict policy cannot hold."""
    chart.uuid = chart_id
    css: list[str] = []

    def strip(root: Element) -> Element:
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag == "style":
                    css.append(child.text or "")
                if _is_forbidden(child):
                    parent.remove(child)
        return root

    chart.add_xml_filter(strip)
    svg = chart.render(is_unicode=True)
    return Chart(svg, "\n".join(css))


def _is_forbidden(node: Element) -> bool:
    """True of comments, of scripts and styles, and of what only they could show."""
    return node.tag in ("style", "script") or not isinstance(node.tag, str) or "style" in node.attrib
