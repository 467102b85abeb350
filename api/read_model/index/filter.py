"""What a list of incidents is narrowed to."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from api.read_model.index.work_order import NEVER, lowest_key
from ioc.core.times import Instant
from ioc.incident.severity import SEVERITIES


class Filter(Struct, frozen=True):
    """Which incidents are asked for. An empty field lets all pass."""

    state: Sequence[str] = ()
    service: Sequence[str] = ()
    unit: Sequence[str] = ()
    ward: Sequence[str] = ()
    parent: Sequence[str] = ()
    severity: Sequence[str] = ()
    overdue: bool | None = None
    shelved: bool | None = None
    open: bool | None = None
    text: str = ""
    maintenance: bool | None = None


def key_ranges(criteria: Filter, now: Instant) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield each severity with the range of keys of the order of work in which its matches lie, the gravest first."""
    low = now if criteria.overdue is False else -NEVER
    high = now if criteria.overdue is True else 2 * NEVER
    for gravity, severity in enumerate(reversed(SEVERITIES)):
        if not criteria.severity or severity in criteria.severity:
            yield severity, lowest_key(gravity, low), lowest_key(gravity, high)
