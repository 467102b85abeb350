"""The constrained texts, numbers and choices that payloads, states and the catalogue share."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

FigureKey = tuple[str, str, str]
"""The service, unit and ward that something is counted under."""


Code = Annotated[str, Meta(min_length=1, max_length=128)]

# A slug of 64 characters at most, a colon and the subject.
IncidentId = Annotated[
    str, Meta(min_length=3, max_length=321, pattern=r"^[a-z0-9][a-z0-9-]{0,63}:[\s\S]{1,256}(?![\s\S])")
]

Line = Annotated[str, Meta(max_length=512)]

ShortLine = Annotated[str, Meta(max_length=64)]

Text = Annotated[str, Meta(max_length=8192)]

Moment = Annotated[datetime, Meta(tz=True)]

Score = Annotated[int, Meta(ge=1, le=5)]

# A detached JWS whose key has an id of 128 characters is no longer than this.
Signature = Annotated[str, Meta(min_length=1, max_length=512)]

Latitude = Annotated[float, Meta(ge=-90, le=90)]

Longitude = Annotated[float, Meta(ge=-180, le=180)]

# Without user and password, and without characters a URL has to escape. `(?![\s\S])` is the end of the text in every
# dialect of regular expressions that reads the schema.
HttpsUrl = Annotated[
    str,
    Meta(
        max_length=2048,
        pattern=r"^https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?([/?][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?(?![\s\S])",
    ),
]


class Priority(StrEnum):
    """How urgent an incident is; `urgent` starts the inter-agency procedure."""

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
    """What a citizen thinks of the result."""

    SATISFIED = "satisfied"
    ACCEPTED = "accepted"
    NOT_SATISFIED = "not_satisfied"


def satisfaction_of(score: int | None) -> Satisfaction | None:
    """Return the verdict for a score of 1 to 5: 4 and 5 are satisfied, 3 is accepted, 1 and 2 are not satisfied."""
    if score is None:
        return None
    return Satisfaction.SATISFIED if score > 3 else Satisfaction.ACCEPTED if score == 3 else Satisfaction.NOT_SATISFIED


encode = msgspec.json.Encoder().encode


Name = Annotated[str, Meta(min_length=1, max_length=512)]
"""A line of text. While files are read, an empty one replaces one that was wrong itself."""
