"""The types of fields in the bodies of requests: codes, lines of text, moments."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, Strict

from ioc.core.times import TIME_OUT_OF_RANGE, is_plausible_moment

CodeField = Annotated[str, Field(min_length=1, max_length=128)]
LineField = Annotated[str, Field(max_length=512)]

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _check_is_text(moment: object) -> object:
    if isinstance(moment, datetime) or (isinstance(moment, str) and _RFC3339.match(moment)):
        return moment
    raise ValueError("must be a moment in RFC 3339, such as 2024-04-17T09:00:00+07:00")


def _check_is_plausible(moment: datetime) -> datetime:
    if not is_plausible_moment(moment):
        raise ValueError(TIME_OUT_OF_RANGE)
    return moment


# A strict datetime would reject text, and JSON has no datetimes; a lax one alone would accept numbers.
MomentField = Annotated[
    AwareDatetime, Strict(False), BeforeValidator(_check_is_text), AfterValidator(_check_is_plausible)
]
