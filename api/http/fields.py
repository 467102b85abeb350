"""TODO."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    Strict,
)

from ioc.core.times import TIME_OUT_OF_RANGE, is_plausible_moment

Code = Annotated[str, Field(min_length=1, max_length=128)]

Line = Annotated[str, Field(max_length=512)]


def _as_text(moment: object) -> object:
    if isinstance(moment, datetime) or (isinstance(moment, str) and _RFC3339.match(moment)):
        return moment
    raise ValueError("must be a moment in RFC 3339, such as 2024-04-17T09:00:00+07:00")


def _of_our_time(moment: datetime) -> datetime:
    if not is_plausible_moment(moment):
        raise ValueError(TIME_OUT_OF_RANGE)
    return moment


_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")

# Strict would refuse text too, and JSON has no other moments; lax alone would take a number for one.
Moment = Annotated[AwareDatetime, Strict(False), BeforeValidator(_as_text), AfterValidator(_of_our_time)]
