"""What there is to know of an incident without its history: a part of the very record that the fold wrote."""

from msgspec import Struct

from ioc.core.scalars import Priority
from ioc.core.times import Instant
from ioc.incident.lifecycle import OPEN, State


class Summary(Struct, frozen=True, omit_defaults=True):
    """An incident as those need it who tell of it. Its fields are those of `Incident`, by the same names."""

    id: str
    state: State = State.PENDING
    service: str = ""
    category: str | None = None
    priority: Priority = Priority.NORMAL
    title: str | None = None
    source: str = ""
    unit: str | None = None
    units: tuple[str, ...] = ()
    ward: str | None = None
    rule: str = ""
    reported_at: Instant = 0
    reopened_at: tuple[Instant, ...] = ()
    shelved_until: Instant | None = None

    @property
    def is_open(self) -> bool:
        """True while somebody still has to act."""
        return self.state in OPEN

    @property
    def open_since(self) -> Instant:
        """When it was reported, or reopened last."""
        return max(self.reported_at, *self.reopened_at) if self.reopened_at else self.reported_at

    @property
    def is_urgent(self) -> bool:
        """True when it is on the inter-agency path."""
        return self.priority is Priority.URGENT
