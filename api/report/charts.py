"""The charts of the report: SVG to stand in a page, without scripts, comments or styles of its own."""

import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element

import pygal
from pygal.graph.graph import Graph
from pygal.style import Style

# pygal puts a finder of the old kind, of which Python knows nothing any more, in the way of every later import.
sys.meta_path[:] = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]

_FONT = "inherit"
# Told apart in grey print and by colour-blind eyes: dark and light first, hue second.
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
_ALARMED = Style(**{**_STYLE.__dict__, "colors": (_ALARM,)})
# So many labels of steps have room beside each other.
_LABELS = 16


class Chart(NamedTuple):
    """A chart's drawing, and the rules of style it wants on its page."""

    svg: str
    css: str


class ChartSeries(NamedTuple):
    """A line or a row of bars."""

    name: str
    values: Sequence[float | None]


def bars(id: str, labels: Sequence[str], series: Sequence[ChartSeries], number: Callable[[float], str]) -> Chart:
    """Return bars side by side at each label."""
    return _drawn(_filled(pygal.Bar(**_common(id, number, 168)), labels, series), id)


def lines(id: str, labels: Sequence[str], series: Sequence[ChartSeries], number: Callable[[float], str]) -> Chart:
    """Return lines over the labels, the last one in the colour of alarm."""
    chart = pygal.Line(**_common(id, number, 168), dots_size=2.5, include_x_axis=True)
    chart.config.style = Style(**{**_STYLE.__dict__, "colors": (_COLOURS[0], _ALARM)})
    return _drawn(_filled(chart, labels, series), id)


def ranks(
    id: str, labels: Sequence[str], values: Sequence[float], number: Callable[[float], str], most: float | None = None
) -> Chart:
    """Return one bar a label from above to below, its number beside the label; `most` is the end of the scale."""
    chart = pygal.HorizontalBar(**_common(id, number, 50 + 22 * len(labels)), show_legend=False)
    chart.config.style = _ALARMED if most is None else _STYLE
    chart.range = (0, most if most is not None else max(values, default=1))
    chart.x_labels = [f"{label}: {number(value)}" for label, value in zip(labels, values, strict=True)][::-1]
    chart.add("", list(reversed(values)))
    return _drawn(chart, id)


def _common(id: str, number: Callable[[float], str], height: int) -> dict[str, object]:
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


def _filled(chart: Graph, labels: Sequence[str], series: Sequence[ChartSeries]) -> Graph:
    chart.x_labels = labels
    every = -(-len(labels) // _LABELS)
    chart.x_labels_major = labels[::every]
    chart.show_minor_x_labels = every == 1
    most = max((value or 0 for one in series for value in one.values), default=0)
    chart.range = (0, 1.05 * most or 1)
    for one in series:
        chart.add(one.name, list(one.values))
    return chart


def _drawn(chart: Graph, id: str) -> Chart:
    """Draw, and take out of the drawing what a page with a strict policy cannot hold."""
    chart.uuid = id
    css: list[str] = []

    def stripped(root: Element) -> Element:
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag == "style":
                    css.append(child.text or "")
                if _is_barred(child):
                    parent.remove(child)
        return root

    chart.add_xml_filter(stripped)
    svg = chart.render(is_unicode=True)
    return Chart(svg, "\n".join(css))


def _is_barred(node: Element) -> bool:
    """True of comments, of scripts and styles, and of what only they could show."""
    return node.tag in ("style", "script") or not isinstance(node.tag, str) or "style" in node.attrib
