"""What a list is narrowed to."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from api.read_model.index.entry import NEVER, key_from
from ioc.core.times import Instant
from ioc.incident.state import SEVERITIES


class Filter(Struct, frozen=True):
    """Which incidents are wanted. An empty side lets all pass."""

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


def spans(wanted: Filter, now: Instant) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield by severity the stretches of the order of work, as keys, in which all lie that fit, the gravest first."""
    low = now if wanted.overdue is False else -NEVER
    high = now if wanted.overdue is True else 2 * NEVER
    for gravity, severity in enumerate(reversed(SEVERITIES)):
        if not wanted.severity or severity in wanted.severity:
            yield severity, key_from(gravity, low), key_from(gravity, high)
