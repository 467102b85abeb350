"""The report as one HTML page: the figures, their charts, and sentences that say what matters."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.figures.scope import Dimension
from api.report import charts
from api.report.charts import Chart, ChartSeries
from api.report.content import FigureValues, ReportContent, ReportRow
from api.report.language import ReportLanguage, ReportLocale
from ioc.catalogue.city import Catalogue
from ioc.catalogue.service import Baseline
from ioc.figures.formulas import FORMULAS, PLAIN, QUANTILES, Formula, Shape
from ioc.figures.sketch import ERROR

TEMPLATES = Path(__file__).parent / "templates"
_PAGES = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_CSS = (TEMPLATES / "report.css").read_text()
# The groups that have a place of their own; any other is told among the further figures.
_PLACED = frozenset({PLAIN, "standing", "qd766", "escalated_to", "raised_to", "reduction"})
# What a unit is told by, and the city in its main results.
_COLUMNS = (
    *((PLAIN, "received"), (PLAIN, "resolved"), ("standing", "open"), ("standing", "overdue")),
    *(("qd766", "on_time_rate"), ("qd766", "satisfaction_rate")),
)
_WORST = 3
_RANKED = 10


class ReportPage(NamedTuple):
    """A page, and the policy under which a browser may show it: nothing is loaded, and only its own style holds."""

    html: str
    policy: str


class Tile(NamedTuple):
    """One of the main results, and what it was before."""

    name: str
    value: str
    before: str | None
    alarm: bool = False


def render_report(content: ReportContent, catalogue: Catalogue, lang: ReportLanguage, other: str) -> ReportPage:
    """Return the page; `other` is the address of the same report in the other language."""
    writer = _Writer(content, catalogue, ReportLocale(lang, catalogue.zone))
    drawn = {} if content.empty else dict(writer.charts())
    css = "\n".join([_CSS, *(chart.css for chart in drawn.values())])
    html = _PAGES.get_template("report.html").render(
        t=writer.language,
        w=writer,
        c=content,
        css=Markup(css),
        drawn={name: Markup(chart.svg) for name, chart in drawn.items()},
        other=other,
        error=writer.language.percent(ERROR),
    )
    digest = b64encode(sha256(css.encode()).digest()).decode()
    own = f"style-src 'sha256-{digest}'; img-src data:"
    return ReportPage(html, f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")


class _Writer:
    """Writes what a report's figures say in one language."""

    def __init__(self, content: ReportContent, catalogue: Catalogue, language: ReportLocale) -> None:
        self.content = content
        self.catalogue = catalogue
        self.language = language
        self.table = FORMULAS
        self.by = Dimension

    def value(self, formula: Formula, figures: FigureValues) -> str:
        """Return a figure as it is written."""
        value, t = figures[formula.name], self.language
        match formula.shape:
            case Shape.RATE:
                return t.percent(value)
            case Shape.SECONDS:
                return t.duration(value)
            case Shape.NUMBER:
                return t.number(value, 2)
            case Shape.TIMING:
                return t.duration(value["p50_s"])
            case _:
                return t.number(value)

    def named(self, by: Dimension, code: str) -> str:
        """Return what a service, unit or ward is called; of one the catalogue does not know, its code."""
        match by:
            case Dimension.SERVICE:
                service = self.catalogue.services.get(code)
                vi = self.language.lang is ReportLanguage.VI
                found = None if service is None else service.name_vi if vi else service.name_en
            case Dimension.UNIT:
                unit = self.catalogue.units.get(code)
                found = None if unit is None else unit.name
            case Dimension.WARD:
                ward = self.catalogue.wards.get(code)
                found = None if ward is None else ward.name
        return found or code or self.language("nobody")

    def columns(self) -> list[tuple[str, Formula]]:
        """Return the figures that services, units and wards are told by, each with its group."""
        return [(group, _formula(group, name)) for group, name in _COLUMNS]

    def scope(self) -> Iterator[tuple[str, str]]:
        """Yield whose figures these are, as names and values."""
        scope, t = self.content.scope, self.language
        if scope.unit is not None:
            below = f" ({t('below')})" if scope.below else ""
            yield t("unit"), self.named(Dimension.UNIT, scope.unit) + below
        if scope.service is not None:
            yield t("service"), self.named(Dimension.SERVICE, scope.service)
        if scope.ward is not None:
            yield t("ward"), self.named(Dimension.WARD, scope.ward)

    @property
    def running(self) -> bool:
        """True when the period has not ended."""
        return self.content.period.end > self.content.now

    def tiles(self) -> Iterator[Tile]:
        """Yield the main results."""
        total, previous = self.content.total, self.content.previous
        for group, name in _COLUMNS:
            formula = _formula(group, name)
            alarm = name == "overdue" and total["standing"]["overdue"] > 0
            earlier = None if previous is None else self.value(formula, _group(previous, group))
            yield Tile(self.language.name(formula), self.value(formula, _group(total, group)), earlier, alarm)

    def sentences(self) -> Iterator[str]:
        """Yield what the figures say, the most important first."""
        t, total = self.language, self.content.total
        yield t(
            "in_received",
            received=t.number(total["received"]),
            change=self._change(),
            resolved=t.number(total["resolved"]),
        )
        yield self._rates()
        standing = total["standing"]
        yield t("in_standing", open=t.number(standing["open"]), overdue=t.number(standing["overdue"]))
        worst = [row for row in self.content.by[Dimension.UNIT] if row.figures["standing"]["overdue"]][:_WORST]
        if worst and self.content.scope.unit is None:
            named = (
                f"{self.named(Dimension.UNIT, one.code)} ({t.number(one.figures['standing']['overdue'])})"
                for one in worst
            )
            yield t("in_worst", units="; ".join(named))
        handling = total["handling"]
        if handling["count"]:
            yield t("in_times", p50=t.duration(handling["p50_s"]), p90=t.duration(handling["p90_s"]))
        if total["reduction"]["rate"] is not None:
            rate = total["reduction"]["rate"]
            source = "; ".join(dict.fromkeys(baseline.source for _, baseline in self.baselines()))
            yield t("in_shorter" if rate >= 0 else "in_longer", percent=t.percent(abs(rate)), source=source)

    def _change(self) -> str:
        previous, received = self.content.previous, self.content.total["received"]
        if previous is None or not previous["received"] or self.running:
            return ""
        change = received / previous["received"] - 1
        word = "change_more" if change > 0 else "change_less" if change < 0 else "change_same"
        return self.language(word, percent=self.language.percent(abs(change)))

    def _rates(self) -> str:
        t, qd766, previous = self.language, self.content.total["qd766"], self.content.previous
        if not qd766["to_be_handled"]:
            return t("in_rates_none")
        values = {
            "due": t.number(qd766["to_be_handled"]),
            "on_time": t.percent(qd766["on_time_rate"]),
            "satisfied": t.percent(qd766["satisfaction_rate"]),
        }
        if previous is None or previous["qd766"]["on_time_rate"] is None:
            return t("in_rates_alone", **values)
        return t("in_rates", **values, before=t.percent(previous["qd766"]["on_time_rate"]))

    def charts(self) -> Iterator[tuple[str, Chart]]:
        """Yield the charts by their names."""
        t, steps, course = self.language, self.content.steps, self.content.course
        labels = [t.step(step.start, steps.width) for step in steps.periods]
        flow = [
            ChartSeries(t.name(_formula(PLAIN, name)), [one[name] for one in course])
            for name in ("received", "resolved")
        ]
        yield "flow", charts.bars("flow", labels, flow, t.number)
        yield "standing", charts.lines("standing", labels, list(self._standing(course)), t.number)
        services = [row for row in self.content.by[Dimension.SERVICE] if row.figures["qd766"]["to_be_handled"]]
        if len(services) > 1:
            services.sort(key=lambda row: row.figures["qd766"]["on_time_rate"])
            rates = [row.figures["qd766"]["on_time_rate"] for row in services]
            yield "rates", charts.ranks("rates", self._names(Dimension.SERVICE, services), rates, t.percent, most=1)
        late = [row for row in self.content.by[Dimension.UNIT] if row.figures["standing"]["overdue"]][:_RANKED]
        if len(late) > 1:
            counts = [row.figures["standing"]["overdue"] for row in late]
            yield "overdue", charts.ranks("overdue", self._names(Dimension.UNIT, late), counts, t.number)

    def _standing(self, course: list[FigureValues]) -> Iterator[ChartSeries]:
        """Yield the lines of what stood open; of steps still to come nothing is known."""
        for formula in FORMULAS["standing"]:
            known = (step.start <= self.content.now for step in self.content.steps.periods)
            values = [one["standing"][formula.name] if k else None for one, k in zip(course, known, strict=True)]
            yield ChartSeries(self.language.name(formula), values)

    def _names(self, by: Dimension, rows: list[ReportRow]) -> list[str]:
        return [self.named(by, row.code) for row in rows]

    def timings(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the rows of the durations; those of registers where there are any."""
        t, total = self.language, self.content.total
        for group, formulas in FORMULAS.items():
            for formula in formulas:
                if formula.shape is Shape.TIMING:
                    found = _group(total, group)[formula.name]
                    if group == PLAIN or found["count"]:
                        parts = ("mean_s", *(f"p{q}_s" for q in QUANTILES))
                        yield t.name(formula), [t.number(found["count"]), *(t.duration(found[part]) for part in parts)]

    def levels(self) -> Iterator[list[str]]:
        """Yield the levels to which something was escalated."""
        total = self.content.total
        for formula in FORMULAS["escalated_to"]:
            counts = [total[group][formula.name] for group in ("escalated_to", "raised_to")]
            if any(counts):
                yield [formula.name.rpartition("_")[2], *map(self.language.number, counts)]

    def baselines(self) -> Iterator[tuple[ReportRow, Baseline]]:
        """Yield the services that are compared with a baseline, and it."""
        for row in self.content.by[Dimension.SERVICE]:
            if row.figures["reduction"]["compared"]:
                yield row, self.catalogue.baselines[row.code]

    def others(self) -> Iterator[tuple[str, list[tuple[Formula, str]]]]:
        """Yield the groups that have no place of their own and anything to tell: what they are called, and the figures.

        A group nobody has named for the page yet is called what it is called in the table.
        """
        words = self.language.words
        for group in FORMULAS:
            if group not in _PLACED:
                figures: FigureValues = self.content.total[group]
                rows = [(one, self.value(one, figures)) for one in FORMULAS[group] if one.shape is not Shape.TIMING]
                if any(figures[one.name] for one, _ in rows):
                    yield words.get(f"group_{group}", group.replace("_", " ").capitalize()), rows

    def plain(self) -> Iterator[tuple[Formula, str]]:
        """Yield all counts and rates of the plain group and of what stood at the end."""
        for group in (PLAIN, "standing"):
            for one in FORMULAS[group]:
                if one.shape is not Shape.TIMING:
                    yield one, self.value(one, _group(self.content.total, group))


def _group(figures: FigureValues, group: str) -> FigureValues:
    found: FigureValues = figures[group] if group else figures
    return found


def _formula(group: str, name: str) -> Formula:
    return next(one for one in FORMULAS[group] if one.name == name)
