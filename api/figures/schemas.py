"""The shapes of figures, for the OpenAPI document: those of a period are made of the table of formulas."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from api.http.freshness_schema import WithFreshness
from api.incidents.groups_schemas import GroupShown
from ioc.core.exhaustive import total
from ioc.figures.formulas import FORMULAS, PLAIN, Formula, Shape


class TimingShown(BaseModel):
    """How long something took, in seconds; quantiles are within `error` (a share) of the truth. Null of nothing."""

    count: int
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    p99_s: float | None
    error: float


_TYPES: Mapping[Shape, Any] = total(
    {
        Shape.COUNT: int,
        Shape.RATE: float | None,
        Shape.SECONDS: float | None,
        Shape.NUMBER: float | None,
        Shape.TIMING: TimingShown,
    },
    Shape,
)


def _field(formula: Formula) -> Any:
    return Field(description=formula.description or formula.en)


def _fields(formulas: tuple[Formula, ...]) -> dict[str, Any]:
    return {formula.name: (_TYPES[formula.shape], _field(formula)) for formula in formulas}


def _group(name: str) -> type[BaseModel]:
    words = name.replace("_", " ").capitalize()
    return create_model(f"{words.title().replace(' ', '')}Shown", __doc__=words, **_fields(FORMULAS[name]))


_GROUPS: dict[str, Any] = {name: (_group(name), ...) for name in FORMULAS if name != PLAIN}

SumsShown: type[BaseModel] = create_model(
    "SumsShown", __doc__="The figures of a stretch of time.", **_fields(FORMULAS[PLAIN]), **_GROUPS
)


class StandingShown(BaseModel):
    """What stands open now."""

    open: int
    overdue: int = Field(description="Past the next deadline, whichever it is")
    overdue_solutions: int = Field(
        description="Past the due of the solution: `standing.overdue` of a period that ends now"
    )
    due_soon: int = Field(description="Warned of, and not overdue")
    unacknowledged: int
    paused: int


class LiveShown(StandingShown):
    """What stands open now; the groups hold counts by code."""

    due_within: dict[str, int] = Field(description="With the next deadline in so long; more by GET /figures/live")
    by_severity: dict[str, int]
    by_state: dict[str, int]
    by_service: dict[str, dict[str, int]]
    by_ward: dict[str, dict[str, int]]
    by_unit: dict[str, dict[str, int]]


class TallyShown(StandingShown):
    """What stands open now of some incidents."""

    due_within: int = Field(description="With the next deadline from now on, within what was asked for")
    critical: int


class StandingNowShown(WithFreshness):
    """What stands open now, of all that was asked for and of each group in it."""

    model_config = ConfigDict(title="StandingNow")

    now: str
    within_s: int
    by: str | None
    total: TallyShown
    groups: dict[str, TallyShown]


class ShiftShown(BaseModel):
    """The shift on duty, and its figures so far."""

    id: str
    name_vi: str
    name_en: str
    begin: str = Field(alias="from")
    to: str = Field(description="When it will end")
    figures: SumsShown


class TrendShown(BaseModel):
    """Counts in steps from a moment on; the last step still runs."""

    step_s: int
    begin: str = Field(alias="from")
    received: list[int]
    resolved: list[int]


class FiguresShown(WithFreshness):
    """All figures of the centre."""

    model_config = ConfigDict(title="Figures")

    clock: str = Field(description="`wall` in operation, `event` in a replay")
    speed: float = Field(description="Seconds of the pipeline in one of the wall's; 0 while its clock stands still")
    live: LiveShown
    today: SumsShown
    last_hour: SumsShown
    shift: ShiftShown | None = Field(description="Null between shifts")
    trend: TrendShown
    groups: list[GroupShown] = Field(description="The gravest groups of two or more; all of them by GET /groups")


class PeriodShown(WithFreshness):
    """The figures of a period, and of each service, unit or ward in it when asked for."""

    model_config = ConfigDict(title="Period")

    begin: str = Field(alias="from")
    to: str
    by: str | None
    total: SumsShown
    groups: dict[str, SumsShown]
