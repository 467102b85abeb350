"""TODO."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

FigureKey = tuple[str, str, str]
"""The service, unit and ward that something is counted under."""


Code = Annotated[str, Meta(min_length=1, max_length=128)]

# A slug of 64 at most, a colon, and the subject: what has no slug could be nobody's.
IncidentId = Annotated[
    str, Meta(min_length=3, max_length=321, pattern=r"^[a-z0-9][a-z0-9-]{0,63}:[\s\S]{1,256}(?![\s\S])")
]

Line = Annotated[str, Meta(max_length=512)]

ShortLine = Annotated[str, Meta(max_length=64)]

Text = Annotated[str, Meta(max_length=8192)]

Moment = Annotated[datetime, Meta(tz=True)]

Score = Annotated[int, Meta(ge=1, le=5)]

# As long as a key's name of 128 characters makes it; what is longer is none of ours.
Signature = Annotated[str, Meta(min_length=1, max_length=512)]

Latitude = Annotated[float, Meta(ge=-90, le=90)]

Longitude = Annotated[float, Meta(ge=-180, le=180)]

# No user and password in it, and nothing a URL has to escape. The end is told so that all who read schemas agree on it.
HttpsUrl = Annotated[
    str,
    Meta(
        max_length=2048,
        pattern=r"^https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?([/?][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?(?![\s\S])",
    ),
]


class Priority(StrEnum):
    """How urgent the matter is; `urgent` starts the inter-agency path."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class TargetName(StrEnum):
    """What a deadline is for."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    FIRST_RESPONSE = "first_response"
    RESOLVE = "resolve"


class Satisfaction(StrEnum):
    """A citizen's verdict on the result."""

    SATISFIED = "satisfied"
    ACCEPTED = "accepted"
    NOT_SATISFIED = "not_satisfied"


def satisfaction_of(score: int | None) -> Satisfaction | None:
    """Return the word for a score of 1 to 5: five and four are satisfied, three is accepted, less is not satisfied."""
    if score is None:
        return None
    return Satisfaction.SATISFIED if score > 3 else Satisfaction.ACCEPTED if score == 3 else Satisfaction.NOT_SATISFIED


encode = msgspec.json.Encoder().encode


Name = Annotated[str, Meta(min_length=1, max_length=512)]
"""A line of text. An empty one stands, while files are read, for one that was a fault itself."""
