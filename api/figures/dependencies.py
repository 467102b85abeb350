"""The dependencies of routes on which figures are asked for: of which scope, in which groups, of which period."""

from typing import Annotated

from fastapi import Depends, Query
from msgspec.structs import replace
from pydantic import AwareDatetime

from api.figures.periods import CurrentPeriod, NobodyOnDuty, Period, current_period
from api.figures.scope import Dimension, FigureScope
from api.http.problems import Problem
from api.read_model.dependencies import TheReadModel
from api.read_model.read_model import ReadModel
from ioc.core.rejections import FieldError
from ioc.core.times import DAY, LAST_MOMENT, MINUTE, TIME_OUT_OF_RANGE, Instant, to_instant

_EXAMPLES = ("2025-10-01T00:00:00+07:00", "2025-11-01T00:00:00+07:00")
MAX_PERIOD = 3660 * DAY


async def requested_scope(
    service: Annotated[str | None, Query(max_length=128, description="Only this service, by its code")] = None,
    unit: Annotated[str | None, Query(max_length=128, description="Only this unit, by its code")] = None,
    ward: Annotated[str | None, Query(max_length=128, description="Only this ward, by its code")] = None,
    below: Annotated[bool, Query(description="Count with each unit also what the units below it have")] = False,
) -> FigureScope:
    """Return whose figures are asked for."""
    return FigureScope(service, unit, ward, below)


RequestedScope = Annotated[FigureScope, Depends(requested_scope)]


async def grouped_scope(
    scope: RequestedScope,
    by: Annotated[Dimension | None, Query(description="Also tell them apart along this side")] = None,
) -> FigureScope:
    """Return whose figures are asked for, and what they are grouped by."""
    return replace(scope, by=by)


GroupedScope = Annotated[FigureScope, Depends(grouped_scope)]


async def requested_period(
    model: TheReadModel,
    start: Annotated[
        AwareDatetime | None, Query(alias="from", description="On a whole minute", examples=[_EXAMPLES[0]])
    ] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Not included", examples=[_EXAMPLES[1]])] = None,
    view: Annotated[
        CurrentPeriod | None, Query(description="In place of `from` and `to`: the period that ends now")
    ] = None,
) -> Period:
    """Return the period asked for. Raises a problem with all that is wrong with it."""
    errors: list[FieldError] = []
    if view is not None:
        errors += [
            FieldError(name, "is not for a view") for name, at in (("from", start), ("to", end)) if at is not None
        ]
        if not errors:
            return _current_period(model, view)
    elif start is None or end is None:
        errors += [FieldError(name, "missing") for name, at in (("from", start), ("to", end)) if at is None]
    else:
        period = Period(to_instant(start), to_instant(end))
        errors += _period_errors(*period)
        if not errors:
            return period
    raise Problem(422, "The request is not valid", errors)


def _current_period(model: ReadModel, view: CurrentPeriod) -> Period:
    try:
        return current_period(view, model.catalogue, model.now())
    except NobodyOnDuty as error:
        raise Problem(422, "The request is not valid", [FieldError("view", str(error))]) from error


def _period_errors(start: Instant, end: Instant) -> list[FieldError]:
    instants = {"from": start, "to": end}
    errors = [FieldError(name, TIME_OUT_OF_RANGE) for name, at in instants.items() if not 0 <= at <= LAST_MOMENT]
    errors += [FieldError(name, "must be on a whole minute") for name, at in instants.items() if at % MINUTE]
    if end <= start:
        errors.append(FieldError("to", "must come after 'from'"))
    if end - start > MAX_PERIOD:
        errors.append(FieldError("to", "is more than ten years after 'from'"))
    return errors


RequestedPeriod = Annotated[Period, Depends(requested_period)]
