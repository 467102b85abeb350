"""The dependencies of routes on whose figures are asked for, of which period, and how they are told apart."""

from typing import Annotated

from fastapi import Depends, Query
from msgspec.structs import replace
from pydantic import AwareDatetime

from api.figures.periods import CurrentPeriod, Dimension, FigureScope, NobodyOnDuty, Period, current_period
from api.http.problems import Problem
from api.read_model.dependencies import TheReadModel
from api.read_model.read_model import ReadModel
from ioc.core.rejections import FieldError
from ioc.core.times import DAY, LAST_MOMENT, MINUTE, TIME_OUT_OF_RANGE, Instant, to_instant

_EXAMPLES = ("2025-10-01T00:00:00+07:00", "2025-11-01T00:00:00+07:00")
LONGEST = 3660 * DAY


async def part_of(
    service: Annotated[str | None, Query(max_length=128, description="Only this service, by its code")] = None,
    unit: Annotated[str | None, Query(max_length=128, description="Only this unit, by its code")] = None,
    ward: Annotated[str | None, Query(max_length=128, description="Only this ward, by its code")] = None,
    below: Annotated[bool, Query(description="Count with each unit also what the units below it have")] = False,
) -> FigureScope:
    """Return whose figures are asked for."""
    return FigureScope(service, unit, ward, below)


AnyPart = Annotated[FigureScope, Depends(part_of)]


async def scope_of(
    part: AnyPart, by: Annotated[Dimension | None, Query(description="Also tell them apart along this side")] = None
) -> FigureScope:
    """Return whose figures are asked for, and how they are told apart."""
    return replace(part, by=by)


AnyScope = Annotated[FigureScope, Depends(scope_of)]


async def period_asked(
    model: TheReadModel,
    start: Annotated[
        AwareDatetime | None, Query(alias="from", description="On a whole minute", examples=[_EXAMPLES[0]])
    ] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Not included", examples=[_EXAMPLES[1]])] = None,
    view: Annotated[
        CurrentPeriod | None, Query(description="In place of `from` and `to`: the period that ends now")
    ] = None,
) -> Period:
    """Return the period asked for, or say everything that is wrong with it."""
    faults: list[FieldError] = []
    if view is not None:
        faults += [
            FieldError(name, "is not for a view") for name, at in (("from", start), ("to", end)) if at is not None
        ]
        if not faults:
            return _viewed(model, view)
    elif start is None or end is None:
        faults += [FieldError(name, "missing") for name, at in (("from", start), ("to", end)) if at is None]
    else:
        period = Period(to_instant(start), to_instant(end))
        faults += _faults(*period)
        if not faults:
            return period
    raise Problem(422, "The request is not valid", faults)


def _viewed(model: ReadModel, view: CurrentPeriod) -> Period:
    try:
        return current_period(view, model.catalogue, model.now())
    except NobodyOnDuty as error:
        raise Problem(422, "The request is not valid", [FieldError("view", str(error))]) from error


def _faults(start: Instant, end: Instant) -> list[FieldError]:
    moments = {"from": start, "to": end}
    faults = [FieldError(name, TIME_OUT_OF_RANGE) for name, at in moments.items() if not 0 <= at <= LAST_MOMENT]
    faults += [FieldError(name, "must be on a whole minute") for name, at in moments.items() if at % MINUTE]
    if end <= start:
        faults.append(FieldError("to", "must come after 'from'"))
    if end - start > LONGEST:
        faults.append(FieldError("to", "is more than ten years after 'from'"))
    return faults


AnyPeriod = Annotated[Period, Depends(period_asked)]
