"""The figures of a report as text in one language: values, names and the rows of tables."""

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from api.figures.scope import Dimension
from api.report.content import FigureValues, ReportContent, ReportRow
from api.report.language import ReportLanguage, ReportLocale
from ioc.catalogue.city import Catalogue
from ioc.catalogue.service import Baseline
from ioc.figures.formulas import FORMULAS, PLAIN, QUANTILES, Formula, Shape

# The groups that have a section of their own; any other is shown among the further figures.
_GROUPS_WITH_SECTION = frozenset({PLAIN, "standing", "qd766", "escalated_to", "raised_to", "reduction"})
# The figures in the tables by service, unit and ward, and in the city's main results.
_COLUMNS = (
    *((PLAIN, "received"), (PLAIN, "resolved"), ("standing", "open"), ("standing", "overdue")),
    *(("qd766", "on_time_rate"), ("qd766", "satisfaction_rate")),
)


class Tile(NamedTuple):
    """One of the main results, and its value in the period before."""

    name: str
    value: str
    before: str | None
    alarm: bool = False


class ReportWriter:
    """Writes the content of a report in one language."""

    def __init__(self, content: ReportContent, catalogue: Catalogue, locale: ReportLocale) -> None:
        self.content = content
        self.catalogue = catalogue
        self.locale = locale
        self.formulas = FORMULAS
        self.dimensions = Dimension

    def value(self, formula: Formula, figures: FigureValues) -> str:
        """Return a figure as text."""
        value, t = figures[formula.name], self.locale
        match formula.shape:
            case Shape.COUNT:
                return t.number(value)
            case Shape.RATE:
                return t.percent(value)
            case Shape.SECONDS:
                return t.duration(value)
            case Shape.NUMBER:
                return t.number(value, 2)
            case Shape.TIMING:
                return t.duration(value["p50_s"])
            case _ as never:
                assert_never(never)

    def name_of(self, dimension: Dimension, code: str) -> str:
        """Return the name of a service, unit or ward; of one the catalogue does not know, its code."""
        return self._name_in_catalogue(dimension, code) or code or self.locale("nobody")

    def _name_in_catalogue(self, dimension: Dimension, code: str) -> str | None:
        match dimension:
            case Dimension.SERVICE:
                service = self.catalogue.services.get(code)
                in_vietnamese = self.locale.language is ReportLanguage.VI
                return None if service is None else service.name_vi if in_vietnamese else service.name_en
            case Dimension.UNIT:
                unit = self.catalogue.units.get(code)
                return None if unit is None else unit.name
            case Dimension.WARD:
                ward = self.catalogue.wards.get(code)
                return None if ward is None else ward.name
            case _ as never:
                assert_never(never)

    def names_of(self, dimension: Dimension, rows: list[ReportRow]) -> list[str]:
        """Return the names of services, units or wards."""
        return [self.name_of(dimension, row.code) for row in rows]

    def columns(self) -> list[tuple[str, Formula]]:
        """Return the figures in the tables by service, unit and ward, each with its group."""
        return [(group, formula_of(group, name)) for group, name in _COLUMNS]

    def scope(self) -> Iterator[tuple[str, str]]:
        """Yield whose figures these are, as names and values."""
        scope, t = self.content.scope, self.locale
        if scope.unit is not None:
            below = f" ({t('below')})" if scope.below else ""
            yield t("unit"), self.name_of(Dimension.UNIT, scope.unit) + below
        if scope.service is not None:
            yield t("service"), self.name_of(Dimension.SERVICE, scope.service)
        if scope.ward is not None:
            yield t("ward"), self.name_of(Dimension.WARD, scope.ward)

    @property
    def running(self) -> bool:
        """True when the period has not ended."""
        return self.content.period.end > self.content.now

    def tiles(self) -> Iterator[Tile]:
        """Yield the main results."""
        total, previous = self.content.total, self.content.previous
        for group, formula in self.columns():
            alarm = formula.name == "overdue" and total["standing"]["overdue"] > 0
            before = None if previous is None else self.value(formula, figures_in(previous, group))
            yield Tile(self.locale.name(formula), self.value(formula, figures_in(total, group)), before, alarm)

    def timings(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the rows of the durations; those of registers only where there are any."""
        t, total = self.locale, self.content.total
        for group, formulas in FORMULAS.items():
            for formula in (formula for formula in formulas if formula.shape is Shape.TIMING):
                timing = figures_in(total, group)[formula.name]
                if group == PLAIN or timing["count"]:
                    parts = ("mean_s", *(f"p{quantile}_s" for quantile in QUANTILES))
                    yield t.name(formula), [t.number(timing["count"]), *(t.duration(timing[part]) for part in parts)]

    def levels(self) -> Iterator[list[str]]:
        """Yield the levels to which something was escalated."""
        total = self.content.total
        for formula in FORMULAS["escalated_to"]:
            counts = [total[group][formula.name] for group in ("escalated_to", "raised_to")]
            if any(counts):
                yield [formula.name.rpartition("_")[2], *map(self.locale.number, counts)]

    def baselines(self) -> Iterator[tuple[ReportRow, Baseline]]:
        """Yield the services that are compared with a baseline, each with its baseline."""
        for row in self.content.by[Dimension.SERVICE]:
            if row.figures["reduction"]["compared"]:
                yield row, self.catalogue.baselines[row.code]

    def other_groups(self) -> Iterator[tuple[str, list[tuple[Formula, str]]]]:
        """Yield the groups without a section of their own that are not all zero: their titles and figures.

        A group without a title among the words of the page has its name in the table of formulas.
        """
        for group in (group for group in FORMULAS if group not in _GROUPS_WITH_SECTION):
            rows = list(self._values(group))
            if any(self.content.total[group][formula.name] for formula, _ in rows):
                yield self.locale.words.get(f"group_{group}", group.replace("_", " ").capitalize()), rows

    def plain(self) -> Iterator[tuple[Formula, str]]:
        """Yield all counts and rates of the plain group and of what stood open at the end."""
        for group in (PLAIN, "standing"):
            yield from self._values(group)

    def _values(self, group: str) -> Iterator[tuple[Formula, str]]:
        for formula in FORMULAS[group]:
            if formula.shape is not Shape.TIMING:
                yield formula, self.value(formula, figures_in(self.content.total, group))


def figures_in(figures: FigureValues, group: str) -> FigureValues:
    """Return the figures of a group; those of the plain group are not nested."""
    values: FigureValues = figures[group] if group else figures
    return values


def formula_of(group: str, name: str) -> Formula:
    """Return a formula by its group and name."""
    return next(formula for formula in FORMULAS[group] if formula.name == name)
