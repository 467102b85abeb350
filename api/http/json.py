"""JSON objects as the API builds them, and what they hold: instants as text, objects encoded beforehand."""

from typing import Any

import msgspec
from msgspec import Raw

from ioc.core.times import Instant, to_rfc3339

Json = dict[str, Any]


def optional_rfc3339(instant: Instant | None) -> str | None:
    """Return an instant as RFC 3339 text, None as None."""
    return None if instant is None else to_rfc3339(instant)


def raw_json(value: Json) -> Raw:
    """Encode an object once that several messages will contain."""
    return Raw(msgspec.json.encode(value))
