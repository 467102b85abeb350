"""TODO."""

from typing import Any

import msgspec
from msgspec import Raw

from ioc.core.times import Instant, to_rfc3339

Json = dict[str, Any]


def moment(at: Instant | None) -> str | None:
    """Return an instant as RFC 3339 text, None as None."""
    return None if at is None else to_rfc3339(at)


def encoded(told: Json) -> Raw:
    """Return as JSON what is told, to be part of several messages."""
    return Raw(msgspec.json.encode(told))
